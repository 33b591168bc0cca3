/// Borders, letterbox bars and screenshot frames: where the picture in the picture is.
#pragma once

#include <optional>

#include "hash/plane.h"

namespace reseau::detail {

/// What bars are looked for.
struct Bars {
  int levels;  ///< by which their pixels may differ
  int rounds;  ///< as many within one another
};
inline constexpr Bars kAnyBars{14, 2};  ///< encoded, or a photograph's own margins
inline constexpr Bars kPage{4, 1};      ///< drawn by a program; what is inside is left alone

/// The box within uniform bars on any of the four sides, of any colour, noisy or with a line of
/// text on them. None where there is nothing to cut, or where nearly nothing would be left. Whole
/// pixels of the plane. Cost: a few passes over the plane.
[[nodiscard]] std::optional<PlaneBox> trimmed(const Plane& plane, const Bars& bars = kAnyBars);

}  // namespace reseau::detail
