#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "bank/saved.h"
#include "bank/store.h"
#include "core/files.h"

namespace reseau::detail {
namespace {

constexpr std::array kSqliteFiles = {"-wal", "-shm", "-journal"};

// Calls `visit(name)` for all that may stand beside a bank.
template <typename Visit>
void each_beside(const std::string& path, const Visit& visit) {
  for (const char* suffix : kSqliteFiles) visit(path + suffix);
  for (const char* suffix : kSavedFiles) visit(path + suffix);
}

// A journal that outlived its database would be played into the new one; a saved index would be
// taken for its own by whoever looks at the folder.
void require_clear(const std::string& path) {
  struct stat about {};
  if (lstat(path.c_str(), &about) == 0) {
    throw Failure({Code::already_exists, path + " exists already and was not touched; choose "
                                                "another path, or delete it first"});
  }
  each_beside(path, [&about](const std::string& file) {
    if (lstat(file.c_str(), &about) == 0) {
      throw Failure({Code::already_exists, file + " is left of an earlier bank; delete it "
                                                  "first, or choose another path"});
    }
  });
}

Failure failure_to_make(const std::string& path, int error) {
  if (error == EEXIST) return Failure({Code::already_exists, path + " exists already"});
  const bool full = error == ENOSPC || error == EDQUOT;
  return Failure({full ? Code::disk_full : Code::io_error,
                  path + " could not be made: " + system_message(error) + "; check its folder"});
}

// Signatures are sensitive: nobody else may read the file, nor those that SQLite makes beside it,
// to which it gives the same permissions.
void make_file(const std::string& path) {
  const int file = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) throw failure_to_make(path, errno);
  close(file);
}

void fill(const std::string& path, Level level, IndexKind kind) {
  Connection connection(path, Connection::Access::write, busy_timeout_ms);
  connection.run("PRAGMA auto_vacuum=NONE");
  connection.run(kWriting);
  Transaction transaction(connection, Transaction::Kind::write);
  connection.run(kMetaTable);
  connection.run(kRecordTable);
  Meta meta;
  meta.bank = random_bank_id();
  meta.created = now();
  meta.level = level;
  meta.kind = kind;
  const Digest digest = meta.digest();
  Statement(connection,
            "INSERT INTO meta (one, bank, created, level, kind, next_id, next_row, entries, sum, "
            "saved, digest) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .with(Bytes(meta.bank), meta.created, static_cast<std::int64_t>(meta.level),
            static_cast<std::int64_t>(meta.kind), meta.next_id, meta.next_row, meta.entries,
            Bytes(meta.sum), Bytes(meta.saved), Bytes(digest))
      .run();
  connection.run(("PRAGMA application_id=" + std::to_string(kApplicationId)).c_str());
  connection.run(("PRAGMA user_version=" + std::to_string(kFormat)).c_str());
  transaction.commit();
  connection.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

void create_bank(const std::string& path, Level level, IndexKind kind) {
  if (path.empty() || path.find('\0') != std::string::npos)
    throw Failure({Code::io_error, path + " is not the path of a file; give one"});
  require_clear(path);
  make_file(path);
  try {
    fill(path, level, kind);
    if (const int error = sync_folder_of(path); error != 0) throw failure_to_make(path, error);
  } catch (...) {
    unlink(path.c_str());
    each_beside(path, [](const std::string& file) { unlink(file.c_str()); });
    throw;
  }
}

}  // namespace reseau::detail
