/// SQLite, as little of it as a bank needs: a connection, a statement, a transaction.
///
/// What goes wrong is thrown as a Failure that names the file. Threads: none of this may be used by
/// two at once; the bank has a mutex.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <reseau/bytes.h>
#include <reseau/result.h>

struct sqlite3;
struct sqlite3_stmt;

namespace reseau::detail {

/// Of the journal beside a bank, or beside the one that a link leads to. None without one.
[[nodiscard]] std::optional<std::uint64_t> journal_size(const std::string& bank);

class Connection {
 public:
  enum class Access : std::uint8_t {
    read,       ///< through the journal, beside writers
    immutable,  ///< the main file alone: without journal, locks, or a trace in its folder
    write,
  };

  /// `path` is bytes, whatever they look like: never a URI, never a name special to SQLite.
  Connection(const std::string& path, Access access, int timeout_ms);

  void wait_at_most(int timeout_ms);  ///< for another process's locks
  void run(const char* sql);
  [[nodiscard]] std::int64_t integer(const char* sql);  ///< the first value of the first row
  [[nodiscard]] bool read_only() const;
  /// Fails where the file is not at its path any more: what is written to it would be lost.
  void require_in_place() const;
  [[nodiscard]] bool immutable() const { return access_ == Access::immutable; }
  [[nodiscard]] std::string resolved_path() const;  ///< absolute, symbolic links followed

  /// Throws what `rc` means for this bank.
  [[noreturn]] void fail(int rc) const;
  [[noreturn]] void damaged(const std::string& how) const;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  std::string path_;
  Access access_;
  std::unique_ptr<sqlite3, Close> handle_;
};

class Statement {
 public:
  Statement(const Connection& connection, const char* sql);

  /// From the start again, with values for the question marks; bytes must live until the next.
  template <typename... Values>
  Statement& with(const Values&... values) {
    reset();
    int place = 0;
    (bind(++place, values), ...);
    return *this;
  }
  [[nodiscard]] bool step();  ///< whether there is a row
  void run();                 ///< for statements that give none
  void reset() noexcept;      ///< lets go of the row and of locks

  /// Of the row. A value of another type than the schema's means a damaged file.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] Bytes blob(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  void bind(int place, std::int64_t value);
  void bind(int place, Bytes value);
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  const Connection* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Lets go of a statement's row and locks at the end of a block, however it is left.
class Rewind {
 public:
  explicit Rewind(Statement& statement) : statement_(statement) { statement_.reset(); }
  Rewind(const Rewind&) = delete;
  Rewind& operator=(const Rewind&) = delete;
  ~Rewind() { statement_.reset(); }

 private:
  Statement& statement_;
};

/// Rolled back unless committed.
class Transaction {
 public:
  enum class Kind : std::uint8_t { read, write };
  Transaction(Connection& connection, Kind kind);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Connection& connection_;
};

}  // namespace reseau::detail
