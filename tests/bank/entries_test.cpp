#include <catch2/catch.hpp>
#include <climits>
#include <cmath>

#include "bank/helpers.h"

using namespace reseau;
using namespace reseau::test;

namespace {

EntryData only_digests(const EntryData& of, bool sha256, bool sha1, bool md5) {
  EntryData data;
  if (sha256) data.sha256 = of.sha256;
  if (sha1) data.sha1 = of.sha1;
  if (md5) data.md5 = of.md5;
  return data;
}

Added add_one(Bank& bank, const EntryData& data) { return bank.add({&data, 1}).value().front(); }

}  // namespace

TEST_CASE("The same bytes are one entry, however they are given, and its labels are joined") {
  const TempDir folder;
  std::mt19937 random(1);
  Bank bank = Bank::create(folder / "b").value();
  EntryData first = random_entry(random);
  first.labels = {"b", "a", "b"};
  const EntryId id = add_one(bank, first).id;
  EntryData again = random_entry(random);  // another hasher's signatures
  again.sha256 = first.sha256;
  again.labels = {"c", "a"};
  REQUIRE(add_one(bank, again).existing);
  for (const auto& part :
       {only_digests(first, true, false, false), only_digests(first, false, true, false),
        only_digests(first, false, false, true), only_digests(first, false, true, true)}) {
    const Added added = add_one(bank, part);
    REQUIRE(added.existing);
    REQUIRE(added.id == id);
  }
  EntryData signatures;
  signatures.grid = first.grid;
  signatures.pdq = first.pdq;
  REQUIRE(add_one(bank, signatures).id == id);
  REQUIRE(bank.size() == 1);
  const Entry entry = bank.get(id).value();
  REQUIRE(entry.data.labels == std::vector<std::string>{"a", "b", "c"});
  REQUIRE(entry.data.origin == first.origin);
}

TEST_CASE("Other bytes are another entry, even where a weaker digest collides") {
  const TempDir folder;
  std::mt19937 random(2);
  Bank bank = Bank::create(folder / "b").value();
  const EntryData first = random_entry(random);
  REQUIRE_FALSE(add_one(bank, first).existing);
  EntryData collision = first;  // as can be made for md5 and for sha1
  collision.sha256 = random_bytes<32>(random);
  REQUIRE_FALSE(add_one(bank, collision).existing);
  EntryData md5_only = only_digests(first, false, true, true);
  md5_only.sha1 = random_bytes<20>(random);
  REQUIRE_FALSE(add_one(bank, md5_only).existing);
  EntryData half;  // one signature of two is not the same signatures
  half.pdq = first.pdq;
  REQUIRE_FALSE(add_one(bank, half).existing);
  REQUIRE(add_one(bank, half).existing);
  REQUIRE(bank.size() == 4);
}

TEST_CASE("The same bytes twice in one call are one entry") {
  const TempDir folder;
  std::mt19937 random(3);
  Bank bank = Bank::create(folder / "b").value();
  std::vector<EntryData> entries = random_entries(2, random);
  entries.push_back(only_digests(entries[0], false, false, true));
  entries[0].labels = {"y"};
  entries[2].labels = {"x"};
  entries.push_back(entries[1]);
  const auto added = bank.add(entries).value();
  REQUIRE(added[2].existing);
  REQUIRE(added[2].id == added[0].id);
  REQUIRE(added[3].id == added[1].id);
  REQUIRE(bank.size() == 2);
  REQUIRE(bank.get(added[0].id).value().data.labels == std::vector<std::string>{"x", "y"});
}

