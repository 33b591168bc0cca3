#include <reseau/bank.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <mutex>
#include <set>

#include "bank/guard.h"
#include "bank/keys.h"
#include "bank/plan.h"
#include "bank/rules.h"
#include "bank/saved.h"
#include "bank/store.h"

namespace reseau {

using namespace detail;

namespace {

constexpr std::int64_t kBatch = 8192;   // rows read at a time
constexpr std::int64_t kVisited = 256;  // entries read at a time for each()

Entry entry_of(Checked&& row) {
  return {row.record.id, iso_time(row.record.time), std::move(*row.record.data)};
}

Error read_only(const std::string& path) {
  return {Code::bank_read_only, path + " was opened for reading; open it for writing"};
}

Error too_large(const std::string& path) {
  return {Code::limit_memory,
          path + " does not fit into memory any more; open it again, on a machine with more"};
}

}  // namespace

// The file is the truth; `derived` is of its rows up to `derived.next_row`, and only ever of
// committed ones. All but the indexes, which have locks of their own, is guarded by `mutex`, so
// that searches by signatures never wait for the disk. Who changes the file, or saves what is
// derived, has `writing` before that.
struct Bank::Impl {
  Impl(std::string p, Mode m) : path(std::move(p)), mode(m) {
    store = std::make_unique<Store>(connect(path, mode));
    if (mode == Mode::write) store->clean();  // what a removal could not clean before a crash
    const Transaction snapshot(store->connection(), Transaction::Kind::read);
    const Meta before = store->meta();
    bank = before.bank;
    level = before.level;
    kind = before.kind;
    open_saved(before);
    Digest sum{};
    const bool all = derived->next_row == 1;
    const Meta meta = catch_up(all ? &sum : nullptr);
    store->require_bounds(meta);
    if (all && sum != meta.sum)
      store->connection().damaged("its rows do not add up to the sum in its first row");
  }

  // What was saved is believed as far as it goes: then rows are not read, but when they are needed.
  void open_saved(const Meta& meta) {
    const std::string file = store->connection().resolved_path();
    derived.emplace(kind);
    if (meta.saved == SnapshotDigest{}) {
      if (mode == Mode::write) wipe_saved(file, bank);  // what a removal could not before a crash
      return;
    }
    auto loaded = load(file, bank, meta.saved, kind);
    if (!loaded || loaded->next_row > meta.next_row) return;
    derived.reset();
    derived.emplace(std::move(*loaded));
    saved_row = derived->next_row;
    count();
  }

  // Takes in the rows that were written since the last time. Requires: a transaction.
  Meta catch_up(Digest* sum = nullptr) {
    const Meta meta = store->meta();
    if (meta.saved == SnapshotDigest{}) saved_row = 1;  // a removal, of whatever process
    std::int64_t& next_row = derived->next_row;
    if (bank != meta.bank || meta.next_row < next_row)
      store->connection().damaged("it was replaced by another or an older one while it was open");
    while (next_row < meta.next_row) {
      const std::int64_t end = std::min(next_row + kBatch, meta.next_row);
      const auto rows = store->rows(meta, next_row, end);
      for (const Checked& row : rows) {
        if (sum != nullptr) add_to(*sum, row.digest);
      }
      take_in(rows, end);
    }
    if (static_cast<std::int64_t>(size) != meta.entries) {
      store->connection().damaged("it counts " + std::to_string(meta.entries) +
                                  " entries, and holds " + std::to_string(size));
    }
    return meta;
  }

  void take_in(const std::vector<Checked>& rows, std::int64_t end) {
    try {
      derived->take_in(rows, end);
    } catch (...) {
      incomplete = true;  // searches would miss something from now on, and must not do so silently
      throw;
    }
    count();
  }

  void count() {
    size = derived->catalogue.places.size();
    frames = derived->frames;
    videos = derived->catalogue.frames.size();
    pictures = size - videos + frames;
    by_pdq_alone = derived->by_pdq_alone;
  }

