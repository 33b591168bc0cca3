#include <sys/resource.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <climits>
#include <csignal>
#include <map>
#include <thread>

#include "bank/helpers.h"
#include "core/files.h"
#include "support/child.h"

using namespace reseau;
using namespace reseau::test;

namespace {

EntryData video_of(std::size_t frames, std::mt19937& random) {
  EntryData data;
  data.sha256 = random_bytes<32>(random);
  data.video.emplace();
  for (std::size_t i = 0; i < frames; ++i) {
    VideoFrame frame;
    frame.time = static_cast<double>(i) / 2;
    frame.until = frame.time;
    frame.grid = random_signature(Algorithm::grid, random);
    frame.quality = 80;
    data.video->frames.push_back(frame);
  }
  return data;
}

// A bank of pictures, parts and a video.
std::vector<EntryData> world(std::size_t pictures, std::mt19937& random) {
  auto entries = random_entries(pictures, random);
  for (std::size_t i = 0; i < entries.size(); i += 3)
    entries[i].windows.push_back({{0, 0, .5F, .5F}, 0, random_signature(Algorithm::grid, random)});
  entries.push_back(video_of(20, random));
  return entries;
}

// Whether both give the same answers, whatever is asked.
void require_alike(const Bank& one, const Bank& other, const std::vector<EntryData>& asked) {
  const auto a = all_of(one).value();
  const auto b = all_of(other).value();
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(same(a[i], b[i]));
  REQUIRE(one.pictures() == other.pictures());
  for (const EntryData& data : asked) {
    if (data.sha1) {
      const auto found = one.find(digests_of(data)).value();
      const auto expected = other.find(digests_of(data)).value();
      REQUIRE(found.size() == expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) REQUIRE(found[i].id == expected[i].id);
    }
    for (const auto& signature : {data.grid, data.pdq}) {
      if (!signature) continue;
      const std::span query(&*signature, 1);
      const MaxDistance limit{signature->algorithm() == Algorithm::grid ? 1'000'000 : 120};
      REQUIRE(one.within(query, limit).value() == other.within(query, limit).value());
      REQUIRE(one.frames_within(query, limit).value() == other.frames_within(query, limit).value());
    }
  }
}

void forget_saved(const std::string& bank) {
  std::filesystem::remove(bank + "-grid");
  std::filesystem::remove(bank + "-pdq");
}

}  // namespace