TEST_CASE("A file is found by its strongest known digest and never by a weaker one against it") {
  const TempDir folder;
  std::mt19937 random(4);
  Bank bank = Bank::create(folder / "b").value();
  const EntryData file = random_entry(random);
  EntryData other = only_digests(file, false, true, true);  // the same md5 and sha1, other bytes
  other.sha256 = random_bytes<32>(random);
  const auto by_md5 = only_digests(file, false, false, true);
  const auto by_sha1 = only_digests(file, false, true, false);
  EntryData forged = by_md5;
  forged.sha1 = random_bytes<20>(random);
  std::vector<EntryId> ids;
  for (const auto& data : {other, forged, by_md5}) ids.push_back(add_one(bank, data).id);
  REQUIRE(ids == std::vector<EntryId>{1, 2, 1});  // md5 alone cannot be told from the first
  ids.clear();
  for (const auto& data : {file, by_sha1}) ids.push_back(add_one(bank, data).id);
  const auto hits = bank.find(digests_of(file)).value();
  REQUIRE(hits.size() == 1);
  REQUIRE(hits[0].id == ids[0]);
  REQUIRE(hits[0].kind == Bank::DigestKind::sha256);
  Bank second = Bank::create(folder / "second").value();
  REQUIRE(second.add({&by_md5, 1}));
  const auto weak = second.find(digests_of(file)).value();
  REQUIRE(weak.size() == 1);
  REQUIRE(weak[0].kind == Bank::DigestKind::md5);
  REQUIRE(name(weak[0].kind) == "md5");
  REQUIRE(second.find(digests_of(random_entry(random))).value().empty());
}

