#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <climits>
#include <map>

#include "bank/helpers.h"

using namespace reseau;
using namespace reseau::test;

TEST_CASE("What was added is what is read, by id, by digest and by signature, also when reopened") {
  const TempDir folder;
  std::mt19937 random(1);
  auto entries = random_entries(700, random);
  entries[3].grid.reset();
  entries[4].pdq.reset();
  entries[5] = EntryData();
  entries[5].md5 = random_bytes<16>(random);
  entries[6] = EntryData();
  entries[6].pdq = random_signature(Algorithm::pdq, random);
  entries[6].origin = std::string("bytes \xff\0 of a path", 18);
  entries[6].labels = {"b", std::string("a\0z", 3), "", "\xfe"};
  entries[7].origin = std::string(5000, 'o');  // larger than a page
  std::vector<Entry> before;
  {
    Bank bank = Bank::create(folder / "known.bank").value();
    const auto added = bank.add(entries).value();
    REQUIRE(added.size() == entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      REQUIRE(added[i].id == static_cast<EntryId>(i + 1));
      REQUIRE_FALSE(added[i].existing);
    }
    before = all_of(bank).value();
  }
  std::sort(entries[6].labels.begin(), entries[6].labels.end());
  const Bank bank = Bank::open(folder / "known.bank").value();
  REQUIRE(bank.size() == entries.size());
  const auto after = all_of(bank).value();
  REQUIRE(after.size() == entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    REQUIRE(after[i].id == static_cast<EntryId>(i + 1));
    REQUIRE(same(after[i].data, entries[i]));
    REQUIRE(same(after[i], before[i]));
    REQUIRE(same(bank.get(after[i].id).value(), after[i]));
    for (const auto& signature : {entries[i].grid, entries[i].pdq}) {
      if (!signature) continue;
      const auto hits = bank.within({&*signature, 1}, {0}).value();
      REQUIRE(hits == std::vector<std::vector<EntryHit>>{{{after[i].id, 0}}});
    }
    if (!entries[i].sha256) continue;
    const auto found = bank.find(digests_of(entries[i])).value();
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].id == after[i].id);
    REQUIRE(found[0].kind == Bank::DigestKind::sha256);
  }
  REQUIRE(after[0].added.size() == 20);
  REQUIRE(after[0].added.back() == 'Z');
  REQUIRE(bank.get(701).error().code == Code::not_found);
  REQUIRE(bank.get(0).error().code == Code::not_found);
  REQUIRE(bank.get(-1).error().code == Code::not_found);
  const auto info = bank.info().value();
  REQUIRE(info.entries == 700);
  REQUIRE(info.with_grid == 697);
  REQUIRE(info.with_pdq == 698);
  REQUIRE(info.format == 4);
  REQUIRE(info.id.size() == 32);
  REQUIRE(info.file_bytes > 700 * 200);
  REQUIRE(Bank::verify(folder / "known.bank").value().problems.empty());
  REQUIRE(Bank::verify(folder / "known.bank").value().entries == 700);
}

TEST_CASE(
    "Ids are never given twice, also after the newest entry was removed and the bank reopened") {
  const TempDir folder;
  std::mt19937 random(2);
  EntryId last = 0;
  (void)Bank::create(folder / "b").value();
  for (int round = 0; round < 5; ++round) {
    Bank bank = Bank::open(folder / "b", Bank::Mode::write).value();
    const auto added = bank.add(random_entries(3, random)).value();
    REQUIRE(added.front().id == last + 1);
    last = added.back().id;
    const std::vector<EntryId> gone = {last, last - 2};
    REQUIRE(bank.remove(gone));
  }
  REQUIRE(Bank::open(folder / "b").value().size() == 5);
}

TEST_CASE("Any sequence of additions, removals and new labels leaves what a map would hold") {
  const TempDir folder;
  std::mt19937 random(3);
  std::map<EntryId, EntryData> model;
  std::optional<Bank> bank = Bank::create(folder / "b").value();
  const SavingSoon soon;
  for (int round = 0; round < 40; ++round) {
    auto fresh = random_entries(random() % 6, random);
    std::map<std::size_t, EntryId> known;
    for (const auto& [id, data] : model) {
      if (random() % 8 != 0) continue;
      known[fresh.size()] = id;
      fresh.push_back(data);
      fresh.back().labels = {"label " + std::to_string(random() % 3)};
    }
    const auto added = bank->add(fresh).value();
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      REQUIRE(added[i].existing == known.contains(i));
      if (!added[i].existing) {
        REQUIRE(model.emplace(added[i].id, fresh[i]).second);
        continue;
      }
      REQUIRE(added[i].id == known[i]);
      auto& labels = model[added[i].id].labels;
      if (std::find(labels.begin(), labels.end(), fresh[i].labels[0]) == labels.end())
        labels.push_back(fresh[i].labels[0]);
      std::sort(labels.begin(), labels.end());
    }
    std::vector<EntryId> gone;
    for (const auto& item : model) {
      if (random() % 10 == 0) gone.push_back(item.first);
    }
    REQUIRE(bank->remove(gone));
    for (const EntryId id : gone) model.erase(id);
    if (round % 5 == 2) REQUIRE(bank->save_index());
    if (round % 7 == 0) {
      bank.reset();
      bank = Bank::open(folder / "b", Bank::Mode::write).value();
    }
    const auto all = all_of(*bank).value();
    REQUIRE(all.size() == model.size());
    auto expected = model.begin();
    for (const Entry& entry : all) {
      REQUIRE(entry.id == expected->first);
      REQUIRE(same(entry.data, expected->second));
      ++expected;
    }
    const Signature query = random_signature(Algorithm::grid, random);
    REQUIRE(bank->within({&query, 1}, {INT_MAX}).value()[0].size() == model.size());
  }
  bank.reset();
  REQUIRE(Bank::verify(folder / "b").value().problems.empty());
}

