#include <reseau/bank.h>

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <mutex>
#include <set>

#include "bank/catalogue.h"
#include "bank/guard.h"
#include "bank/keys.h"
#include "bank/plan.h"
#include "bank/rules.h"
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

std::uint64_t size_of(const std::string& file) {
  struct stat about {};
  return stat(file.c_str(), &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

}  // namespace

// The file is the truth; `catalogue` and the two indexes are what is derived from its rows up to
// `next_row`, and only ever from committed ones. All but the indexes, which have locks of their
// own, is guarded by `mutex`, so that searches never wait for the disk.
struct Bank::Impl {
  Impl(std::string p, Mode m) : path(std::move(p)), mode(m) {
    store = std::make_unique<Store>(connect(path, mode));
    if (mode == Mode::write) store->clean();  // what a removal could not clean before a crash
    const Transaction snapshot(store->connection(), Transaction::Kind::read);
    Digest sum{};
    const Meta meta = catch_up(&sum);
    store->require_bounds(meta);
    if (sum != meta.sum)
      store->connection().damaged("its rows do not add up to the sum in its first row");
  }

  // Takes in the rows that were written since the last time. Requires: a transaction.
  Meta catch_up(Digest* sum = nullptr) {
    const Meta meta = store->meta();
    if (next_row == 1) {
      bank = meta.bank;
      level = meta.level;
    }
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
    if (static_cast<std::int64_t>(catalogue.places.size()) != meta.entries) {
      store->connection().damaged("it counts " + std::to_string(meta.entries) +
                                  " entries, and holds " + std::to_string(catalogue.places.size()));
    }
    return meta;
  }

  void take_in(const std::vector<Checked>& rows, std::int64_t end) {
    try {
      apply(rows);
      next_row = end;
      size = catalogue.places.size();
    } catch (...) {
      incomplete = true;  // searches would miss something from now on, and must not do so silently
      throw;
    }
  }

  // Two rows of one id: its labels were changed, and the earlier row is blank by now.
  void apply(const std::vector<Checked>& rows) {
    std::set<EntryId> gone;
    std::array<std::vector<std::int64_t>, kAlgorithms.size()> gone_from, ids;
    std::array<std::vector<Signature>, kAlgorithms.size()> signatures;
    for (const auto& [record, digest, size_in_file] : rows) {
      const auto known = catalogue.places.find(record.id);
      if (record.data && known != catalogue.places.end()) {
        known->second.row = record.row;
      } else if (record.data) {
        const EntryData& data = *record.data;
        const auto windows = static_cast<int>(data.windows.size());
        Place place{record.row, data.grid.has_value(), data.trimmed.has_value(),
                    windows,    data.pdq.has_value(),  {}};
        catalogue.finder.add(record.id, data);
        const EntryId id = record.id;
        const auto take = [&](const Signature& signature, std::int64_t key) {
          const auto kind = static_cast<std::size_t>(signature.algorithm());
          ids.at(kind).push_back(key);
          signatures.at(kind).push_back(signature);
        };
        if (data.grid) take(*data.grid, key_of(id, 0));
        if (data.trimmed) take(data.trimmed->grid, key_of(id, kTrimmed));
        for (int i = 0; i < windows; ++i) {
          take(data.windows[static_cast<std::size_t>(i)].grid, key_of(id, kFirstPart + i));
        }
        if (data.pdq) take(*data.pdq, key_of(id, 0));
        if (data.video) {
          const std::vector<VideoFrame>& all = data.video->frames;
          std::transform(all.begin(), all.end(), std::back_inserter(place.frames), bits_of);
          each_frame_key(id, place.frames,
                         [&](std::int64_t key, Algorithm algorithm, std::size_t i, bool inside) {
                           const Signature& look = inside ? all[i].inside->grid : all[i].grid;
                           take(algorithm == Algorithm::grid ? look : all[i].pdq, key);
                         });
          frames += place.frames.size();
          ++videos;
        }
        catalogue.places.emplace(record.id, std::move(place));
      } else if (known != catalogue.places.end()) {
        gone.insert(record.id);
        const Place& place = known->second;
        if (place.grid) gone_from[0].push_back(key_of(record.id, 0));
        if (place.trimmed) gone_from[0].push_back(key_of(record.id, kTrimmed));
        for (int i = 0; i < place.windows; ++i) {
          gone_from[0].push_back(key_of(record.id, kFirstPart + i));
        }
        if (place.pdq) gone_from[1].push_back(key_of(record.id, 0));
        each_frame_key(record.id, place.frames,
                       [&](std::int64_t key, Algorithm algorithm, std::size_t, bool) {
                         gone_from.at(static_cast<std::size_t>(algorithm)).push_back(key);
                       });
        frames -= place.frames.size();
        videos -= place.frames.empty() ? 0 : 1;
        catalogue.places.erase(known);
      }
    }
    catalogue.finder.remove(gone);
    for (const Algorithm algorithm : kAlgorithms) {
      const auto kind = static_cast<std::size_t>(algorithm);
      Index& index = index_of(algorithm);
      if (const auto removed = index.remove(gone_from.at(kind)); !removed)
        throw Failure(removed.error());
      if (const auto added = index.add(ids.at(kind), signatures.at(kind)); !added)
        throw Failure(added.error());
    }
  }

  Index& index_of(Algorithm algorithm) { return algorithm == Algorithm::grid ? grid : pdq; }

  /// What `pick` makes of each query's hits.
  template <typename Pick>
  Result<std::vector<std::vector<EntryHit>>> lists(std::span<const Signature> queries,
                                                   MaxDistance limit, const Pick& pick) {
    if (incomplete) return too_large(path);
    if (queries.empty()) return std::vector<std::vector<EntryHit>>();
    const auto found = index_of(queries.front().algorithm()).within(queries, limit);
    if (!found) return found.error();
    std::vector<std::vector<EntryHit>> lists;
    lists.reserve(found->size());
    for (const auto& hits : *found) lists.push_back(pick(hits));
    return lists;
  }

  // Requires: a transaction and catch_up().
  Checked read(const Meta& meta, EntryId id) {
    const auto place = catalogue.places.find(id);
    if (place == catalogue.places.end()) {
      throw Failure({Code::not_found, path + " has no entry " + std::to_string(id) +
                                          "; `reseau bank list` shows those it has"});
    }
    Checked row = store->row(meta, place->second.row);
    if (row.record.id != id || !row.record.data) {
      store->connection().damaged("row " + std::to_string(row.record.row) +
                                  " is not that of entry " + std::to_string(id));
    }
    return row;
  }

  // Appends, commits, and takes in.
  void commit(Transaction& transaction, Meta& meta, std::vector<Record> records) {
    std::vector<Checked> rows;
    for (Record& record : records) {
      store->append(meta, record);
      rows.push_back({std::move(record), {}, 0});
    }
    store->write(meta);
    transaction.commit();
    take_in(rows, meta.next_row);
  }

  std::vector<Added> add(std::span<const EntryData> entries) {
    Transaction transaction(store->connection(), Transaction::Kind::write);
    Meta meta = catch_up();
    Plan plan = plan_addition(entries, catalogue.finder, meta.next_id,
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
    commit(transaction, meta, std::move(records));
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
    commit(transaction, meta, std::move(records));
    store->clean();
  }

  void refresh() {
    if (store->frozen()) store = std::make_unique<Store>(connect(path, mode));
    const Transaction snapshot(store->connection(), Transaction::Kind::read);
    (void)catch_up();
  }

  const std::string path;
  const Mode mode;
  std::mutex mutex;
  std::unique_ptr<Store> store;
  BankId bank{};
  Level level = Level::base;
  Catalogue catalogue;
  std::int64_t next_row = 1;  ///< the first that was not taken in yet
  Index grid{Algorithm::grid};
  Index pdq{Algorithm::pdq};
  std::atomic<std::size_t> size = 0;
  std::atomic<std::size_t> frames = 0;  ///< of known videos
  std::atomic<std::size_t> videos = 0;
  std::atomic<bool> incomplete = false;
};

Bank::Bank(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Bank::Bank(Bank&&) noexcept = default;
Bank& Bank::operator=(Bank&&) noexcept = default;
Bank::~Bank() = default;

Result<Bank> Bank::create(const std::string& path, Level level) {
  return guarded(path, [&]() -> Result<Bank> {
    create_bank(path, level);
    return Bank(std::make_unique<Impl>(path, Mode::write));
  });
}

Result<Bank> Bank::open(const std::string& path, Mode mode) {
  return guarded(path, [&]() -> Result<Bank> { return Bank(std::make_unique<Impl>(path, mode)); });
}

Result<std::vector<Added>> Bank::add(std::span<const EntryData> entries) {
  if (impl_->mode == Mode::read) return read_only(impl_->path);
  return guarded(impl_->path, [&]() -> Result<std::vector<Added>> {
    const std::lock_guard lock(impl_->mutex);
    return impl_->add(entries);
  });
}

Status Bank::remove(std::span<const EntryId> ids) {
  if (impl_->mode == Mode::read) return read_only(impl_->path);
  return guarded(impl_->path, [&]() -> Status {
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

Status Bank::each(const std::function<bool(const Entry&)>& visit) const {
  // A few at a time, so that `visit` runs without the lock and may call the bank itself.
  EntryId next = 1;
  while (true) {
    auto some = guarded(impl_->path, [&]() -> Result<std::vector<Entry>> {
      const std::lock_guard lock(impl_->mutex);
      const Transaction snapshot(impl_->store->connection(), Transaction::Kind::read);
      const Meta meta = impl_->catch_up();
      std::vector<Entry> entries;
      const auto& places = impl_->catalogue.places;
      for (auto place = places.lower_bound(next);
           place != places.end() && entries.size() < kVisited; ++place)
        entries.push_back(entry_of(impl_->read(meta, place->first)));
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
    for (const EntryId id : impl_->catalogue.finder.candidates(digests)) {
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

std::size_t Bank::size() const { return impl_->size; }

std::size_t Bank::pictures() const { return impl_->size - impl_->videos + impl_->frames; }

Level Bank::level() const { return impl_->level; }

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
    info.entries = impl_->catalogue.places.size();
    for (const auto& [id, place] : impl_->catalogue.places) info.with_grid += place.grid ? 1 : 0;
    for (const auto& [id, place] : impl_->catalogue.places) {
      info.with_pdq += place.pdq ? 1 : 0;
      info.windows += static_cast<std::size_t>(place.windows) + (place.trimmed ? 1 : 0);
    }
    info.videos = impl_->videos;
    info.frames = impl_->frames;
    info.file_bytes = size_of(file) + size_of(file + "-wal");
    return info;
  });
}

}  // namespace reseau