  /// What `pick` makes of each query's hits.
  template <typename Pick>
  Result<std::vector<std::vector<EntryHit>>> lists(std::span<const Signature> queries,
                                                   MaxDistance limit, const Pick& pick) {
    if (incomplete) return too_large(path);
    if (queries.empty()) return std::vector<std::vector<EntryHit>>();
    return guarded(path, [&]() -> Result<std::vector<std::vector<EntryHit>>> {
      const auto found = derived->index_of(queries.front().algorithm()).within(queries, limit);
      if (!found) return found.error();
      std::vector<std::vector<EntryHit>> lists;
      lists.reserve(found->size());
      for (const auto& hits : *found) lists.push_back(pick(hits));
      return lists;
    });
  }

  // Requires: a transaction and catch_up().
  Checked read(const Meta& meta, EntryId id) {
    const Place* const place = derived->catalogue.places.find(id);
    if (place == nullptr) {
      throw Failure({Code::not_found, path + " has no entry " + std::to_string(id) +
                                          "; `reseau bank list` shows those it has"});
    }
    Checked row = store->row(meta, place->row);
    if (row.record.id != id || !row.record.data) {
      store->connection().damaged("row " + std::to_string(row.record.row) +
                                  " is not that of entry " + std::to_string(id));
    }
    return row;
  }

  // Appends and commits. What it gives is yet to be taken in.
  std::vector<Checked> commit(Transaction& transaction, Meta& meta, std::vector<Record> records) {
    std::vector<Checked> rows;
    for (Record& record : records) {
      store->append(meta, record);
      rows.push_back({std::move(record), {}, 0});
    }
    store->write(meta);
    transaction.commit();
    return rows;
  }

  // The file has them already, and an error must not say that nothing was done.
  void take_in_committed(const std::vector<Checked>& rows, std::int64_t end) {
    try {
      take_in(rows, end);
    } catch (...) {
      throw Failure({Code::limit_memory,
                     path + " was changed as it was asked to be, and does not fit into memory any "
                            "more; open it again, on a machine with more"});
    }
  }

  std::vector<Added> add(std::span<const EntryData> entries) {
    Transaction transaction(store->connection(), Transaction::Kind::write);
    Meta meta = catch_up();
    Plan plan = plan_addition(entries, derived->catalogue.finder, meta.next_id,
                              [&](EntryId id) { return read(meta, id); });
    if (plan.fresh.empty() && plan.relabelled.empty()) return plan.added;
    if (meta.next_id > kMaxEntryId - static_cast<EntryId>(plan.fresh.size()))
      store->connection().damaged("it claims to have given more ids than there are");
    std::vector<Record> records;
    const std::int64_t time = now();
    for (auto& [id, data] : plan.fresh) records.push_back({0, id, time, std::move(data)});
    for (auto& [id, row] : plan.relabelled) {
      store->blank(meta, row);
      records.push_back(std::move(row.record));
    }
    meta.next_id += static_cast<EntryId>(plan.fresh.size());
    meta.entries += static_cast<std::int64_t>(plan.fresh.size());
    const auto rows = commit(transaction, meta, std::move(records));
    take_in_committed(rows, meta.next_row);
    return plan.added;
  }

  void remove(std::span<const EntryId> ids) {
    const std::set<EntryId> gone(ids.begin(), ids.end());
    Transaction transaction(store->connection(), Transaction::Kind::write);
    Meta meta = catch_up();
    std::vector<Record> records;
    for (const EntryId id : gone) {
      store->blank(meta, read(meta, id));
      records.push_back({0, id, now(), std::nullopt});
    }
    meta.entries -= static_cast<std::int64_t>(gone.size());
    meta.saved = {};
    const auto rows = commit(transaction, meta, std::move(records));
    wipe_saved(store->connection().resolved_path(), bank);
    store->clean();
    take_in_committed(rows, meta.next_row);
  }

  // Whether so many rows would take long to read, and are not few beside those that are saved.
  [[nodiscard]] bool worth_saving() const {
    const std::int64_t unsaved = derived->next_row - saved_row;
    return unsaved >= rows_worth_saving && unsaved >= derived->next_row / 8;
  }

