/// Films put together of parts of others, through a real decoder and a real encoder.
#pragma once

#include <functional>
#include <string>

#include <reseau/bytes.h>

#include "evaluate/encoder.h"
#include "evaluate/video_edits.h"

namespace reseau::evaluation {

/// A part of a film, as it is shown in another.
struct Scene {
  std::string path;  ///< of the file; or
  Bytes file;        ///< the file itself, which must outlive it
  double from = 0;   ///< seconds, of its frames' timestamps
  double to = 0;
  const VideoEdit* edit = nullptr;  ///< none: as it is. Its speed and what it makes of each frame
  std::uint64_t seed = 0;           ///< of the edit's lot
};

/// The size that frames of width x height have in the copy; both sides even.
[[nodiscard]] cv::Size size_in_copy(const VideoEdit& edit, int width, int height);

class Film {
 public:
  /// Throws as Encoder.
  explicit Film(const Encoding& encoding) : encoding_(encoding), encoder_(encoding) {}

  /// Appends the scene, scaled to cover the film's size, and cut to it in the middle. A source that
  /// ends before `to` stands still until then. Throws Failure if there is no frame of it.
  void add(const Scene& scene);
  [[nodiscard]] double seconds() const { return static_cast<double>(frames_) / encoding_.rate; }
  /// The file. Nothing can be added after it.
  [[nodiscard]] std::vector<std::uint8_t> finish() { return encoder_.finish(); }

 private:
  Encoding encoding_;
  Encoder encoder_;
  std::int64_t frames_ = 0;
};

}  // namespace reseau::evaluation
