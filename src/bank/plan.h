/// What an add() comes to: which of the entries are new, which are there, which labels are joined.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "bank/catalogue.h"
#include "bank/store.h"

namespace reseau::detail {

struct Plan {
  std::vector<Added> added;               ///< one for each EntryData, in their order
  std::map<EntryId, EntryData> fresh;     ///< by the ids they will have
  std::map<EntryId, Checked> relabelled;  ///< as the file has them, but with the labels joined
};

/// `read` gives an entry as the file has it.
[[nodiscard]] Plan plan_addition(std::span<const EntryData> entries, const Finder& known,
                                 EntryId next_id, const std::function<Checked(EntryId)>& read);

}  // namespace reseau::detail
