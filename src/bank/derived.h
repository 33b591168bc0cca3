/// What a bank derives from its rows and keeps in memory: the catalogue, and the two indexes.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include <reseau/bank.h>
#include <reseau/index.h>

#include "bank/catalogue.h"
#include "bank/store.h"

namespace reseau::detail {

/// Threads: searches of the indexes need no care; everything else is for one at a time.
struct Derived {
  Catalogue catalogue;
  Index grid;
  Index pdq;
  std::int64_t next_row = 1;     ///< the first that was not taken in yet
  std::size_t frames = 0;        ///< of known videos
  std::size_t by_pdq_alone = 0;  ///< images, and frames of videos

  explicit Derived(IndexKind kind) : grid(Algorithm::grid, kind), pdq(Algorithm::pdq) {}

  [[nodiscard]] const Index& index_of(Algorithm algorithm) const {
    return algorithm == Algorithm::grid ? grid : pdq;
  }
  /// Takes in `rows`, which are those from next_row up to, not with, `end`, without the blank ones.
  /// Throws Failure; then part of them may have been taken in, and this is of no use any more.
  void take_in(const std::vector<Checked>& rows, std::int64_t end);

 private:
  struct Batch;
  void add(const Record& record, Batch& batch);
  void remove(EntryId id, const Place& place, Batch& batch);
};

}  // namespace reseau::detail
