/// Which pictures the grid signature may be trained on, and which it is judged by.
#pragma once

#include <string_view>

#include "evaluate/edits.h"

namespace reseau::bench {

/// A third, by the file's name, so that it stays the same third wherever the folder lies.
[[nodiscard]] inline bool held_out(std::string_view file_name) {
  return evaluation::seed_of(file_name) % 3 == 0;
}

}  // namespace reseau::bench
