/// Levels, in numbers that stay.
#pragma once

#include <reseau_c.h>

#include <optional>

#include <reseau/hash.h>

namespace reseau::c {

[[nodiscard]] inline std::optional<Level> level_of(reseau_level level) {
  switch (level) {
    case RESEAU_BASE:
      return Level::base;
    case RESEAU_STANDARD:
      return Level::standard;
    case RESEAU_EXTENDED:
      return Level::extended;
  }
  return std::nullopt;
}

[[nodiscard]] inline reseau_level level_of(Level level) {
  switch (level) {
    case Level::base:
      return RESEAU_BASE;
    case Level::standard:
      return RESEAU_STANDARD;
    case Level::extended:
      return RESEAU_EXTENDED;
  }
  return RESEAU_BASE;
}

}  // namespace reseau::c