TEST_CASE("Nothing enters that could not be found, would match everything, or is out of range") {
  const TempDir folder;
  std::mt19937 random(5);
  Bank bank = Bank::create(folder / "b").value();
  const auto refused = [&](auto change, Code code = Code::invalid_argument) {
    auto entries = random_entries(3, random);
    entries[1].origin = "list.csv row 2";
    change(entries[1]);
    const auto added = bank.add(entries);
    REQUIRE_FALSE(added);
    INFO(added.error().message);
    CHECK(added.error().code == code);
    CHECK(added.error().message.find("entry 2 of 3") != std::string::npos);
    REQUIRE(bank.size() == 0);
    REQUIRE(all_of(bank).value().empty());
  };
  const auto hex = [](auto& digest, const char* text) {
    const std::string bytes = from_hex(text).value();
    digest.emplace();
    std::copy(bytes.begin(), bytes.end(), digest->begin());
  };
  refused([](EntryData& d) { d = EntryData(); });
  // `printf '' | sha256sum`, and so on.
  refused([&](EntryData& d) {
    hex(d.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
  refused([&](EntryData& d) { hex(d.sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"); });
  refused([&](EntryData& d) { hex(d.md5, "d41d8cd98f00b204e9800998ecf8427e"); });
  refused([](EntryData& d) { d.quality = 101; });
  refused([](EntryData& d) { d.quality = -1; });
  refused([](EntryData& d) { d.pdq_quality = 1000; });
  refused([](EntryData& d) { d.width = 0; });
  refused([](EntryData& d) { d.height = -5; });
  refused([](EntryData& d) { d.bytes = UINT64_MAX; });
  refused([](EntryData& d) { d.origin.assign(70'000, 'x'); });
  refused([](EntryData& d) { d.labels.assign(20'000, "label"); });
  refused([](EntryData& d) { std::swap(d.grid, d.pdq); }, Code::unlike_signatures);
  refused([](EntryData& d) { d.grid = Signature(); }, Code::unlike_signatures);
  refused([](EntryData& d) { d.windows.assign(kMaxWindows + 1, {{}, 0, *d.grid}); });
  refused([](EntryData& d) { d.windows = {{{0.5F, 0, 0.6F, 1}, 0, *d.grid}}; });
  refused([](EntryData& d) { d.windows = {{{0, 0, NAN, 1}, 0, *d.grid}}; });
  refused([](EntryData& d) { d.windows = {{{}, 0, *d.pdq}}; }, Code::unlike_signatures);
  REQUIRE(bank.add({}).value().empty());
}

TEST_CASE("An entry is found by its nearest window and by its whole, and is gone with them") {
  const TempDir folder;
  std::mt19937 random(7);
  Bank bank = Bank::create(folder / "b").value();
  EntryData data = random_entry(random);
  for (std::size_t i = 0; i < kMaxWindows; ++i) {
    data.windows.push_back(
        {{0.25F, 0.5F, 0.5F, 0.25F}, -8, random_signature(Algorithm::grid, random)});
  }
  const EntryId id = add_one(bank, data).id;
  (void)add_one(bank, random_entry(random));
  REQUIRE(bank.info().value().windows == kMaxWindows);
  for (int reopened = 0; reopened < 2; ++reopened) {
    REQUIRE(bank.get(id).value().data.windows == data.windows);
    const Signature& last = data.windows.back().grid;
    const int window = static_cast<int>(kMaxWindows) + 1;  // after the whole and the trimmed
    REQUIRE(bank.within({&last, 1}, {0}).value()[0] == std::vector<EntryHit>{{id, 0, window}});
    REQUIRE(bank.within({&*data.grid, 1}, {0}).value()[0] == std::vector<EntryHit>{{id, 0, 0}});
    // By the nearest window, by the whole, and the other entry.
    REQUIRE(bank.within({&last, 1}, {INT_MAX}).value()[0].size() == 3);
    bank = Bank::open(folder / "b", Bank::Mode::write).value();
  }
  REQUIRE(bank.remove({&id, 1}));
  REQUIRE(bank.within({&data.windows[3].grid, 1}, {INT_MAX}).value()[0].size() == 1);
}

TEST_CASE("A film of hours is added, kept and found, and the bank is not called damaged") {
  const TempDir folder;
  std::mt19937 random(59);
  EntryData film;
  film.video.emplace();
  for (int i = 0; i < 20'000; ++i) {  // two and three quarters of an hour
    VideoFrame& frame = film.video->frames.emplace_back();
    frame.time = frame.until = i / 2.0;
    frame.grid = random_signature(Algorithm::grid, random);
    frame.pdq = random_signature(Algorithm::pdq, random);
    frame.quality = frame.pdq_quality = 80;
    frame.inside =
        VideoFrame::Inside{{0, .1F, 1, .8F}, 80, random_signature(Algorithm::grid, random)};
  }
  const Signature last = film.video->frames.back().grid;
  {
    Bank bank = Bank::create(folder / "b").value();
    REQUIRE(bank.add(std::vector{film, film}).value().back().existing);
  }
  const Bank bank = Bank::open(folder / "b").value();
  CHECK(bank.get(1).value().data.video->bytes() == film.video->bytes());
  CHECK(bank.frames_within(std::span(&last, 1), {0}).value()[0].size() == 1);
  CHECK(Bank::verify(folder / "b").value().problems.empty());
}

TEST_CASE("Queries of two kinds at once are refused, not answered by half") {
  const TempDir folder;
  std::mt19937 random(6);
  const Bank bank = Bank::create(folder / "b").value();
  const std::vector<Signature> mixed = {random_signature(Algorithm::grid, random),
                                        random_signature(Algorithm::pdq, random)};
  REQUIRE(bank.within(mixed, {5}).error().code == Code::unlike_signatures);
  REQUIRE(bank.within({}, {5}).value().empty());
}

TEST_CASE("A bank keeps its level, and tells whole pictures from their parts") {
  std::mt19937 random(9);
  for (const Level level : kLevels) {
    const TempDir folder;
    EntryData data = random_entry(random);
    data.trimmed = Window{{0.1F, 0, 0.8F, 1}, 0, random_signature(Algorithm::grid, random)};
    data.windows = {{{0, 0, 0.5F, 0.5F}, 0, random_signature(Algorithm::grid, random)}};
    {
      Bank bank = Bank::create(folder / "b", level).value();
      CHECK(bank.level() == level);
      (void)add_one(bank, data);
    }
    const Bank bank = Bank::open(folder / "b").value();
    CHECK(bank.level() == level);
    CHECK(bank.info()->level == level);
    CHECK(bank.info()->windows == 2);
    const auto hit = [&](const Signature& query, Bank::Among among) {
      return bank.within({&query, 1}, {0}, among).value()[0];
    };
    CHECK(hit(data.trimmed->grid, Bank::Among::wholes) == std::vector<EntryHit>{{1, 0, 1}});
    CHECK(hit(data.windows[0].grid, Bank::Among::all) == std::vector<EntryHit>{{1, 0, 2}});
    CHECK(hit(data.windows[0].grid, Bank::Among::wholes).empty());
    CHECK(window_of(data, 0) == nullptr);
    CHECK(*window_of(data, 1) == *data.trimmed);
    CHECK(*window_of(data, 2) == data.windows[0]);
    CHECK(window_of(data, 3) == nullptr);
  }
}
