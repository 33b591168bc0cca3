/// Pictures within a picture that no plain border gives away: one between blurred bars, and the two
/// halves of a collage.
#pragma once

#include <optional>
#include <vector>

#include "hash/plane.h"

namespace reseau::detail {

/// None (as of nearly all photographs), one between blurred bars, or two on both sides of a seam or
/// of a ground between two things; four if so both ways. Whole pixels of the plane.
///
/// `trimmed`: what is inside borders, in whole pixels, if there are such. Cost: two passes over the
/// plane, and two over what is trimmed.
[[nodiscard]] std::vector<PlaneBox> panels(const Plane& plane,
                                           const std::optional<PlaneBox>& trimmed);

}  // namespace reseau::detail
