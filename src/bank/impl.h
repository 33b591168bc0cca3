/// What a Bank is inside: its file, what is derived from it, and who may touch them when.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <reseau/bank.h>

#include "bank/derived.h"
#include "bank/guard.h"
#include "bank/store.h"

namespace reseau {

/// The file is the truth; `derived` is of its rows up to `derived.next_row`, and only ever of
/// committed ones. All but the indexes, which have locks of their own, is guarded by `mutex`, so
/// that searches by signatures never wait for the disk. Who changes the file, or saves what is
/// derived, has `writing` before that. Functions throw Failure, and take no lock unless they say
/// so.
struct Bank::Impl {
  Impl(std::string p, Mode m);
  /// Works the journal in, so that the file is all of the bank even where others have it open.
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// Takes in the rows that were written since the last time. Requires: a transaction.
  detail::Meta catch_up(detail::Digest* sum = nullptr);
  /// Requires: a transaction and catch_up().
  detail::Checked read(const detail::Meta& meta, EntryId id);
  std::vector<Added> add(std::span<const EntryData> entries);
  void remove(std::span<const EntryId> ids);
  void refresh();

  /// Whether so many rows would take long to read, and are not few beside those that are saved.
  [[nodiscard]] bool worth_saving() const;
  /// With a connection of its own, so that others may ask meanwhile; nobody can write. Locks.
  void save_index();

  /// What `pick` makes of each query's hits. Needs no lock.
  template <typename Pick>
  Result<std::vector<std::vector<EntryHit>>> lists(std::span<const Signature> queries,
                                                   MaxDistance limit, const Pick& pick) {
    if (incomplete) return too_large();
    if (queries.empty()) return std::vector<std::vector<EntryHit>>();
    return detail::guarded(path, [&]() -> Result<std::vector<std::vector<EntryHit>>> {
      const auto found = derived->index_of(queries.front().algorithm()).within(queries, limit);
      if (!found) return found.error();
      std::vector<std::vector<EntryHit>> lists;
      lists.reserve(found->size());
      for (const auto& hits : *found) lists.push_back(pick(hits));
      return lists;
    });
  }

  const std::string path;
  const Mode mode;
  std::mutex writing;
  std::mutex mutex;
  std::unique_ptr<detail::Store> store;
  detail::BankId bank{};
  Level level = Level::base;
  IndexKind kind = IndexKind::exact;
  std::optional<detail::Derived> derived;  ///< always there, once the bank is open
  std::int64_t saved_row = 1;              ///< the first that is not saved beside the bank
  std::atomic<std::size_t> size = 0;
  std::atomic<std::size_t> frames = 0;  ///< of known videos
  std::atomic<std::size_t> by_pdq_alone = 0;
  std::atomic<std::size_t> videos = 0;
  std::atomic<std::size_t> pictures = 0;  ///< images, and frames of videos
  std::atomic<bool> incomplete = false;

 private:
  void open_saved(const detail::Meta& meta);
  void take_in(const std::vector<detail::Checked>& rows, std::int64_t end);
  void count();
  /// Appends and commits. What it gives is yet to be taken in.
  std::vector<detail::Checked> commit(detail::Transaction& transaction, detail::Meta& meta,
                                      std::vector<detail::Record> records);
  /// The file has them already, and an error must not say that nothing was done.
  void take_in_committed(const std::vector<detail::Checked>& rows, std::int64_t end);
  [[nodiscard]] Error too_large() const;
};

}  // namespace reseau
