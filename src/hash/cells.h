/// Half-wave gradient cells of a window: what the grid signature is projected from.
#pragma once

#include <array>

#include "hash/plane.h"

namespace reseau::detail {

inline constexpr int kSide = 12;     ///< cells a side
inline constexpr int kChannels = 4;  ///< luma rising to the right, left, down, up
inline constexpr int kCellValues = kSide * kSide * kChannels;

/// [row][column][channel]
using Cells = std::array<double, kCellValues>;

struct Window {
  Cells cells;      ///< not normalised
  double contrast;  ///< mean length of the gradient, in levels
};

/// Samples `box` as a grid of 34 x 34 means whatever its shape, and pools the square root of the
/// gradients into cells. The same on every machine: integers, then +, -, *, / and sqrt in a fixed
/// order. Requires: box within the plane and not empty.
[[nodiscard]] Window look(const Plane& plane, const PlaneBox& box);

}  // namespace reseau::detail
