/// Pictures within a picture that no plain border gives away: one between blurred bars, the two
/// halves of a collage, and one whose own ground is nearly the border's.
#pragma once

#include <optional>
#include <vector>

#include "hash/plane.h"

namespace reseau::detail {

/// None (as of nearly all photographs), one between blurred bars, or two on both sides of a seam or
/// of a ground between two things; four if so both ways; and the window inside borders that were
/// drawn, where it is another. Whole pixels of the plane.
///
/// `bordered`: what is inside borders (hash/trim.h), if there are such. Cost: two passes over the
/// plane, and, if so, two over what is inside and one of trimmed().
[[nodiscard]] std::vector<PlaneBox> panels(const Plane& plane,
                                           const std::optional<PlaneBox>& bordered);

}  // namespace reseau::detail
