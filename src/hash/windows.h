/// The windows of each level: which parts of a known image are hashed beside the whole.
#pragma once

#include <reseau/hash.h>
#include <variant>
#include <vector>

#include "hash/placement.h"

namespace reseau::detail {

struct LevelWindow {
  Rectangle where;
  float tilt;                               ///< degrees clockwise
  std::variant<PlaneBox, Placement> place;  ///< upright; turned
};

/// In the order of docs/signature.md; those of a level begin with those of the lower ones.
[[nodiscard]] std::vector<LevelWindow> windows_of(const Plane& plane, Level level);

}  // namespace reseau::detail