TEST_CASE("A bank opened from what was saved answers as one that reads all its rows") {
  const SavingSoon soon;
  std::mt19937 random(51);
  for (const IndexKind kind : {IndexKind::exact, IndexKind::ivf}) {
    const TempDir folder;
    const auto entries = world(60, random);
    {
      Bank bank = Bank::create(folder / "b", Level::standard, kind).value();
      REQUIRE(bank.add(entries));
      REQUIRE(bank.save_index());
      REQUIRE(bank.info().value().saved);
      // And what came after it was saved: new entries, and labels for one that was there.
      REQUIRE(bank.add(random_entries(3, random)));
      auto again = entries[4];
      again.labels = {"case-17"};
      REQUIRE(bank.add(std::span(&again, 1)).value()[0].existing);
    }
    CHECK(std::filesystem::status(folder / "b-grid").permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    const Bank opened = Bank::open(folder / "b").value();
    CHECK(opened.kind() == kind);
    CHECK(opened.level() == Level::standard);
    forget_saved(folder / "b");
    require_alike(opened, Bank::open(folder / "b").value(), entries);
    CHECK(Bank::verify(folder / "b").value().problems.empty());
  }
}

TEST_CASE("No flipped bit, cut or older state of a saved index changes what a bank finds") {
  const SavingSoon soon;
  std::mt19937 random(52);
  const TempDir folder;
  const auto entries = world(20, random);
  Bank bank = Bank::create(folder / "b").value();
  REQUIRE(bank.add(entries));
  REQUIRE(bank.save_index());
  for (const std::string& file : {folder / "b-grid", folder / "b-pdq"}) {
    const std::string sound = slurp(file);
    for (std::size_t at = 0; at < sound.size(); at += 1 + sound.size() / 40) {
      std::string bad = sound;
      bad[at] = static_cast<char>(bad[at] ^ (1 << random() % 8));
      spill(file, bad);
      require_alike(Bank::open(folder / "b").value(), bank, {entries[0], entries[7]});
    }
    for (const std::size_t size : {std::size_t{0}, std::size_t{100}, sound.size() / 2}) {
      spill(file, sound.substr(0, size));
      require_alike(Bank::open(folder / "b").value(), bank, {entries[0]});
    }
    spill(file, sound);
  }
  const std::string older = slurp(folder / "b-grid");
  REQUIRE(bank.add(random_entries(30, random)));
  REQUIRE(bank.save_index());
  spill(folder / "b-grid", older);
  require_alike(Bank::open(folder / "b").value(), bank, entries);
  // Another bank's are not taken for this one's.
  Bank other = Bank::create(folder / "other").value();
  REQUIRE(other.add(random_entries(20, random)));
  REQUIRE(other.save_index());
  for (const char* suffix : {"-grid", "-pdq"}) {
    std::filesystem::copy_file(folder / (std::string("other") + suffix),
                               folder / (std::string("b") + suffix),
                               std::filesystem::copy_options::overwrite_existing);
  }
  require_alike(Bank::open(folder / "b").value(), bank, entries);
}

TEST_CASE("What was removed is in no saved index, not even one that a crash has left") {
  const SavingSoon soon;
  std::mt19937 random(53);
  const TempDir folder;
  auto entries = world(30, random);
  entries[0].grid = even_signature(Algorithm::grid, 77);
  entries[1].grid = even_signature(Algorithm::grid, 55);
  std::map<std::string, std::string> left;
  {
    Bank bank = Bank::create(folder / "b").value();
    const auto added = bank.add(entries).value();
    REQUIRE(bank.save_index());
    for (const auto& file : {folder / "b-grid", folder / "b-pdq"}) left[file] = slurp(file);
    const std::vector<EntryId> gone = {added[0].id, added.back().id};
    REQUIRE(bank.remove(gone));
    CHECK(names_in(folder) == std::vector<std::string>{"b", "b-shm", "b-wal"});
    CHECK_FALSE(bank.info().value().saved);
    CHECK(bank.within(std::span(&*entries[0].grid, 1), {0}).value()[0].empty());
  }
  for (const auto& [file, bytes] : left) spill(file, bytes);
  CHECK(Bank::open(folder / "b").value().size() == entries.size() - 2);
  Bank bank = Bank::open(folder / "b", Bank::Mode::write).value();
  CHECK_FALSE(std::filesystem::exists(folder / "b-grid"));
  CHECK(bank.within(std::span(&*entries[0].grid, 1), {0}).value()[0].empty());
  REQUIRE(bank.save_index());
  const auto has_pdq = [saved = slurp(folder / "b-pdq")](const EntryData& data) {
    const auto bytes = data.pdq->bytes();
    return saved.find(std::string(bytes.begin(), bytes.end())) != std::string::npos;
  };
  CHECK_FALSE(has_pdq(entries[0]));
  CHECK(has_pdq(entries[1]));
  const std::string grids = slurp(folder / "b-grid");
  CHECK_FALSE(has_even_grid(grids, 77));
  CHECK(has_even_grid(grids, 55));
}

TEST_CASE("What was removed is in nothing that a killed save or a killed removal has left") {
  const SavingSoon soon;
  std::mt19937 random(58);
  const TempDir folder;
  auto entries = random_entries(300, random);
  entries[0].grid = even_signature(Algorithm::grid, 77);
  Bank bank = Bank::create(folder / "b").value();
  const auto added = bank.add(entries).value();
  REQUIRE(bank.save_index());
  const std::string saved = slurp(folder / "b-grid");
  REQUIRE(has_even_grid(saved, 77));
  REQUIRE(bank.remove(std::vector<EntryId>{added[0].id}));
  // A save that was killed before its end has the beginning of the file under another name; a
  // removal has overwritten everything but that beginning, by which the file is known.
  spill(folder / "b-grid.part", saved);
  spill(folder / "b-pdq.part", saved.substr(0, 128) + std::string(saved.size() - 128, '\0'));
  const std::string theirs = "of somebody else";
  spill(folder / "b-pdq", theirs);
  CHECK(Bank::open(folder / "b", Bank::Mode::write).value().size() == 299);
  CHECK(slurp(folder / "b-pdq") == theirs);
  std::filesystem::remove(folder / "b-pdq");
  CHECK(names_in(folder) == std::vector<std::string>{"b", "b-shm", "b-wal"});
}

TEST_CASE("A file that is given up is overwritten from behind, so that it is known to the last") {
  const TempDir folder;
  const std::string file = folder / "f";
  for (const std::size_t size : {0U, 100U, 128U, 129U, 200'000U}) {
    spill(file, std::string(size, 'x'));
    std::filesystem::create_hard_link(file, folder / "g");  // to see what was done to it
    detail::overwrite_and_delete(file, 128);
    CHECK_FALSE(std::filesystem::exists(file));
    CHECK(slurp(folder / "g") == std::string(size, '\0'));
    std::filesystem::remove(folder / "g");
  }
  // Where it is interrupted (here: where no more may be written), the beginning is as it was.
  Child child([&file] {
    spill(file, std::string(200'000, 'x'));
    std::filesystem::create_hard_link(file, file + "g");
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit little{100'000, 100'000};
    setrlimit(RLIMIT_FSIZE, &little);
    detail::overwrite_and_delete(file, 128);
    const std::string wanted =
        std::string(128, 'x') + std::string(100'000 - 128, '\0') + std::string(100'000, 'x');
    return slurp(file + "g") == wanted ? 0 : 1;
  });
  CHECK(child.wait() == 0);
}

TEST_CASE("An index that cannot be saved leaves the bank as it was") {
  const SavingSoon soon;
  std::mt19937 random(54);
  const TempDir folder;
  const auto entries = world(300, random);
  Bank bank = Bank::create(folder / "b").value();
  REQUIRE(bank.add(entries));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit little{20'000, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &little);
  const auto failed = bank.save_index();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  REQUIRE(failed.error().code == Code::disk_full);
  CHECK_FALSE(bank.info().value().saved);
  require_alike(Bank::open(folder / "b").value(), bank, entries);
  CHECK(Bank::open(folder / "b").value().save_index().error().code == Code::bank_read_only);
  REQUIRE(bank.save_index());
  CHECK(bank.info().value().saved);
}

TEST_CASE("A file that only has the name of a saved index is neither overwritten nor deleted") {
  const SavingSoon soon;
  std::mt19937 random(57);
  const TempDir folder;
  Bank bank = Bank::create(folder / "b").value();
  const auto added = bank.add(random_entries(20, random)).value();
  const std::string theirs = "RSAUIDX and what somebody wrote about a grid in a town";
  spill(folder / "b-grid", theirs);
  CHECK(bank.save_index().error().code == Code::already_exists);
  REQUIRE(bank.remove(std::vector<EntryId>{added[0].id}));
  CHECK(Bank::open(folder / "b", Bank::Mode::write).value().size() == 19);
  CHECK(slurp(folder / "b-grid") == theirs);
  std::filesystem::remove(folder / "b-grid");
  std::filesystem::create_symlink(folder / "elsewhere", folder / "b-pdq");
  CHECK(bank.save_index().error().code == Code::already_exists);
  CHECK(Bank::create(folder / "b-", Level::base).ok());
  spill(folder / "c-pdq", theirs);
  CHECK(Bank::create(folder / "c").error().code == Code::already_exists);
}

TEST_CASE("Small banks, and banks of which little is new, are not saved again and again") {
  std::mt19937 random(55);
  const TempDir folder;
  Bank bank = Bank::create(folder / "b").value();
  REQUIRE(bank.add(random_entries(100, random)));
  REQUIRE(bank.save_index());
  CHECK_FALSE(bank.info().value().saved);
  const SavingSoon soon;
  REQUIRE(bank.save_index());
  const std::string saved = slurp(folder / "b-grid");
  REQUIRE(bank.add(random_entries(5, random)));
  REQUIRE(bank.save_index());
  CHECK(slurp(folder / "b-grid") == saved);
}

TEST_CASE("An index is saved while others add, remove and search, and is of one moment") {
  const SavingSoon soon;
  std::mt19937 random(56);
  const TempDir folder;
  const auto entries = random_entries(400, random);
  Bank bank = Bank::create(folder / "b").value();
  std::atomic<bool> stop = false;
  std::atomic<int> failures = 0;
  std::thread searcher([&] {
    while (!stop) {
      if (!bank.within(std::span(&*entries[0].pdq, 1), {31})) ++failures;
      if (const auto found = bank.find(digests_of(entries[0])); !found) ++failures;
    }
  });
  std::thread saver([&] {
    while (!stop) {
      if (!bank.save_index()) ++failures;
    }
  });
  for (std::size_t i = 0; i < entries.size(); i += 20) {
    const auto added = bank.add(std::span(entries).subspan(i, 20));
    if (!added) ++failures;
    if (i % 80 == 0 && !bank.remove(std::vector{added->back().id})) ++failures;
  }
  stop = true;
  searcher.join();
  saver.join();
  CHECK(failures == 0);
  CHECK(bank.size() == entries.size() - 5);
  require_alike(Bank::open(folder / "b").value(), bank, entries);
}
