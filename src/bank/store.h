/// The file of a bank: its meta row and its records, each held against its digest when read.
/// docs/bank.md draws it, and numbers the invariants that this module keeps.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bank/digest.h"
#include "bank/record.h"
#include "bank/sqlite.h"

namespace reseau::detail {

inline constexpr std::int64_t kApplicationId = 0x52534155;  // "RSAU"
inline constexpr std::int64_t kFormat = 4;

/// For connections that write. docs/bank.md says what each is for.
inline constexpr const char* kWriting =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
    "PRAGMA temp_store=MEMORY";

/// The whole schema: a file with anything more or less is not taken.
inline constexpr const char* kMetaTable =
    "CREATE TABLE meta (one INTEGER PRIMARY KEY, bank BLOB NOT NULL, created INTEGER NOT NULL, "
    "level INTEGER NOT NULL, kind INTEGER NOT NULL, next_id INTEGER NOT NULL, next_row INTEGER NOT "
    "NULL, entries INTEGER NOT NULL, sum BLOB NOT NULL, saved BLOB NOT NULL, digest BLOB NOT NULL) "
    "STRICT";
inline constexpr const char* kRecordTable =
    "CREATE TABLE record (row INTEGER PRIMARY KEY, data BLOB NOT NULL, digest BLOB NOT NULL) "
    "STRICT";

/// How long another writer is waited for. Tests shorten it.
extern std::atomic<int> busy_timeout_ms;
/// Fewer rows than this are read sooner than what is derived of them. Tests lower it.
extern std::atomic<std::int64_t> rows_worth_saving;

/// The one row of table `meta`.
struct Meta {
  BankId bank{};
  std::int64_t created = 0;
  Level level = Level::base;
  IndexKind kind = IndexKind::exact;
  EntryId next_id = 1;
  std::int64_t next_row = 1;
  std::int64_t entries = 0;
  Digest sum{};            ///< over the digests of all rows that are not blank
  SnapshotDigest saved{};  ///< of what is derived, saved beside the bank; zero: nothing is
  [[nodiscard]] Digest digest() const;
};

/// A row of table `record` that its digest was checked against.
struct Checked {
  Record record;
  Digest digest{};
  std::size_t size = 0;  ///< bytes of it in the file
};

/// Refuses what is not a bank, without leaving a trace beside it.
/// Throws bank_missing, bank_foreign, bank_newer, io_error.
void require_bank(const std::string& path);

/// For reading: through the journal or, where no journal is and none can be made, as a file that
/// nobody changes. For writing: with what kWriting says.
/// Throws as require_bank(), and bank_read_only.
[[nodiscard]] Connection connect(const std::string& path, Bank::Mode mode);

/// Throws bank_damaged unless the tables are those of a bank.
void require_schema(Connection& connection);

/// Makes an empty bank at `path`, or throws and leaves nothing there.
void create_bank(const std::string& path, Level level, IndexKind kind);

class Store {
 public:
  /// Throws bank_damaged unless the tables are those of a bank.
  explicit Store(Connection connection);

  [[nodiscard]] Connection& connection() { return connection_; }
  /// Whether the file is read as one that does not change: to see changes, open it again.
  [[nodiscard]] bool frozen() const { return connection_.immutable(); }

  [[nodiscard]] Meta meta();
  void write(const Meta& meta);

  /// The rows from `first` up to, not with, `end`, without those blanked.
  [[nodiscard]] std::vector<Checked> rows(const Meta& meta, std::int64_t first, std::int64_t end);
  [[nodiscard]] Checked row(const Meta& meta, std::int64_t row);

  /// Appends `record` as row meta.next_row and keeps `meta` in step.
  void append(Meta& meta, Record& record);
  /// Overwrites a row where it stands, and keeps `meta` in step.
  void blank(Meta& meta, const Checked& row);

  /// Throws bank_damaged if there are rows outside 1 to meta.next_row - 1.
  void require_bounds(const Meta& meta);

  /// Moves the journal into the file and cuts it to nothing, so that no older state is left. Not
  /// while others read: then a later one does it.
  void clean();

 private:
  [[nodiscard]] std::optional<Checked> checked(const Meta& meta, std::int64_t row) const;

  Connection connection_;
  Statement get_meta_, set_meta_, get_rows_, append_, blank_;
};

}  // namespace reseau::detail