  // With a connection of its own, so that others may ask meanwhile; nobody can write.
  void save_index() {
    const std::lock_guard alone(writing);
    Store own(connect(path, mode));
    Transaction transaction(own.connection(), Transaction::Kind::write);
    std::vector<std::uint8_t> catalogue;
    std::int64_t next_row = 0;
    {
      const std::lock_guard lock(mutex);
      const Transaction snapshot(store->connection(), Transaction::Kind::read);
      (void)catch_up();
      if (!worth_saving()) return;
      catalogue = saved_catalogue(*derived);
      next_row = derived->next_row;
    }
    Meta meta = own.meta();
    meta.saved = save(derived->grid, derived->pdq, std::move(catalogue),
                      own.connection().resolved_path(), bank);
    own.write(meta);
    transaction.commit();
    const std::lock_guard lock(mutex);
    saved_row = next_row;
  }

  void refresh() {
    if (store->frozen()) store = std::make_unique<Store>(connect(path, mode));
    const Transaction snapshot(store->connection(), Transaction::Kind::read);
    (void)catch_up();
  }

  const std::string path;
  const Mode mode;
  std::mutex writing;
  std::mutex mutex;
  std::unique_ptr<Store> store;
  BankId bank{};
  Level level = Level::base;
  IndexKind kind = IndexKind::exact;
  std::optional<Derived> derived;  ///< always there, once the bank is open
  std::int64_t saved_row = 1;      ///< the first that is not saved beside the bank
  std::atomic<std::size_t> size = 0;
  std::atomic<std::size_t> frames = 0;  ///< of known videos
  std::atomic<std::size_t> by_pdq_alone = 0;
  std::atomic<std::size_t> videos = 0;
  std::atomic<std::size_t> pictures = 0;  ///< images, and frames of videos
  std::atomic<bool> incomplete = false;
};

Bank::Bank(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Bank::Bank(Bank&&) noexcept = default;
Bank& Bank::operator=(Bank&&) noexcept = default;
Bank::~Bank() = default;

Result<Bank> Bank::create(const std::string& path, Level level, IndexKind kind) {
  return guarded(path, [&]() -> Result<Bank> {
    create_bank(path, level, kind);
    return Bank(std::make_unique<Impl>(path, Mode::write));
  });
}

Result<Bank> Bank::open(const std::string& path, Mode mode) {
  return guarded(path, [&]() -> Result<Bank> { return Bank(std::make_unique<Impl>(path, mode)); });
}

Result<std::vector<Added>> Bank::add(std::span<const EntryData> entries) {
  if (impl_->mode == Mode::read) return read_only(impl_->path);
  return guarded(impl_->path, [&]() -> Result<std::vector<Added>> {
    const std::lock_guard alone(impl_->writing);
    const std::lock_guard lock(impl_->mutex);
    return impl_->add(entries);
  });
}

Status Bank::remove(std::span<const EntryId> ids) {
  if (impl_->mode == Mode::read) return read_only(impl_->path);
  return guarded(impl_->path, [&]() -> Status {
    const std::lock_guard alone(impl_->writing);
    const std::lock_guard lock(impl_->mutex);
    if (!ids.empty()) impl_->remove(ids);
    return success();
  });
}

Result<Entry> Bank::get(EntryId id) const {
  return guarded(impl_->path, [&]() -> Result<Entry> {
    const std::lock_guard lock(impl_->mutex);
    const Transaction snapshot(impl_->store->connection(), Transaction::Kind::read);
    return entry_of(impl_->read(impl_->catch_up(), id));
  });
}

Status Bank::each(const std::function<bool(const Entry&)>& visit, EntryId first) const {
  // A few at a time, so that `visit` runs without the lock and may call the bank itself.
  EntryId next = std::max<EntryId>(first, 1);
  while (true) {
    auto some = guarded(impl_->path, [&]() -> Result<std::vector<Entry>> {
      const std::lock_guard lock(impl_->mutex);
      const Transaction snapshot(impl_->store->connection(), Transaction::Kind::read);
      const Meta meta = impl_->catch_up();
      std::vector<Entry> entries;
      impl_->derived->catalogue.places.each(next, [&](EntryId id, const Place&) {
        entries.push_back(entry_of(impl_->read(meta, id)));
        return entries.size() < kVisited;
      });
      return entries;
    });
    if (!some) return some.error();
    for (const Entry& entry : *some) {
      if (!visit(entry)) return success();
      next = entry.id + 1;
    }
    if (some->size() < kVisited) return success();
  }
}

Result<std::vector<Bank::DigestHit>> Bank::find(const Digests& digests) const {
  return guarded(impl_->path, [&]() -> Result<std::vector<DigestHit>> {
    const std::lock_guard lock(impl_->mutex);
    const Transaction snapshot(impl_->store->connection(), Transaction::Kind::read);
    const Meta meta = impl_->catch_up();
    std::vector<DigestHit> hits;
    for (const EntryId id : impl_->derived->catalogue.finder.candidates(digests)) {
      if (const auto kind = agreeing(digests, *impl_->read(meta, id).record.data))
        hits.push_back({id, *kind});
    }
    return hits;
  });
}

Result<std::vector<std::vector<EntryHit>>> Bank::within(std::span<const Signature> queries,
                                                        MaxDistance limit, Among among) const {
  return impl_->lists(queries, limit,
                      [among](const std::vector<Hit>& hits) { return by_entry(hits, among); });
}

Result<std::vector<std::vector<EntryHit>>> Bank::frames_within(std::span<const Signature> queries,
                                                               MaxDistance limit) const {
  return impl_->lists(queries, limit, wholes);
}

Status Bank::refresh() {
  return guarded(impl_->path, [&]() -> Status {
    const std::lock_guard lock(impl_->mutex);
    impl_->refresh();
    return success();
  });
}

Status Bank::save_index() {
  if (impl_->mode == Mode::read) return read_only(impl_->path);
  return guarded(impl_->path, [&]() -> Status {
    bool wanted = false;
    {
      const std::lock_guard lock(impl_->mutex);
      wanted = impl_->worth_saving();
    }
    if (!wanted) return success();
    // Without any lock: it may take minutes, and the index looks after itself.
    if (impl_->kind == IndexKind::ivf) {
      if (const Status settled = impl_->derived->grid.settle(); !settled) return settled.error();
    }
    impl_->save_index();
    return success();
  });
}

Result<double> Bank::recall(MaxDistance limit) const { return impl_->derived->grid.recall(limit); }

std::size_t Bank::size() const { return impl_->size; }

std::size_t Bank::pictures() const { return impl_->pictures; }

std::size_t Bank::known_by_pdq_alone() const { return impl_->by_pdq_alone; }

Level Bank::level() const { return impl_->level; }

IndexKind Bank::kind() const { return impl_->kind; }

Result<BankInfo> Bank::info() const {
  return guarded(impl_->path, [&]() -> Result<BankInfo> {
    const std::lock_guard lock(impl_->mutex);
    const Transaction snapshot(impl_->store->connection(), Transaction::Kind::read);
    const Meta meta = impl_->catch_up();
    const std::string file = impl_->store->connection().resolved_path();
    BankInfo info;
    info.path = impl_->path;
    info.id = to_hex(Bytes(meta.bank));
    info.created = iso_time(meta.created);
    info.format = static_cast<int>(kFormat);
    info.level = meta.level;
    info.kind = meta.kind;
    info.entries = impl_->size;
    impl_->derived->catalogue.places.each(1, [&info](EntryId, const Place& place) {
      info.with_grid += (place.bits & kWholeGrid) != 0 ? 1 : 0;
      info.with_pdq += (place.bits & kWholePdq) != 0 ? 1 : 0;
      info.windows += place.windows + ((place.bits & kTrimmedGrid) != 0 ? 1U : 0U);
      return true;
    });
    info.videos = impl_->videos;
    info.frames = impl_->frames;
    info.file_bytes = bytes_of_files(file);
    info.saved = meta.saved != SnapshotDigest{};
    return info;
  });
}

}  // namespace reseau
