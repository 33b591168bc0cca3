/// The test card, which every bank knows.
#pragma once

#include <vector>

#include "match/held.h"

namespace reseau::detail {

/// By whatever kinds it is asked for.
[[nodiscard]] std::vector<Match> testcard_matches(const Examined& query,
                                                  const MatchOptions& options, const Held& held,
                                                  std::size_t entries, Level level);

/// Whether an entry of the bank is the test card itself, put there by somebody's trial.
[[nodiscard]] bool is_testcard(const Bank& bank, EntryId id, const Held& held);

}  // namespace reseau::detail
