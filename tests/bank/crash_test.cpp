#include <sys/resource.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "bank/helpers.h"
#include "support/child.h"

using namespace reseau;
using namespace reseau::test;

TEST_CASE(
    "kill -9 at any moment loses nothing that was acknowledged and leaves nothing half-done") {
  const TempDir folder;
  std::mt19937 random(1);
  (void)Bank::create(folder / "b").value();
  std::size_t acknowledged = 0;
  for (int round = 0; round < 40; ++round) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    Child child([&] {
      close(ends[0]);
      std::mt19937 own(static_cast<unsigned>(round) + 100);
      Bank bank = Bank::open(folder / "b", Bank::Mode::write).value();
      while (true) {
        const auto added = bank.add(random_entries(3, own));
        if (!added) return 1;
        if (own() % 4 == 0) {
          const std::vector<EntryId> gone = {added->front().id};
          if (!bank.remove(gone)) return 1;
        }
        const char done = 'x';
        if (write(ends[1], &done, 1) != 1) return 1;
      }
    });
    close(ends[1]);
    char byte = 0;
    REQUIRE(read(ends[0], &byte, 1) == 1);
    std::size_t batches = 1;
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    child.kill_now();
    while (read(ends[0], &byte, 1) == 1) ++batches;
    close(ends[0]);
    // What the child would have added, by the same numbers; one more batch may have got in.
    const Bank bank = Bank::open(folder / "b").value();
    std::mt19937 own(static_cast<unsigned>(round) + 100);
    for (std::size_t batch = 0; batch < batches; ++batch) {
      const auto entries = random_entries(3, own);
      const bool removed = own() % 4 == 0;
      for (std::size_t i = 0; i < entries.size(); ++i)
        REQUIRE(bank.find(digests_of(entries[i]))->size() == (removed && i == 0 ? 0 : 1));
    }
    const auto unacknowledged = random_entries(3, own);
    const auto last = bank.find(digests_of(unacknowledged[2]))->size();
    REQUIRE(bank.find(digests_of(unacknowledged[1]))->size() == last);
    acknowledged += batches;
  }
  REQUIRE(acknowledged >= 40);
  REQUIRE(Bank::verify(folder / "b").value().problems.empty());
}

TEST_CASE("A full disk refuses the addition, and the bank is as it was and usable") {
  const TempDir folder;
  std::mt19937 random(2);
  (void)Bank::create(folder / "b").value();
  const auto few = random_entries(20, random);
  const auto many = random_entries(3000, random);
  for (const rlim_t room : {40'000U, 100'000U, 300'000U}) {
    Child child([&] {
      signal(SIGXFSZ, SIG_IGN);
      const rlimit limit = {room, RLIM_INFINITY};
      Bank bank = Bank::open(folder / "b", Bank::Mode::write).value();
      const std::size_t before = bank.size();
      if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
      const auto added = bank.add(many);
      if (added || added.error().code != Code::disk_full) return 2;
      if (bank.size() != before || all_of(bank)->size() != before) return 3;
      if (bank.within({&*many[0].grid, 1}, {0})->front().size() != 0) return 4;
      if (!bank.find(digests_of(many[0]))->empty()) return 5;
      const rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
      if (setrlimit(RLIMIT_FSIZE, &none) != 0) return 6;
      return bank.add(few) ? 0 : 7;
    });
    REQUIRE(child.wait() == 0);
    const Bank bank = Bank::open(folder / "b").value();
    REQUIRE(bank.size() == few.size());
    REQUIRE(Bank::verify(folder / "b").value().problems.empty());
  }
}

TEST_CASE("A bank that finds no room to be created leaves no file") {
  const TempDir folder;
  for (const rlim_t room : {0U, 100U, 5000U, 9000U}) {
    Child child([&] {
      signal(SIGXFSZ, SIG_IGN);
      const rlimit limit = {room, RLIM_INFINITY};
      if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
      const auto bank = Bank::create(folder / "b");
      return !bank && bank.error().code == Code::disk_full ? 0 : 2;
    });
    REQUIRE(child.wait() == 0);
    REQUIRE(names_in(folder).empty());
  }
}
