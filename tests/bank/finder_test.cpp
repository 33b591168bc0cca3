#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "bank/catalogue.h"
#include "bank/helpers.h"

using namespace reseau;
using namespace reseau::test;
using detail::Finder;

TEST_CASE("A known file is found among any number, as others come and go") {
  // Enough for several runs: four hints an entry, 65,536 to a run.
  constexpr EntryId kEntries = 45'000;
  std::mt19937 random(1);
  Finder finder;
  std::map<EntryId, EntryData> known;
  const auto twin = random_entry(random);  // the same signatures as many others, other bytes
  for (EntryId id = 1; id <= kEntries; ++id) {
    EntryData data = random_entry(random);
    if (id % 1'000 == 0) {
      data.grid = twin.grid;
      data.pdq = twin.pdq;
    }
    finder.add(id, data);
    known.emplace(id, std::move(data));
    if (id % 20'000 == 0) {  // some of all runs, and of what is in none yet
      std::set<EntryId> gone;
      for (int i = 0; i < 1'000; ++i) gone.insert(1 + static_cast<EntryId>(random() % id));
      finder.remove(gone);
      for (const EntryId one : gone) known.erase(one);
    }
  }
  std::vector<EntryId> twins;
  for (EntryId id = 1; id <= kEntries; ++id) {
    const auto entry = known.find(id);
    if (entry == known.end()) continue;
    if (entry->second.grid == twin.grid) twins.push_back(id);
    if (id % 97 != 0 && id < kEntries - 50) continue;
    CHECK(finder.candidates(digests_of(entry->second)) == std::vector{id});
    CHECK(finder.candidates(entry->second) == std::vector{id});
  }
  EntryData hashes;  // without digests: by the signatures
  hashes.grid = twin.grid;
  hashes.pdq = twin.pdq;
  CHECK(finder.candidates(hashes) == twins);
  CHECK(finder.candidates(digests_of(random_entry(random))).empty());
  std::set<EntryId> rest;
  for (const auto& [id, data] : known) rest.insert(id);
  finder.remove(rest);
  CHECK(finder.candidates(hashes).empty());
}
