#include <sqlite3.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "bank/helpers.h"

using namespace reseau;
using namespace reseau::test;

namespace {

void run_sql(const std::string& path, const char* sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  const int rc = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr);
  sqlite3_close(handle);
  REQUIRE(rc == SQLITE_OK);
}

// Both ways to open it, and verify(), say the same.
void refused(const TempDir& folder, const std::string& name, Code code) {
  const auto before = names_in(folder);
  for (const auto mode : {Bank::Mode::read, Bank::Mode::write}) {
    const auto bank = Bank::open(folder / name, mode);
    REQUIRE_FALSE(bank);
    INFO(bank.error().message);
    CHECK(bank.error().code == code);
    CHECK(bank.error().message.find(folder / name) == 0);
  }
  REQUIRE(Bank::verify(folder / name).error().code == code);
  REQUIRE(names_in(folder) == before);  // not a trace beside it
}

}  // namespace

TEST_CASE("What is not a bank is told from a damaged one, and nothing is made beside it") {
  const TempDir folder;
  refused(folder, "missing", Code::bank_missing);
  refused(folder, "no/folder", Code::bank_missing);
  spill(folder / "empty", "");
  refused(folder, "empty", Code::bank_foreign);
  refused(folder, "empty/below", Code::bank_missing);
  spill(folder / "short", "x");
  refused(folder, "short", Code::bank_foreign);
  spill(folder / "text", std::string(10'000, 'a'));
  refused(folder, "text", Code::bank_foreign);
  std::filesystem::create_directory(folder / "directory");
  refused(folder, "directory", Code::bank_foreign);
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  refused(folder, "fifo", Code::bank_foreign);
  run_sql(folder / "other", "PRAGMA journal_mode=WAL; CREATE TABLE t (x)");
  refused(folder, "other", Code::bank_foreign);
}

TEST_CASE("A bank of a newer program, or of a trial before the first release, is left alone") {
  const TempDir folder;
  (void)Bank::create(folder / "b").value();
  run_sql(folder / "b", "PRAGMA user_version=5");
  refused(folder, "b", Code::bank_newer);
  run_sql(folder / "b", "PRAGMA user_version=1");
  refused(folder, "b", Code::bank_foreign);
  run_sql(folder / "b", "PRAGMA user_version=0");
  REQUIRE(Bank::open(folder / "b").error().code == Code::bank_damaged);
}

TEST_CASE("A bank that somebody gave triggers, views or columns is not trusted") {
  std::mt19937 random(1);
  for (const char* sql :
       {"CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM record; END",
        "CREATE TABLE extra (x)", "CREATE INDEX i ON record (data)",
        "ALTER TABLE record ADD COLUMN note TEXT",
        "DROP TABLE record; CREATE VIEW record AS SELECT 1 AS row, x'00' AS data, x'00' AS digest",
        "DROP TABLE meta"}) {
    const TempDir folder;
    {
      Bank bank = Bank::create(folder / "b").value();
      REQUIRE(bank.add(random_entries(2, random)));
    }
    run_sql(folder / "b", sql);
    INFO(sql);
    for (const auto mode : {Bank::Mode::read, Bank::Mode::write})
      REQUIRE(Bank::open(folder / "b", mode).error().code == Code::bank_damaged);
    REQUIRE_FALSE(Bank::verify(folder / "b").value().problems.empty());
  }
}
