#include <reseau/bank.h>

#include <algorithm>
#include <mutex>

#include "bank/impl.h"
#include "bank/keys.h"
#include "bank/rules.h"
#include "bank/saved.h"

namespace reseau {

using namespace detail;

namespace {

constexpr std::int64_t kVisited = 256;  // entries read at a time for each()

Entry entry_of(Checked&& row) {
  return {row.record.id, iso_time(row.record.time), std::move(*row.record.data)};
}

Error read_only(const std::string& path) {
  return {Code::bank_read_only, path + " was opened for reading; open it for writing"};
}

}  // namespace

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

Status Bank::catch_up() const {
  return guarded(impl_->path, [&]() -> Status {
    const std::lock_guard lock(impl_->mutex);
    const Transaction snapshot(impl_->store->connection(), Transaction::Kind::read);
    (void)impl_->catch_up();
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
