/// Half-wave gradient cells of a window: what the grid signature is projected from.
#pragma once

#include <array>
#include <cstddef>

#include "hash/plane.h"

namespace reseau::detail {

inline constexpr int kSide = 12;     ///< cells a side
inline constexpr int kChannels = 4;  ///< luma rising to the right, left, down, up
inline constexpr int kCellValues = kSide * kSide * kChannels;

/// [row][column][channel]
using Cells = std::array<double, kCellValues>;

inline constexpr std::size_t kSamples = 34;  ///< a side: the inner 32 have central differences
/// Means of luma, in levels: [row][column].
using Samples = std::array<std::array<double, kSamples>, kSamples>;

/// Samples `box` as a grid of 34 x 34 means, whatever its shape. The same on every machine.
/// Requires: box within the plane and not empty.
[[nodiscard]] Samples sample(const Plane& plane, const PlaneBox& box);

/// Pools the square root of the gradients between samples into cells, not normalised. The same on
/// every machine: +, -, *, / and sqrt in a fixed order.
[[nodiscard]] Cells pool(const Samples& samples);

}  // namespace reseau::detail
