/// A frame as 32 x 32 levels of grey: enough to see that it changed, and cheap enough for each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "video/libav.h"

namespace reseau::detail {

inline constexpr int kThumbSide = 32;
using Thumb = std::array<std::uint8_t, static_cast<std::size_t>(kThumbSide) * kThumbSide>;

/// From the luma as it lies in the frame. None for layouts without a plane of luma.
[[nodiscard]] std::optional<Thumb> thumb_of(const AVFrame& frame);
/// From packed RGB.
[[nodiscard]] Thumb thumb_of(const std::uint8_t* pixels, int width, int height,
                             std::ptrdiff_t stride);

/// The mean of the levels' differences: 0 to 255.
[[nodiscard]] double difference(const Thumb& a, const Thumb& b);

}  // namespace reseau::detail
