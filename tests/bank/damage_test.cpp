#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <climits>
#include <limits>
#include <set>

#include "bank/helpers.h"
#include "bank/record.h"
#include "bank/store.h"

using namespace reseau;
using namespace reseau::test;

namespace {

// A bank with all that a file can hold: entries, one removed, one with a label that came later, one
// larger than a page.
std::vector<Entry> make_bank(const std::string& path, std::mt19937& random) {
  Bank bank = Bank::create(path).value();
  auto entries = random_entries(4, random);
  entries[1].origin.assign(700, 'o');
  REQUIRE(bank.add(entries));
  entries[2].labels = {"later"};
  REQUIRE(bank.add({&entries[2], 1}));
  const std::vector<EntryId> gone = {4};
  REQUIRE(bank.remove(gone));
  return all_of(bank).value();
}

void run_sql(const std::string& path, const char* sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  const int rc = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr);
  sqlite3_close(handle);
  REQUIRE(rc == SQLITE_OK);
}

void clear_beside(const std::string& path) {
  std::filesystem::remove(path + "-wal");
  std::filesystem::remove(path + "-shm");
}

// "": noticed. "same": nothing wrong with what was read. Anything else is the harm.
std::string harm(const std::string& path, const std::vector<Entry>& expected,
                 std::set<Code>& codes) {
  const auto bank = Bank::open(path);
  if (!bank) {
    codes.insert(bank.error().code);
    return "";
  }
  const auto all = all_of(*bank);
  if (!all) {  // noticed when it came to that row
    codes.insert(all.error().code);
    return "";
  }
  if (all->size() != expected.size()) return "entries are missing";
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Entry& entry = expected[i];
    if (!same(all.value()[i], entry)) return "an entry is another";
    const auto hits = bank->within({&*entry.data.grid, 1}, {0});
    if (!hits || hits.value()[0] != std::vector<EntryHit>{{entry.id, 0}}) return "within() misses";
    const auto found = bank->find(digests_of(entry.data));
    if (!found || found->size() != 1) return "find() misses";
  }
  return "same";
}

}  // namespace

namespace {

// Flips every bit of the first 100 bytes, which are SQLite's header, and one in `step` of the rest.
void flip_bits(std::size_t step) {
  const TempDir folder;
  std::mt19937 random(1);
  const std::string path = folder / "b";
  const auto expected = make_bank(path, random);
  // Small pages: fewer bytes that mean nothing.
  run_sql(path,
          "PRAGMA journal_mode=DELETE; PRAGMA page_size=512; VACUUM; PRAGMA journal_mode=WAL");
  clear_beside(path);
  const std::string good = slurp(path);
  REQUIRE(good.size() < 10'000);
  std::set<Code> codes;
  REQUIRE(harm(path, expected, codes) == "same");
  std::size_t flips = 0;
  std::size_t noticed = 0;
  for (std::size_t bit = 0; bit < good.size() * 8; bit += bit < 800 ? 1 : step) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    clear_beside(path);
    spill(path, bytes);
    const std::string result = harm(path, expected, codes);
    if (!result.empty() && result != "same") FAIL("bit " << bit << ": " << result);
    ++flips;
    if (result.empty()) ++noticed;
    if (bit % 7 != 0) continue;
    const auto report = Bank::verify(path);
    if (result.empty() && report && report->problems.empty())
      FAIL("bit " << bit << ": open() refuses, and verify() finds nothing");
  }
  // All that can be said of a damaged file, and none of it blames the reader or the machine.
  for (const Code code : codes) {
    INFO(name(code));
    REQUIRE((code == Code::bank_damaged || code == Code::bank_foreign || code == Code::bank_newer));
  }
  REQUIRE(noticed > flips / 5);  // the rest are bytes that mean nothing: free space, blanked rows
}

}  // namespace

TEST_CASE("A flipped bit is noticed or changes nothing, and is never read as another entry") {
  flip_bits(97);
}

TEST_CASE("A flipped bit is noticed or changes nothing: every single one", "[.exhaustive]") {
  flip_bits(1);
}

TEST_CASE("A bank cut short anywhere is reported, never read as a smaller bank") {
  const TempDir folder;
  std::mt19937 random(2);
  const std::string path = folder / "b";
  {
    Bank bank = Bank::create(path).value();
    REQUIRE(bank.add(random_entries(60, random)));
  }
  const auto expected = all_of(Bank::open(path).value()).value();
  clear_beside(path);
  const std::string good = slurp(path);
  std::set<Code> codes;
  for (std::size_t size = 0; size < good.size(); size += size < 200 ? 1 : 1021) {
    clear_beside(path);
    spill(path, good.substr(0, size));
    INFO(size);
    REQUIRE(harm(path, expected, codes).empty());
    const auto report = Bank::verify(path);
    REQUIRE((!report || !report->problems.empty()));
  }
  spill(path, good + std::string(4096, 'x'));
  clear_beside(path);
  const std::string longer = harm(path, expected, codes);
  REQUIRE((longer.empty() || longer == "same"));
}

