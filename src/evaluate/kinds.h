/// What a distance is of, in the order in which everything here keeps distances.
#pragma once

#include <reseau/evaluate.h>
#include <reseau/match.h>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluate/histogram.h"
#include "evaluate/tail.h"

namespace reseau::evaluation {

inline constexpr std::size_t kPdqAsIs = 0;  ///< of the picture as it is, as others ask
inline constexpr std::size_t kPdq = 1;      ///< in the nearest of all looks
inline constexpr std::size_t kGrid = 2;     ///< in the nearest of all looks, before alignment
inline constexpr std::size_t kAligned = 3;  ///< after alignment, of the first of the levels

struct Kind {
  std::string name;
  Histogram empty;                   ///< how its distances are counted
  std::span<const Family> families;  ///< what its tail is fitted by
  std::optional<Measure> measure;    ///< none for what the library does not ask
  Level level = Level::base;
  int searched = std::numeric_limits<int>::max();  ///< strangers further apart were not looked for
};

/// How far grid is searched.
inline constexpr MaxDistance kOpenGrid = Alignment::kFarthest;

/// The kinds of an evaluation at these levels; those of OpenCV last.
[[nodiscard]] std::vector<Kind> kinds_of(std::span<const Level> levels);

/// Of strangers, this share agrees by pdq.
inline constexpr double kAgreeRate = 0.01;
/// Within which pdq agrees with grid.
[[nodiscard]] int agreeing_pdq();

}  // namespace reseau::evaluation
