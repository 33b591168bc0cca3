/// Borders, letterbox bars and screenshot frames: where the picture in the picture is.
#pragma once

#include <optional>

#include "hash/plane.h"

namespace reseau::detail {

/// The box within uniform bars on any of the four sides, of any colour, noisy or with a line of
/// text on them. None where there is nothing to cut, or where nearly nothing would be left. Whole
/// pixels of the plane. Cost: a few passes over the plane.
[[nodiscard]] std::optional<PlaneBox> trimmed(const Plane& plane);

}  // namespace reseau::detail
