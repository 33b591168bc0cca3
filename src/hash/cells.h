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

struct Window {
  Cells cells;      ///< not normalised
  double contrast;  ///< mean length of the gradient, in levels
};

/// Pools the square root of the gradients between samples into cells. The same on every machine: +,
/// -, *, / and sqrt in a fixed order.
[[nodiscard]] Window pool(const Samples& samples);

/// Samples `box` as a grid of 34 x 34 means whatever its shape, and pools them. The same on every
/// machine. Requires: box within the plane and not empty.
[[nodiscard]] Window look(const Plane& plane, const PlaneBox& box);

}  // namespace reseau::detail
