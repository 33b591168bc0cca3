/// A plane summed up line by line: what tells bars and seams from pictures.
#pragma once

#include <cstdint>
#include <vector>

#include "hash/plane.h"

namespace reseau::detail {

/// Of each line of a box, columns or rows; whole numbers, sums over the line's places in units of
/// luma.
struct Profile {
  int length = 0;                       ///< places of a line
  std::vector<std::int32_t> sharpness;  ///< second differences along the line, without their signs
  std::vector<std::int32_t> step;       ///< differences from the line before; 0 of the first
  std::vector<std::int32_t> stepping;   ///< places that differ from there by kLeastStep and more
  std::vector<std::int32_t> jumping;    ///< and by kLeastJump
  std::vector<std::int32_t> mean;       ///< luma, cut to whole units
  std::vector<std::int32_t> deviation;  ///< from the mean, without their signs

  static constexpr int kLeastStep = 5 * kLumaUnit;
  static constexpr int kLeastJump = 10 * kLumaUnit;

  [[nodiscard]] int count() const { return static_cast<int>(step.size()); }
};

struct Profiles {
  Profile columns;
  Profile rows;
};

/// Requires: `box` is of whole pixels. Cost: two passes over the box.
[[nodiscard]] Profiles profiles(const Plane& plane, const PlaneBox& box);

}  // namespace reseau::detail
