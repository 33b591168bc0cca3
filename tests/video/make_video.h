/// Small videos, made by FFmpeg's own encoders.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/picture.h"

namespace reseau::test {

/// A frame and when it is shown.
struct Shown {
  Picture picture;
  double time = 0;
};

struct Making {
  std::string container = "mp4";  ///< FFmpeg's name: mp4, matroska, avi, mpegts, flv
  std::string codec = "mpeg4";    ///< FFmpeg's name of the encoder
  int key_every = 12;             ///< frames
  int between = 0;                ///< frames predicted from both sides: times then run ahead
  int turn = 0;                   ///< degrees clockwise that players are told to turn it by
  bool front_header = false;      ///< mp4 with its header before its frames
};

/// Frames of one size. The bytes of the file.
[[nodiscard]] std::vector<std::uint8_t> make_video(const std::vector<Shown>& frames,
                                                   const Making& making = {});

/// Frames of a shot: a window that moves over a picture of discs, `seconds` at `rate` frames each.
[[nodiscard]] std::vector<Shown> shot(std::uint32_t seed, double seconds, double rate = 12,
                                      int width = 160, int height = 96);

/// One shot after the other; `b` begins a frame after `a` ends.
[[nodiscard]] std::vector<Shown> joined(std::vector<Shown> a, const std::vector<Shown>& b,
                                        double rate = 12);

}  // namespace reseau::test
