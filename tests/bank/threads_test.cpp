#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "bank/helpers.h"

using namespace reseau;
using namespace reseau::test;

TEST_CASE("Threads that search, read and write one bank get whole answers and no race") {
  const TempDir folder;
  std::mt19937 random(1);
  Bank bank = Bank::create(folder / "b").value();
  const auto steady = random_entries(20, random);
  REQUIRE(bank.add(steady));
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  const auto repeat = [&](auto work) {
    threads.emplace_back([&, work] {
      while (!stop) {
        if (!work()) ++wrong;
      }
    });
  };
  repeat([&] {
    return bank.within({&*steady[0].grid, 1}, {0}).value()[0] == std::vector<EntryHit>{{1, 0}};
  });
  repeat([&] {
    return bank.within({&*steady[1].pdq, 1}, {0}).value()[0] == std::vector<EntryHit>{{2, 0}};
  });
  repeat([&] { return bank.find(digests_of(steady[2])).value().at(0).id == 3; });
  repeat([&] { return same(bank.get(4).value().data, steady[3]) && bank.size() >= 20; });
  repeat(
      [&] { return all_of(bank).value().size() >= 20 && bank.refresh().ok() && bank.info().ok(); });
  for (int i = 0; i < 12; ++i) {
    const auto added = bank.add(random_entries(5, random)).value();
    std::vector<EntryId> gone;
    for (const Added& one : added) gone.push_back(one.id);
    REQUIRE(bank.remove(gone));
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  REQUIRE(wrong == 0);
  REQUIRE(bank.size() == 20);
}
