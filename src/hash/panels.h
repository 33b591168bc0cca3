/// Pictures within a picture that no plain border gives away: one between blurred bars, and the two
/// halves of a collage.
#pragma once

#include <vector>

#include "hash/plane.h"

namespace reseau::detail {

/// None (as of nearly all photographs), one between blurred bars, or two on both sides of a seam or
/// of a ground between two things; four if so both ways. Whole pixels of the plane.
///
/// `inner`: what is inside borders, in whole pixels; the whole plane if there are none. Cost: some
/// passes over the plane.
[[nodiscard]] std::vector<PlaneBox> panels(const Plane& plane, const PlaneBox& inner);

}  // namespace reseau::detail
