/// The limits of a search.
#pragma once

#include <reseau/match.h>
#include <algorithm>

#include "match/kinds.h"

namespace reseau::detail {

/// What each kind's distances are held to.
struct Held {
  bool grid;
  bool pdq;
  MaxDistance to_grid;
  MaxDistance to_aligned;
  MaxDistance to_pdq;

  Held(const MatchOptions& options, std::size_t entries, Level level)
      : grid(options.grid.ask),
        pdq(options.pdq.ask),
        to_grid(options.grid.limit.value_or(default_limit(Measure::grid, entries))),
        to_aligned(aligned_limit(options, entries, level)),
        to_pdq(options.pdq.limit.value_or(default_limit(Measure::pdq, entries))) {}

  static MaxDistance aligned_limit(const MatchOptions& options, std::size_t entries, Level level) {
    if (options.alignment.limit) return *options.alignment.limit;
    if (options.grid.limit) return as_rare_aligned(*options.grid.limit, level);
    return default_limit(Measure::grid_aligned, entries, level);
  }

  /// The same, but no further than copies are: what strangers may be within by one's own limits,
  /// the test card may not. It says that nobody need look.
  [[nodiscard]] Held of_card(Level level) const {
    constexpr std::size_t kFew = 1;
    const auto nearer = [](MaxDistance limit, MaxDistance most) {
      return MaxDistance{std::min(limit.value, most.value)};
    };
    Held held = *this;
    held.to_grid = nearer(to_grid, default_limit(Measure::grid, kFew));
    held.to_aligned = nearer(to_aligned, default_limit(Measure::grid_aligned, kFew, level));
    held.to_pdq = nearer(to_pdq, default_limit(Measure::pdq, kFew));
    return held;
  }

  [[nodiscard]] bool asks(Algorithm algorithm) const {
    return algorithm == Algorithm::grid ? grid : pdq;
  }
  [[nodiscard]] MaxDistance to(Algorithm algorithm) const {
    return algorithm == Algorithm::grid ? to_grid : to_pdq;
  }
};

}  // namespace reseau::detail
