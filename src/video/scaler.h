/// Decoded frames to upright RGB of at most 512 pixels a side.
#pragma once

#include <optional>
#include <vector>

#include <reseau/image.h>

#include "video/libav.h"

namespace reseau::detail {

/// How frames are to be shown: mirrored left-right, and then turned clockwise.
struct Showing {
  bool mirror = false;
  int turn = 0;  ///< 0, 90, 180 or 270
};

/// Of a display matrix: 9 numbers, as FFmpeg has them, of any value.
[[nodiscard]] Showing showing_of(const std::int32_t* matrix);

class Scaler {
 public:
  /// `as_vpdq`: as VideoOptions.
  explicit Scaler(bool as_vpdq) : as_vpdq_(as_vpdq) {}
  Scaler(const Scaler&) = delete;
  Scaler& operator=(const Scaler&) = delete;
  ~Scaler();

  /// None for pixels of a kind that cannot be converted. Throws std::bad_alloc.
  [[nodiscard]] std::optional<Image> scale(const AVFrame& frame, const Showing& showing);

  /// How often frames have changed their size or kind of pixels.
  [[nodiscard]] int changes() const { return changes_; }

 private:
  struct Kind {
    int width = 0, height = 0, format = -1, space = 0, range = 0;
    bool operator==(const Kind&) const = default;
  };
  [[nodiscard]] bool prepare(const AVFrame& frame);
  void wipe();

  bool as_vpdq_;
  Libav<SwsContext> context_;
  Kind kind_;
  int width_ = 0;  ///< of what comes out, before it is turned
  int height_ = 0;
  int stride_ = 0;
  std::vector<std::uint8_t> padded_;  ///< pixels on their way; wiped
  int changes_ = -1;
};

}  // namespace reseau::detail