TEST_CASE("A damaged row is named, and so is the way out") {
  const TempDir folder;
  std::mt19937 random(3);
  const std::string path = folder / "b";
  (void)make_bank(path, random);
  run_sql(path,
          "UPDATE record SET data = CAST(substr(data, 1, 40) || x'ff' || substr(data, 42) AS BLOB) "
          "WHERE row = 2");
  const auto opened = Bank::open(path);
  REQUIRE(opened.error().code == Code::bank_damaged);
  REQUIRE(opened.error().message.find("entry 2 ") != std::string::npos);
  REQUIRE(opened.error().message.find("restore") != std::string::npos);
  const auto report = Bank::verify(path).value();
  REQUIRE(report.entries == 2);
  REQUIRE(report.problems.size() >= 2);  // the row, and that it is lacking from the count and sum
  REQUIRE(report.problems[0].find("entry 2 ") != std::string::npos);
}

TEST_CASE(
    "A lost, doubled, swapped or older row is noticed although each row for itself is sound") {
  std::mt19937 random(4);
  const auto after = [&random](const char* sql) {
    const TempDir folder;
    (void)make_bank(folder / "b", random);
    run_sql(folder / "b", sql);
    REQUIRE_FALSE(Bank::verify(folder / "b").value().problems.empty());
    return Bank::open(folder / "b").error().code;
  };
  CHECK(after("DELETE FROM record WHERE row = 1") == Code::bank_damaged);
  CHECK(after("DELETE FROM record WHERE row = (SELECT max(row) FROM record)") ==
        Code::bank_damaged);
  CHECK(after("INSERT INTO record SELECT 100, data, digest FROM record WHERE row = 1") ==
        Code::bank_damaged);
  CHECK(after("UPDATE record SET row = 77 WHERE row = 1; UPDATE record SET row = 1 WHERE row = 2; "
              "UPDATE record SET row = 2 WHERE row = 77") == Code::bank_damaged);
  CHECK(after("UPDATE record SET data = zeroblob(length(data)), digest = zeroblob(32) "
              "WHERE row = 1") == Code::bank_damaged);
  CHECK(after("UPDATE meta SET entries = entries + 1") == Code::bank_damaged);
  CHECK(after("UPDATE meta SET next_id = 1") == Code::bank_damaged);
  CHECK(after("DELETE FROM meta") == Code::bank_damaged);
  CHECK(after("UPDATE record SET digest = x'00' WHERE row = 1") == Code::bank_damaged);
}

TEST_CASE("Rows whose digest somebody made to fit are still read with care") {
  using namespace reseau::detail;
  std::mt19937 random(5);
  const TempDir folder;
  const std::string path = folder / "b";
  (void)make_bank(path, random);
  Store store(connect(path, Bank::Mode::write));
  const Meta meta = store.meta();
  Checked row = store.row(meta, 1);
  const Signature part = random_signature(Algorithm::grid, random);
  row.record.data->trimmed = Window{{0.1F, 0.1F, 0.8F, 0.8F}, 0, part};
  row.record.data->windows = {{{0, 0, 0.5F, 1}, -8, part}, {{0.5F, 0, 0.5F, 1}, 8, part}};
  VideoSignature video{320, 240, 2, {}};
  VideoFrame frame;
  frame.time = 0.5;
  frame.until = 1;
  frame.quality = 80;
  frame.grid = part;
  video.frames.push_back(frame);
  row.record.data->video = video;
  const std::vector<std::uint8_t> good = encode(row.record);
  REQUIRE(same(decode(1, Bytes(good)).value().data.value(), row.record.data.value()));
  for (std::size_t size = 0; size < good.size(); ++size)
    REQUIRE(decode(1, Bytes(good.data(), size)).error().code == Code::bank_damaged);
  for (int i = 0; i < 200'000; ++i) {
    auto bytes = good;
    for (int k = 0; k < 1 + i % 4; ++k) {
      auto& byte = bytes[random() % bytes.size()];
      byte = static_cast<std::uint8_t>(byte ^ (1U << random() % 8));
    }
    if (i % 3 == 0) bytes.push_back(0);
    if (const auto read = decode(1, Bytes(bytes)); read) REQUIRE(encode(*read) == bytes);
  }
  // What may not enter a bank: candidates would be aligned by numbers that are none.
  const auto refuses = [&](const auto& change) {
    Record changed = row.record;
    change(*changed.data);
    const auto read = decode(1, Bytes(encode(changed)));
    return !read && read.error().code == Code::bank_damaged;
  };
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  CHECK(refuses([](EntryData& data) { data.windows[1].where.x = kNone; }));
  CHECK(refuses([](EntryData& data) { data.windows[0].tilt = kNone; }));
  CHECK(refuses([](EntryData& data) { data.trimmed->where.width = 1e30F; }));
  CHECK(refuses([](EntryData& data) { data.quality = 101; }));
  CHECK(refuses([](EntryData& data) { data.video->frames.clear(); }));
  CHECK(refuses([](EntryData& data) {
    data.video->frames.resize(kMaxVideoFrames + 1, data.video->frames[0]);
  }));
  auto newer = good;
  newer[19] = 9;  // the version of the grid signature
  REQUIRE(decode(1, Bytes(newer)).error().code == Code::bank_newer);
}