TEST_CASE("A removal that names an id that is not there removes nothing and says which it is") {
  const TempDir folder;
  std::mt19937 random(4);
  Bank bank = Bank::create(folder / "b").value();
  REQUIRE(bank.add(random_entries(3, random)));
  const std::vector<EntryId> bad = {1, 2, 77};
  const auto refused = bank.remove(bad);
  REQUIRE(refused.error().code == Code::not_found);
  REQUIRE(refused.error().message.find("77") != std::string::npos);
  REQUIRE(all_of(bank).value().size() == 3);
  const std::vector<EntryId> twice = {2, 2};
  REQUIRE(bank.remove(twice));
  REQUIRE(all_of(bank).value().size() == 2);
  REQUIRE(bank.remove({}));
}

TEST_CASE("Who visits the entries may use the bank at the same time, and may stop") {
  const TempDir folder;
  std::mt19937 random(5);
  Bank bank = Bank::create(folder / "b").value();
  REQUIRE(bank.add(random_entries(600, random)));
  std::size_t seen = 0;
  REQUIRE(bank.each([&](const Entry& entry) {
    ++seen;
    if (entry.id == 10) {
      const std::vector<EntryId> gone = {5, 400};
      REQUIRE(bank.remove(gone));
    }
    return bank.get(entry.id).ok();
  }));
  REQUIRE(seen == 599);
  seen = 0;
  REQUIRE(bank.each([&seen](const Entry&) { return ++seen < 3; }));
  REQUIRE(seen == 3);
}

TEST_CASE("Nobody else may read a new bank, nor what SQLite puts beside it") {
  const TempDir folder;
  std::mt19937 random(6);
  Bank bank = Bank::create(folder / "b").value();
  REQUIRE(bank.add(random_entries(3, random)));
  const auto names = names_in(folder);
  REQUIRE(names == std::vector<std::string>{"b", "b-shm", "b-wal"});
  for (const auto& file : names) {
    struct stat about {};
    REQUIRE(stat((folder / file).c_str(), &about) == 0);
    REQUIRE((about.st_mode & 0777) == 0600);
  }
}

TEST_CASE("A path is bytes: none of them makes SQLite open something else") {
  const TempDir folder;
  std::mt19937 random(7);
  const auto entries = random_entries(2, random);
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  std::vector<std::string> expected;
  for (const std::string name : {"file:a?mode=memory", "b?immutable=1", "c%41", "d#e",
                                 ":memory:", "f g", "\xff\xfe", "-i", "file:///tmp/x", "j//k"}) {
    std::filesystem::create_directories("file:/tmp");
    std::filesystem::create_directories("j");
    {
      Bank bank = Bank::create(name).value();
      REQUIRE(bank.add(entries));
    }
    INFO(name);
    REQUIRE(std::filesystem::file_size(name) > 4096);
    REQUIRE(Bank::open(name).value().size() == 2);
    REQUIRE(Bank::open(folder / name).value().size() == 2);
    REQUIRE(Bank::verify(name).value().problems.empty());
  }
  std::filesystem::current_path(before);
  REQUIRE(Bank::create("").error().code == Code::io_error);
  REQUIRE(Bank::open("").error().code == Code::bank_missing);
  REQUIRE(Bank::open(std::string("x\0y", 3)).error().code == Code::bank_missing);
}

TEST_CASE("Creating a bank overwrites nothing and leaves nothing behind where it fails") {
  const TempDir folder;
  spill(folder / "photo", "irreplaceable");
  REQUIRE(Bank::create(folder / "photo").error().code == Code::already_exists);
  REQUIRE(slurp(folder / "photo") == "irreplaceable");
  REQUIRE(Bank::create(folder / "no/such/b").error().code == Code::io_error);
  // The journal of a bank that was deleted would be played into the new one.
  spill(folder / "old-wal", "left over");
  const auto refused = Bank::create(folder / "old");
  REQUIRE(refused.error().code == Code::already_exists);
  REQUIRE(refused.error().message.find("old-wal") != std::string::npos);
  std::filesystem::create_symlink("nowhere", folder / "link");
  REQUIRE(Bank::create(folder / "link").error().code == Code::already_exists);
  REQUIRE(names_in(folder) == std::vector<std::string>{"link", "old-wal", "photo"});
}

TEST_CASE("A bank opened for reading refuses to be changed and leaves the file as it was") {
  const TempDir folder;
  std::mt19937 random(8);
  {
    Bank bank = Bank::create(folder / "b").value();
    REQUIRE(bank.add(random_entries(3, random)));
  }
  const std::string before = slurp(folder / "b");
  {
    Bank bank = Bank::open(folder / "b").value();
    REQUIRE(bank.add(random_entries(1, random)).error().code == Code::bank_read_only);
    const std::vector<EntryId> gone = {1};
    REQUIRE(bank.remove(gone).error().code == Code::bank_read_only);
    REQUIRE(bank.size() == 3);
  }
  REQUIRE(slurp(folder / "b") == before);
}
