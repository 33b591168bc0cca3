/// The frames of an animated picture as those of a video. docs/video.md, "Animations".
#pragma once

#include <optional>

#include <reseau/examine.h>

namespace reseau::detail {

class Animation {
 public:
  /// What a file shows, in order. What is no frame of an animation is passed over.
  void add(const Decoded& decoded, const Examined& examined);

  /// None where fewer than two frames look different, or none can be recognised.
  [[nodiscard]] std::optional<Examined> finish();

 private:
  VideoSignature video_;
  Format format_;
  Signature before_;  ///< grid of the frame before
  double time_ = 0;   ///< seconds; when the next frame is shown
};

}  // namespace reseau::detail
