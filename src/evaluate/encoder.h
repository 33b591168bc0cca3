/// Pictures to a video as users' clips are: H.264 in MP4, in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <opencv2/core.hpp>
#include <vector>

#include <reseau/result.h>

namespace reseau::evaluation {

struct Encoding {
  cv::Size size;
  int rate = 25;     ///< frames a second
  int quality = 26;  ///< x264's constant rate factor: 18 is good, 40 is very poor
};

/// By libx264, on the calling thread: the same pictures give the same bytes.
class Encoder {
 public:
  /// Throws Failure: unsupported_format where FFmpeg has no libx264; std::bad_alloc.
  explicit Encoder(const Encoding& encoding);
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder();

  /// The next frame. Requires: BGR of the encoding's size, which is even.
  void add(const cv::Mat& picture);
  /// The file. Nothing can be added after it.
  [[nodiscard]] std::vector<std::uint8_t> finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reseau::evaluation
