/// What is asked of videos: which clips, in which surroundings, and which films of strangers.
#pragma once

#include "evaluate/film.h"
#include "evaluate/video_measure.h"

namespace reseau::evaluation {

struct Clip {
  std::size_t source = 0;
  std::size_t length = 0;  ///< in kLengths
  double from = 0;
  std::uint64_t lot = 0;
};

/// At most `most` of each length, of all scenes that are long enough in turns, of each at most
/// three.
[[nodiscard]] std::vector<Clip> clips_of(const Footage& footage, std::size_t most,
                                         std::uint64_t seed);

/// What is shown when.
struct Shown {
  std::size_t source = 0;
  std::string_view edit;
  double from = 0;  ///< seconds of the film
  double to = 0;
};

struct Question {
  std::vector<std::uint8_t> file;
  std::vector<Shown> shown;  ///< in order
  std::size_t clip = 0;      ///< which of them is the clip, if there is one
};

/// The clip between some seconds of the other half's footage on either side. Throws as Film.
[[nodiscard]] Question with_clip(const Footage& footage, const Clip& clip, const VideoEdit& edit);

/// `seconds` of footage of one half, cut short and edited. Throws as Film.
[[nodiscard]] Question of_strangers(const Footage& footage, int half, double seconds,
                                    std::uint64_t lot);

}  // namespace reseau::evaluation
