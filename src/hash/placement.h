/// Windows that may be turned, and reach over the picture's edge.
#pragma once

#include "hash/cells.h"
#include "hash/plane.h"

namespace reseau::detail {

/// In pixels of the plane, upright before it is turned. Beyond the edge the plane's outermost
/// pixels go on.
struct Placement {
  double x = 0;  ///< its middle
  double y = 0;
  double width = 0;
  double height = 0;
  double cosine = 1;  ///< of the angle that it is turned by, clockwise
  double sine = 0;
};

/// Samples are means over upright rectangles of a sample's sides, which for turned windows is an
/// approximation. The same on every machine.
[[nodiscard]] Samples sample(const Plane& plane, const Placement& placement);

}  // namespace reseau::detail
