#include "bank/sqlite.h"

#include <reseau/bank.h>

#include <sqlite3.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/files.h"

namespace reseau::detail {
namespace {

// A video of the most frames, each in the most bytes, and what else a row has.
constexpr int kMostRow = static_cast<int>(kMaxVideoFrames * 256 + (std::size_t{1} << 20));

// A path can hold '?', '#' and '%', or begin with "file:". So it is never handed to SQLite as it
// is, but as a URI in which all but letters, digits and a few signs are escaped.
std::string uri_of(const std::string& path, bool immutable) {
  constexpr std::string_view kPlain = "-._~/";
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string uri = path.starts_with('/') ? "file://" : "file:./";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || kPlain.find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += kDigits[byte >> 4];
      uri += kDigits[byte & 15];
    }
  }
  if (immutable) uri += "?immutable=1";
  return uri;
}

// RLIMIT_FSIZE and quotas are a full disk to whoever writes.
bool no_room(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

// Why the system refused. SQLite does not pass it on from a COMMIT, so the journal is asked, too.
int system_error(sqlite3* handle) {
  if (handle == nullptr) return 0;
  int error = sqlite3_system_errno(handle);
  sqlite3_file* journal = nullptr;
  if (error == 0) sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal);
  if (journal != nullptr && journal->pMethods != nullptr)
    journal->pMethods->xFileControl(journal, SQLITE_FCNTL_LAST_ERRNO, &error);
  return error;
}

}  // namespace

void Connection::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

std::optional<std::uint64_t> journal_size(const std::string& bank) {
  std::error_code failed;
  const auto file = std::filesystem::canonical(bank, failed);
  return size_of_file((failed ? bank : file.string()) + "-wal");
}

Connection::Connection(const std::string& path, Access access, int timeout_ms)
    : path_(path), access_(access) {
  const int flags = access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  const int rc = sqlite3_open_v2(uri_of(path, access == Access::immutable).c_str(), &handle,
                                 flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (rc != SQLITE_OK) fail(rc);
  sqlite3_extended_result_codes(handle, 1);
  wait_at_most(timeout_ms);
  // The file may come from anybody: nothing in it is run, and no row may be larger than any of
  // ours.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kMostRow);
}

void Connection::wait_at_most(int timeout_ms) { sqlite3_busy_timeout(handle(), timeout_ms); }

void Connection::run(const char* sql) {
  const int rc = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) fail(rc);
}

std::int64_t Connection::integer(const char* sql) {
  Statement statement(*this, sql);
  if (!statement.step()) damaged("a value is missing");
  return statement.integer(0);
}

void Connection::require_in_place() const {
  int moved = 0;
  if (sqlite3_file_control(handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
      moved != 0) {
    throw Failure({Code::io_error, path_ +
                                       " was moved or deleted while it was written, and what was "
                                       "to be added last is not in it; look where it is"});
  }
}

bool Connection::read_only() const { return sqlite3_db_readonly(handle(), "main") != 0; }
std::string Connection::resolved_path() const { return sqlite3_db_filename(handle(), "main"); }

void Connection::damaged(const std::string& how) const {
  std::string text = path_ + " is damaged: " + how + "; restore it from a copy";
  if (journal_size(path_).value_or(0) > 0) {
    text +=
        " (if it is one already, the files with -wal and -shm behind its name are of the one "
        "before it: delete them, and copy it again)";
  }
  throw Failure({Code::bank_damaged, std::move(text)});
}

void Connection::fail(int rc) const {
  const auto failure = [this](Code code, const std::string& rest) {
    return Failure({code, path_ + " " + rest});
  };
  switch (rc & 0xff) {
    case SQLITE_NOMEM:
      throw std::bad_alloc();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw failure(Code::bank_locked,
                    "is being written by another process; try again when that is done");
    case SQLITE_FULL:
      throw failure(Code::disk_full, "was not changed: the disk is full; make room and try again");
    case SQLITE_READONLY:
    case SQLITE_PERM:
      throw failure(Code::bank_read_only,
                    "may not be written; check the permissions of the file and of its folder");
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
    case SQLITE_TOOBIG:  // none of ours is
    case SQLITE_ERROR:   // our statements are right for our tables, so the tables are not ours
      damaged(std::string("SQLite says, ") + sqlite3_errmsg(handle()));
    case SQLITE_NOTADB:
      throw failure(Code::bank_foreign,
                    "is not a bank, or its beginning is destroyed; check the path, or restore it");
    case SQLITE_IOERR:
      if (rc == SQLITE_IOERR_NOMEM) throw std::bad_alloc();
      if (no_room(system_error(handle()))) {
        throw failure(Code::disk_full,
                      "was not changed: the disk is full, or a limit on file sizes or a quota is "
                      "reached; make room and try again");
      }
      [[fallthrough]];
    default: {
      std::string why = sqlite3_errstr(rc);
      if (const int error = system_error(handle()); error != 0) why += ", " + system_message(error);
      throw failure(Code::io_error, "could not be read or written (" + why +
                                        "); check the path, the permissions and the disk");
    }
  }
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Statement::Statement(const Connection& connection, const char* sql) : connection_(&connection) {
  sqlite3_stmt* statement = nullptr;
  const int rc = sqlite3_prepare_v3(connection.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT,
                                    &statement, nullptr);
  statement_.reset(statement);
  if (rc != SQLITE_OK) connection.fail(rc);
}

void Statement::bind(int place, std::int64_t value) {
  const int rc = sqlite3_bind_int64(statement_.get(), place, value);
  if (rc != SQLITE_OK) connection_->fail(rc);
}

void Statement::bind(int place, Bytes value) {
  const int rc =
      sqlite3_bind_blob64(statement_.get(), place, value.data(), value.size(), SQLITE_STATIC);
  if (rc != SQLITE_OK) connection_->fail(rc);
}

bool Statement::step() {
  const int rc = sqlite3_step(statement_.get());
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  connection_->fail(rc);
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() noexcept {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::int64_t Statement::integer(int column) const {
  if (sqlite3_column_type(statement_.get(), column) != SQLITE_INTEGER)
    connection_->damaged("a value is not of its type");
  return sqlite3_column_int64(statement_.get(), column);
}

Bytes Statement::blob(int column) const {
  if (sqlite3_column_type(statement_.get(), column) != SQLITE_BLOB)
    connection_->damaged("a value is not of its type");
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr && size > 0) throw std::bad_alloc();
  return {data, static_cast<std::size_t>(size)};
}

std::string Statement::text(int column) const {
  const auto* data = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  connection_.run(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

void Transaction::commit() { connection_.run("COMMIT"); }

Transaction::~Transaction() {
  // After some failures SQLite has rolled back itself.
  if (sqlite3_get_autocommit(connection_.handle()) == 0)
    sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace reseau::detail
