#include "bank/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "core/little_endian.h"

namespace reseau::detail {

std::atomic<int> busy_timeout_ms = 10'000;
std::atomic<std::int64_t> rows_worth_saving = 1 << 14;

namespace {

using Access = Connection::Access;

constexpr int kCleaningWaitMs = 1000;

bool folder_is_writable(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  return faccessat(AT_FDCWD, folder.empty() ? "." : folder.c_str(), W_OK, AT_EACCESS) == 0;
}

// SQLite reads a database in WAL mode through two more files beside it, and makes them where they
// are missing. In a folder that may not be written it cannot; but without a journal all there is
// stands in the main file, which may then be read alone.
Connection connect_for_reading(const std::string& path) {
  Connection connection(path, Access::read, busy_timeout_ms);
  const std::string file = connection.resolved_path();
  if (folder_is_writable(file)) return connection;
  if (journal_size(file).value_or(0) == 0) return {path, Access::immutable, busy_timeout_ms};
  if (faccessat(AT_FDCWD, (file + "-shm").c_str(), R_OK, AT_EACCESS) != 0) {
    throw Failure({Code::bank_read_only,
                   path + " has a journal beside it (" + path +
                       "-wal), and cannot be read with it "
                       "in a folder that may not be written; copy both to where it may"});
  }
  return connection;
}

template <std::size_t kSize>
std::array<std::uint8_t, kSize> array_of(const Connection& connection, Bytes bytes) {
  std::array<std::uint8_t, kSize> value{};
  if (bytes.size() != value.size()) connection.damaged("a value has the wrong length");
  std::copy(bytes.begin(), bytes.end(), value.begin());
  return value;
}

bool all_zero(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

[[noreturn]] void refuse(const std::string& path, Code code, const std::string& rest) {
  throw Failure({code, path + " " + rest});
}

// That it is a bank, and of a format known here.
void require_marks(const std::string& path, Access access) {
  Connection connection(path, access, busy_timeout_ms);
  if (connection.integer("PRAGMA application_id") != kApplicationId) {
    refuse(path, Code::bank_foreign,
           "is another program's database and not a bank; check the path");
  }
  const std::int64_t format = connection.integer("PRAGMA user_version");
  if (format > kFormat) {
    refuse(path, Code::bank_newer,
           "is a bank of format " + std::to_string(format) + ", and this program knows up to " +
               std::to_string(kFormat) + "; use a newer program");
  }
  if (format < 1) connection.damaged("it claims the format " + std::to_string(format));
  if (format < kFormat) {
    refuse(path, Code::bank_foreign,
           "is a bank of format " + std::to_string(format) +
               ", of a trial before the first release; make it again from its pictures");
  }
}

}  // namespace

// Only stat() touches the file, and SQLite: opening and closing it here would drop the locks that
// another Bank of this process holds on it (POSIX locks belong to the process, not to who opened).
void require_bank(const std::string& path) {
  struct stat about {};
  if (path.empty() || path.find('\0') != std::string::npos)
    refuse(path, Code::bank_missing, "is not the path of a file; give the path of a bank");
  if (stat(path.c_str(), &about) != 0) {
    if (errno == ENOENT || errno == ENOTDIR)
      refuse(path, Code::bank_missing, "does not exist; make a bank with `reseau bank init`");
    refuse(path, Code::io_error, "cannot be looked at: " + system_message(errno));
  }
  if (!S_ISREG(about.st_mode)) {
    refuse(path, Code::bank_foreign,
           "is a directory, device or pipe and not a bank; check the path");
  }
  if (about.st_size == 0) {
    refuse(path, Code::bank_foreign,
           "is an empty file and not a bank; if it is left of a `reseau bank init` that was cut "
           "short, delete it and make the bank again");
  }
  if (faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0)
    refuse(path, Code::io_error, "cannot be read: " + system_message(errno));
  // As a file that nobody changes, so that no journal is made beside what may be somebody else's.
  // Read so while a writer puts its journal back, it may be met half-way: then through the journal.
  try {
    return require_marks(path, Access::immutable);
  } catch (const Failure&) {
    if (!journal_size(path)) throw;  // an empty one too: a writer is there
  }
  require_marks(path, Access::read);
}

Connection connect(const std::string& path, Bank::Mode mode) {
  require_bank(path);
  if (mode == Bank::Mode::read) return connect_for_reading(path);
  Connection connection(path, Access::write, busy_timeout_ms);
  if (connection.read_only() || !folder_is_writable(connection.resolved_path())) {
    throw Failure({Code::bank_read_only, path + " or its folder may not be written; check the "
                                                "permissions, or open it for reading"});
  }
  connection.run(kWriting);
  return connection;
}

void require_schema(Connection& connection) {
  Statement schema(connection, "SELECT sql FROM sqlite_schema ORDER BY name");
  std::string found;
  while (schema.step()) found += schema.text(0) + ";";
  if (found != std::string(kMetaTable) + ";" + kRecordTable + ";")
    connection.damaged("its tables are not those of a bank");
}

Digest Meta::digest() const {
  std::vector<std::uint8_t> bytes(bank.begin(), bank.end());
  for (const std::int64_t value : {created, static_cast<std::int64_t>(level),
                                   static_cast<std::int64_t>(kind), next_id, next_row, entries})
    put(bytes, static_cast<std::uint64_t>(value), 8);
  bytes.insert(bytes.end(), sum.begin(), sum.end());
  bytes.insert(bytes.end(), saved.begin(), saved.end());
  return digest_of(bank, 0, Bytes(bytes));
}

Store::Store(Connection connection)
    : connection_((require_schema(connection), std::move(connection))),
      get_meta_(connection_,
                "SELECT bank, created, level, kind, next_id, next_row, entries, sum, saved, digest "
                "FROM meta WHERE one = 1"),
      set_meta_(connection_,
                "UPDATE meta SET next_id = ?, next_row = ?, entries = ?, sum = ?, saved = ?, "
                "digest = ? WHERE one = 1"),
      get_rows_(connection_,
                "SELECT row, data, digest FROM record WHERE row >= ? AND row < ? ORDER BY row"),
      append_(connection_, "INSERT INTO record (row, data, digest) VALUES (?, ?, ?)"),
      blank_(connection_, "UPDATE record SET data = ?, digest = ? WHERE row = ?") {}

Meta Store::meta() {
  const Rewind after(get_meta_);
  if (!get_meta_.step()) connection_.damaged("its first row is missing");
  Meta meta;
  meta.bank = array_of<16>(connection_, get_meta_.blob(0));
  meta.created = get_meta_.integer(1);
  const std::int64_t level = get_meta_.integer(2);
  meta.level = static_cast<Level>(level);
  const std::int64_t kind = get_meta_.integer(3);
  meta.kind = static_cast<IndexKind>(kind);
  meta.next_id = get_meta_.integer(4);
  meta.next_row = get_meta_.integer(5);
  meta.entries = get_meta_.integer(6);
  meta.sum = array_of<32>(connection_, get_meta_.blob(7));
  meta.saved = array_of<32>(connection_, get_meta_.blob(8));
  const auto digest = array_of<32>(connection_, get_meta_.blob(9));
  if (meta.digest() != digest) connection_.damaged("its first row does not fit its digest");
  // Far beyond what a disk holds, and far from where adding to them would overflow.
  constexpr std::int64_t kMost = std::int64_t{1} << 48;
  if (level < 0 || level >= static_cast<std::int64_t>(kLevels.size()) || kind < 0 ||
      kind > static_cast<std::int64_t>(IndexKind::ivf) || meta.next_id < 1 || meta.next_row < 1 ||
      meta.entries < 0 || meta.next_id > kMost || meta.next_row > kMost)
    connection_.damaged("its first row counts what cannot be");
  return meta;
}

void Store::write(const Meta& meta) {
  const Digest digest = meta.digest();
  set_meta_
      .with(meta.next_id, meta.next_row, meta.entries, Bytes(meta.sum), Bytes(meta.saved),
            Bytes(digest))
      .run();
}

std::optional<Checked> Store::checked(const Meta& meta, std::int64_t row) const {
  const Bytes data = get_rows_.blob(1);
  const auto digest = array_of<32>(connection_, get_rows_.blob(2));
  if (digest == kNoDigest && all_zero(data)) return std::nullopt;
  const std::string where =
      "entry " + std::to_string(claimed_id(data)) + " (in row " + std::to_string(row) + ") ";
  if (digest_of(meta.bank, row, data) != digest)
    connection_.damaged(where + "does not fit its digest");
  auto record = decode(row, data);
  if (record && record->id >= meta.next_id) connection_.damaged(where + "was never given out");
  if (record) return Checked{std::move(*record), digest, data.size()};
  if (record.error().code == Code::bank_damaged)
    connection_.damaged(where + record.error().message);
  throw Failure({record.error().code, connection_.path() + ": " + where + record.error().message +
                                          "; use a newer program"});
}

std::vector<Checked> Store::rows(const Meta& meta, std::int64_t first, std::int64_t end) {
  std::vector<Checked> found;
  const Rewind after(get_rows_);
  get_rows_.with(first, end);
  for (std::int64_t expected = first; expected < end; ++expected) {
    if (!get_rows_.step() || get_rows_.integer(0) != expected)
      connection_.damaged("row " + std::to_string(expected) + " is missing");
    if (auto row = checked(meta, expected)) found.push_back(std::move(*row));
  }
  return found;
}

Checked Store::row(const Meta& meta, std::int64_t row) {
  auto found = rows(meta, row, row + 1);
  if (found.empty()) connection_.damaged("row " + std::to_string(row) + " is blank");
  return std::move(found.front());
}

void Store::append(Meta& meta, Record& record) {
  record.row = meta.next_row++;
  const auto data = encode(record);
  const Digest digest = digest_of(meta.bank, record.row, Bytes(data));
  append_.with(record.row, Bytes(data), Bytes(digest)).run();
  add_to(meta.sum, digest);
}

void Store::blank(Meta& meta, const Checked& row) {
  const std::vector<std::uint8_t> zeros(row.size);
  blank_.with(Bytes(zeros), Bytes(kNoDigest), row.record.row).run();
  take_from(meta.sum, row.digest);
}

void Store::require_bounds(const Meta& meta) {
  const auto low = connection_.integer("SELECT coalesce(min(row), 1) FROM record");
  const auto high = connection_.integer("SELECT coalesce(max(row), 0) FROM record");
  if (low != 1 || high != meta.next_row - 1)
    connection_.damaged("its rows are not those that its first row counts");
}

void Store::clean() {
  connection_.wait_at_most(std::min(busy_timeout_ms.load(), kCleaningWaitMs));
  try {
    connection_.run("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const std::exception&) {
    // What was to be cleaned is committed. A full disk or a reader leaves the rest to the next one.
  }
  connection_.wait_at_most(busy_timeout_ms);
}

}  // namespace reseau::detail
