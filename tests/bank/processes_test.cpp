#include <sqlite3.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "bank/helpers.h"
#include "bank/store.h"
#include "support/child.h"

using namespace reseau;
using namespace reseau::test;

namespace {

struct ShortWait {
  ShortWait() { detail::busy_timeout_ms = 150; }
  ShortWait(const ShortWait&) = delete;
  ShortWait& operator=(const ShortWait&) = delete;
  ~ShortWait() { detail::busy_timeout_ms = 10'000; }
};

// As another program that holds the write lock.
class Lock {
 public:
  explicit Lock(const std::string& path) {
    REQUIRE(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() { sqlite3_close(handle_); }

 private:
  sqlite3* handle_ = nullptr;
};

// Runs `work` as a user who is nobody special: root may write everywhere.
int as_nobody(const std::function<int()>& work) {
  Child child([&] {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) return 98;
    return work();
  });
  return child.wait();
}

}  // namespace

TEST_CASE("A second writer waits, then is told; readers never wait") {
  const TempDir folder;
  std::mt19937 random(1);
  Bank bank = Bank::create(folder / "b").value();
  const auto entries = random_entries(3, random);
  REQUIRE(bank.add({entries.data(), 2}));
  {
    const ShortWait wait;
    const Lock lock(folder / "b");
    Bank second = Bank::open(folder / "b", Bank::Mode::write).value();
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(second.add({&entries[2], 1}).error().code == Code::bank_locked);
    const std::vector<EntryId> gone = {1};
    REQUIRE(second.remove(gone).error().code == Code::bank_locked);
    REQUIRE(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(250));
    REQUIRE(second.size() == 2);
    REQUIRE(Bank::open(folder / "b").value().size() == 2);
    REQUIRE(second.find(digests_of(entries[0])).value().size() == 1);
  }
  REQUIRE(bank.add({&entries[2], 1}));
}

TEST_CASE("refresh() sees what other processes have added, relabelled and removed") {
  const TempDir folder;
  std::mt19937 random(2);
  auto entries = random_entries(30, random);
  Bank writer = Bank::create(folder / "b").value();
  REQUIRE(writer.add({entries.data(), 10}));
  Bank reader = Bank::open(folder / "b").value();
  Child child([&] {
    Bank other = Bank::open(folder / "b", Bank::Mode::write).value();
    if (!other.add({entries.data() + 10, 20})) return 1;
    auto again = entries[1];
    again.labels = {"new"};
    if (!other.add({&again, 1}).value().front().existing) return 2;
    const std::vector<EntryId> gone = {1, 15, 30};
    return other.remove(gone) ? 0 : 3;
  });
  REQUIRE(child.wait() == 0);
  const auto hits = [&](const Bank& bank, std::size_t i) {
    return bank.within({&*entries[i].grid, 1}, {0}).value()[0].size() +
           bank.within({&*entries[i].pdq, 1}, {0}).value()[0].size();
  };
  REQUIRE(reader.size() == 10);
  REQUIRE(hits(reader, 0) == 2);
  REQUIRE(reader.refresh());
  REQUIRE(reader.refresh());
  // The writer takes in the others' changes before it makes its own.
  const auto more = random_entries(1, random);
  REQUIRE(writer.add(more).value().front().id == 31);
  REQUIRE(writer.size() == 28);
  for (const Bank* bank : {&reader, &writer}) {
    REQUIRE(bank->get(2).value().data.labels == std::vector<std::string>{"new"});
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const bool gone = i == 0 || i == 14 || i == 29;
      REQUIRE(hits(*bank, i) == (gone ? 0 : 2));
      REQUIRE(bank->find(digests_of(entries[i])).value().size() == (gone ? 0 : 1));
    }
  }
  REQUIRE(reader.size() == 28);
}

TEST_CASE("Readers in other processes see whole additions only, while a writer adds and removes") {
  const TempDir folder;
  std::mt19937 random(3);
  Bank writer = Bank::create(folder / "b").value();
  const auto work = [&] {
    Bank bank = Bank::open(folder / "b").value();
    for (int i = 0; i < 60; ++i) {
      if (!bank.refresh()) return 1;
      if (bank.size() % 7 != 0) return 2;
      const Bank fresh = Bank::open(folder / "b").value();
      if (fresh.size() % 7 != 0) return 3;
      const auto all = all_of(fresh);
      if (!all) return 4;
    }
    return 0;
  };
  Child first(work);
  Child second(work);
  for (int i = 0; i < 60; ++i) {
    const auto added = writer.add(random_entries(14, random)).value();
    std::vector<EntryId> gone;
    for (std::size_t k = 0; k < 7; ++k) gone.push_back(added[k].id);
    REQUIRE(writer.remove(gone));
  }
  REQUIRE(first.wait() == 0);
  REQUIRE(second.wait() == 0);
  REQUIRE(Bank::verify(folder / "b").value().problems.empty());
}

TEST_CASE("A bank on a medium that cannot be written is read, and nobody is told it is damaged") {
  const TempDir folder;
  std::mt19937 random(4);
  const auto entries = random_entries(5, random);
  {
    Bank bank = Bank::create(folder / "b").value();
    REQUIRE(bank.add(entries));
  }
  REQUIRE(names_in(folder) == std::vector<std::string>{"b"});
  REQUIRE(chmod((folder / "b").c_str(), 0444) == 0);
  REQUIRE(chmod(folder.path().c_str(), 0555) == 0);
  REQUIRE(as_nobody([&] {
            Bank bank = Bank::open(folder / "b").value();
            if (bank.size() != 5 || all_of(bank)->size() != 5) return 1;
            if (!bank.refresh() || bank.size() != 5) return 2;
            if (!Bank::verify(folder / "b")->problems.empty()) return 3;
            const auto writer = Bank::open(folder / "b", Bank::Mode::write);
            return writer || writer.error().code != Code::bank_read_only ? 4 : 0;
          }) == 0);
  REQUIRE(names_in(folder) == std::vector<std::string>{"b"});
  // A file that may not be written in a folder that may.
  REQUIRE(chmod(folder.path().c_str(), 0777) == 0);
  REQUIRE(as_nobody([&] { return Bank::open(folder / "b").value().size() == 5 ? 0 : 1; }) == 0);
  REQUIRE(as_nobody([&] {
            const auto writer = Bank::open(folder / "b", Bank::Mode::write);
            return writer || writer.error().code != Code::bank_read_only ? 4 : 0;
          }) == 0);
  // A file that may be read by nobody else.
  REQUIRE(chmod((folder / "b").c_str(), 0000) == 0);
  REQUIRE(as_nobody([&] {
            return Bank::open(folder / "b").error().code == Code::io_error ? 0 : 1;
          }) == 0);
}

TEST_CASE("A bank with a journal in a folder that cannot be written is read whole or refused") {
  const TempDir folder;
  std::mt19937 random(5);
  const auto entries = random_entries(5, random);
  (void)Bank::create(folder / "b").value();
  Child crash([&] {
    Bank bank = Bank::open(folder / "b", Bank::Mode::write).value();
    if (bank.add(entries)) kill(getpid(), SIGKILL);
    return 0;
  });
  REQUIRE(crash.wait() == 1000 + SIGKILL);
  for (const char* file : {"b", "b-wal", "b-shm"})
    REQUIRE(chmod((folder / file).c_str(), 0444) == 0);
  REQUIRE(chmod(folder.path().c_str(), 0555) == 0);
  REQUIRE(as_nobody([&] { return Bank::open(folder / "b").value().size() == 5 ? 0 : 1; }) == 0);
  std::filesystem::remove(folder / "b-shm");
  if (geteuid() != 0) {
    REQUIRE(chmod(folder.path().c_str(), 0755) == 0);
    std::filesystem::remove(folder / "b-shm");
    REQUIRE(chmod(folder.path().c_str(), 0555) == 0);
  }
  REQUIRE(as_nobody([&] {
            const auto bank = Bank::open(folder / "b");
            return bank || bank.error().code != Code::bank_read_only ? 1 : 0;
          }) == 0);
}

TEST_CASE("A bank that is replaced under an open one is not mixed with it") {
  const TempDir folder;
  std::mt19937 random(6);
  {
    Bank bank = Bank::create(folder / "b").value();
    REQUIRE(bank.add(random_entries(5, random)));
    Bank other = Bank::create(folder / "other").value();
    REQUIRE(other.add(random_entries(9, random)));
  }
  REQUIRE(chmod((folder / "b").c_str(), 0444) == 0);
  REQUIRE(chmod((folder / "other").c_str(), 0444) == 0);
  std::filesystem::create_symlink("b", folder / "link");
  REQUIRE(chmod(folder.path().c_str(), 0555) == 0);
  std::array<int, 2> ready{};
  std::array<int, 2> go{};
  REQUIRE(pipe(ready.data()) == 0);
  REQUIRE(pipe(go.data()) == 0);
  Child child([&] {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) return 98;
    Bank bank = Bank::open(folder / "link").value();
    char byte = 'x';
    if (write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1) return 1;
    const auto refreshed = bank.refresh();
    if (refreshed || refreshed.error().code != Code::bank_damaged) return 2;
    return bank.size() == 5 ? 0 : 3;
  });
  char byte = 0;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  REQUIRE(chmod(folder.path().c_str(), 0755) == 0);
  std::filesystem::remove(folder / "link");
  std::filesystem::create_symlink("other", folder / "link");
  REQUIRE(chmod(folder.path().c_str(), 0555) == 0);
  REQUIRE(write(go[1], &byte, 1) == 1);
  REQUIRE(child.wait() == 0);
  for (const int end : {ready[0], ready[1], go[0], go[1]}) close(end);
}
