/// What a fuzz target holds true, in every kind of build.
#pragma once

#include <cstdlib>

inline void require(bool holds) {
  if (!holds) std::abort();
}
