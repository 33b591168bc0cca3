/// Pictures within a picture that no plain border gives away: one between blurred bars, and the two
/// or four pictures of a collage. And one whose own ground is nearly that of the page that it is
/// on.
#pragma once

#include <optional>
#include <vector>

#include "hash/plane.h"

namespace reseau::detail {

/// None (as of nearly all photographs), one between blurred bars, or two on both sides of a seam or
/// of a ground between two things; four if so both ways. Whole pixels of the plane.
///
/// `bordered`: what is inside borders (hash/trim.h), if there are such. Cost: two passes over the
/// plane, and, if so, two over what is inside.
[[nodiscard]] std::vector<PlaneBox> panels(const Plane& plane,
                                           const std::optional<PlaneBox>& bordered);

/// What is on a page: inside borders that were drawn, where `bordered` has cut off more, as a
/// picture's own ground may have gone with the page's. Cost: as trimmed().
[[nodiscard]] std::optional<PlaneBox> on_page(const Plane& plane, const PlaneBox& bordered);

}  // namespace reseau::detail
