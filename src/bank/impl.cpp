#include "bank/impl.h"

#include <algorithm>
#include <set>

#include "bank/plan.h"
#include "bank/saved.h"

namespace reseau {

using namespace detail;

namespace {

constexpr std::int64_t kBatch = 8192;  // rows read at a time

}  // namespace

Bank::Impl::Impl(std::string p, Mode m) : path(std::move(p)), mode(m) {
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

Bank::Impl::~Impl() {
  if (mode == Mode::write) store->clean();
}

// What was saved is believed as far as it goes: then rows are not read, but when they are needed.
void Bank::Impl::open_saved(const Meta& meta) {
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

Meta Bank::Impl::catch_up(Digest* sum) {
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

void Bank::Impl::take_in(const std::vector<Checked>& rows, std::int64_t end) {
  try {
    derived->take_in(rows, end);
  } catch (...) {
    incomplete = true;  // searches would miss something from now on, and must not do so silently
    throw;
  }
  count();
}

void Bank::Impl::count() {
  size = derived->catalogue.places.size();
  frames = derived->frames;
  videos = derived->catalogue.frames.size();
  pictures = size - videos + frames;
  by_pdq_alone = derived->by_pdq_alone;
}

Checked Bank::Impl::read(const Meta& meta, EntryId id) {
  const Place* const place = derived->catalogue.places.find(id);
  if (place == nullptr) {
    throw Failure({Code::not_found, path + " has no entry " + std::to_string(id) +
                                        "; `reseau bank list` shows those it has"});
  }
  Checked row = store->row(meta, place->row);
  if (row.record.id != id || !row.record.data) {
    store->connection().damaged("row " + std::to_string(row.record.row) + " is not that of entry " +
                                std::to_string(id));
  }
  return row;
}

std::vector<Checked> Bank::Impl::commit(Transaction& transaction, Meta& meta,
                                        std::vector<Record> records) {
  std::vector<Checked> rows;
  for (Record& record : records) {
    store->append(meta, record);
    rows.push_back({std::move(record), {}, 0});
  }
  store->write(meta);
  store->connection().require_in_place();
  transaction.commit();
  return rows;
}

void Bank::Impl::take_in_committed(const std::vector<Checked>& rows, std::int64_t end) {
  try {
    take_in(rows, end);
  } catch (...) {
    throw Failure({Code::limit_memory,
                   path + " was changed as it was asked to be, and does not fit into memory any "
                          "more; open it again, on a machine with more"});
  }
}

std::vector<Added> Bank::Impl::add(std::span<const EntryData> entries) {
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

void Bank::Impl::remove(std::span<const EntryId> ids) {
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

bool Bank::Impl::worth_saving() const {
  const std::int64_t unsaved = derived->next_row - saved_row;
  return unsaved >= rows_worth_saving && unsaved >= derived->next_row / 8;
}

void Bank::Impl::save_index() {
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

void Bank::Impl::refresh() {
  if (store->frozen()) store = std::make_unique<Store>(connect(path, mode));
  const Transaction snapshot(store->connection(), Transaction::Kind::read);
  (void)catch_up();
}

Error Bank::Impl::too_large() const {
  return {Code::limit_memory,
          path + " does not fit into memory any more; open it again, on a machine with more"};
}

}  // namespace reseau
