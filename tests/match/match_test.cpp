#include <reseau/match.h>
#include <reseau/testcard.h>
#include <catch2/catch.hpp>
#include <thread>

#include "bank/helpers.h"
#include "bank/store.h"
#include "support/encode.h"
#include "support/temp_dir.h"

using namespace reseau;
using namespace reseau::test;

namespace {

constexpr int kKnown = 20;

Picture known(int i) { return discs(320 + 3 * i, 240, 100 + static_cast<std::uint32_t>(i)); }

/// A bank of kKnown pictures; entry i + 1 is known(i).
class World {
 public:
  World() : bank(Bank::create(folder / "known.bank").value()) {
    std::vector<EntryData> entries;
    for (int i = 0; i < kKnown; ++i)
      entries.push_back(examine(Bytes(encode(known(i)))).entry_data());
    REQUIRE(bank.add(entries));
  }

 private:
  TempDir folder;

 public:
  Bank bank;
};

MatchOptions only(Algorithm algorithm, MaxDistance limit) {
  MatchOptions options;
  options.grid = {algorithm == Algorithm::grid, limit};
  options.pdq = {algorithm == Algorithm::pdq, limit};
  options.alignment.limit = limit;
  options.digests = false;
  return options;
}

}  // namespace

TEST_CASE("The same bytes are an exact match, by their strongest digest, once") {
  const World world;
  const auto matches = match(world.bank, Bytes(encode(known(4)))).value();
  REQUIRE(matches.size() == 1);
  CHECK(matches.found[0].entry == 5);
  CHECK(matches.found[0].verdict == Verdict::exact);
  CHECK(matches.found[0].kind == MatchKind::sha256);
  CHECK(matches.found[0].expected_false == 0);
}

TEST_CASE("A copy does not escape by being re-encoded, turned, mirrored or inverted") {
  const World world;
  for (std::size_t v = 0; v < kViews.size(); ++v) {
    CAPTURE(describe(kViews[v]));
    const Picture copy = viewed(known(7), kViews[v]);
    const auto matches = match(world.bank, Bytes(jpeg(copy, 50))).value();
    REQUIRE(matches.size() == 1);
    CHECK(matches.found[0].entry == 8);
    CHECK(matches.found[0].verdict == Verdict::near);
    CHECK(matches.found[0].distance <= matches.found[0].limit.value);
    // The view says what to do to the copy to see the known picture: laid over it, it is the same.
    const Picture seen = viewed(copy, matches.found[0].view);
    CHECK(seen.gray == known(7).gray);
  }
}

TEST_CASE("Queries that are looked up together find what each finds by itself") {
  const World world;
  std::vector<Examined> queries;
  for (const Picture& picture : {known(3), discs(300, 200, 7), viewed(known(5), kViews[9])})
    queries.push_back(examine(Bytes(jpeg(picture, 60))));
  queries.back().part = {.kind = PicturePart::Kind::page, .index = 2};
  queries.push_back(examine(Bytes(encode(known(4)))));
  queries.push_back(examine(Bytes(encode(flat(200, 200, 9)))));  // asks nothing
  queries.push_back(examine(Bytes(jpeg(known(8), 60))));
  queries.back().plane.reset();  // cannot be aligned
  queries.push_back(examine(Bytes(testcard_png())));
  for (const bool all : {false, true}) {
    MatchOptions options;
    options.all = all;
    options.agree = MaxDistance{120};
    const auto together = match_each(world.bank, queries, options).value();
    REQUIRE(together.size() == queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const Matches alone = match(world.bank, queries[i], options).value();
      INFO("query " << i);
      REQUIRE(together[i].size() == alone.size());
      for (std::size_t m = 0; m < alone.size(); ++m) {
        CHECK(alone.found[m].part == queries[i].part);
        const Match& a = alone.found[m];
        const Match& b = together[i].found[m];
        CHECK(std::tuple(a.entry, a.kind, a.verdict, a.distance, a.aligned, a.view) ==
              std::tuple(b.entry, b.kind, b.verdict, b.distance, b.aligned, b.view));
      }
      CHECK(together[i].unaligned == alone.unaligned);
    }
  }
  CHECK(match_each(world.bank, {}).value().empty());
}

TEST_CASE("A copy does not escape by a border, and the match says what was cut off") {
  const World world;
  const Picture copy = viewed(known(7), kViews[6]);
  Picture bordered = flat(copy.width + 80, copy.height + 120, 255);
  put(copy, 40, 60, bordered);
  for (const Algorithm algorithm : kAlgorithms) {
    const auto matches =
        match(world.bank, Bytes(jpeg(bordered, 70)),
              only(algorithm, default_limit(algorithm == Algorithm::grid ? Measure::grid_aligned
                                                                         : Measure::pdq,
                                            kKnown)))
            .value();
    REQUIRE(matches.size() == 1);
    const Match& found = matches.found[0];
    CHECK(found.entry == 8);
    CHECK((found.view.turn == kViews[6].turn && found.view.mirror == kViews[6].mirror));
    CHECK(std::abs(found.view.trim.x - 40.0F / static_cast<float>(bordered.width)) < 0.02F);
    CHECK(std::abs(found.view.trim.y - 60.0F / static_cast<float>(bordered.height)) < 0.02F);
    CHECK(describe(found.view).find("borders cut off") != std::string::npos);
  }
}

TEST_CASE("The picture inside a known image's border is found, and the match says where it lay") {
  const TempDir folder;
  Bank bank = Bank::create(folder / "b").value();
  const Picture inside = known(3);
  Picture bordered = flat(inside.width + 100, inside.height, 0);
  put(inside, 50, 0, bordered);
  const EntryData data = examine(Bytes(encode(bordered))).entry_data();
  REQUIRE(data.trimmed);
  REQUIRE(bank.add({&data, 1}));
  const auto matches = match(bank, Bytes(jpeg(inside, 70))).value();
  REQUIRE(matches.size() == 1);
  CHECK(matches.found[0].kind == MatchKind::grid);
  const Rectangle& part = matches.found[0].view.rectangle;
  CHECK(std::abs(part.x - data.trimmed->where.x) < 0.02F);
  CHECK(std::abs(part.width - data.trimmed->where.width) < 0.02F);
}

TEST_CASE("An unrelated picture matches nothing") {
  const World world;
  for (std::uint32_t seed = 500; seed < 520; ++seed) {
    const auto matches = match(world.bank, Bytes(jpeg(discs(320, 240, seed), 90)));
    REQUIRE(matches);
    CHECK(matches->empty());
    CHECK(matches->query.outcome == Code::ok);
  }
}

TEST_CASE("A limit for grid alone holds what is aligned to what is as rare") {
  const World world;
  MatchOptions options = only(Algorithm::grid, {35'099});  // one stranger in a million
  options.alignment.limit.reset();
  const auto found = match(world.bank, Bytes(jpeg(known(3), 10)), options).value();
  REQUIRE(found.size() == 1);
  REQUIRE(found.found[0].aligned);
  const int limit = found.found[0].limit.value;
  CHECK(false_positive_rate(Measure::grid_aligned, limit) == Approx(1e-6));
}

TEST_CASE("A pair exactly at the limit is a match, and one step beyond is none") {
  const World world;
  const File copy = jpeg(known(3), 10);
  for (const Algorithm algorithm : kAlgorithms) {
    const auto loose = match(world.bank, Bytes(copy), only(algorithm, {40'000})).value();
    REQUIRE_FALSE(loose.empty());
    const Match nearest = loose.found[0];
    REQUIRE(nearest.entry == 4);
    REQUIRE(nearest.distance > 0);
    CHECK(match(world.bank, Bytes(copy), only(algorithm, {nearest.distance}))->size() == 1);
    CHECK(match(world.bank, Bytes(copy), only(algorithm, {nearest.distance - 1}))->empty());
  }
}

TEST_CASE("Every kind that agrees is told where all are asked for") {
  const World world;
  MatchOptions options;
  options.all = true;
  const auto matches = match(world.bank, Bytes(encode(known(2))), options).value();
  REQUIRE(matches.size() == 4);  // digest, pdq, grid, and grid after alignment
  CHECK(matches.found[0].kind == MatchKind::sha256);
  for (const Match& match : matches) CHECK(match.entry == 3);
}

TEST_CASE("Silence about an upload that could not be looked at is never taken for 'no match'") {
  World world;
  File broken = jpeg(known(1), 80);
  const std::array<std::uint8_t, 2> scan = {0xFF, 0xDA};
  const auto pixels = std::search(broken.begin(), broken.end(), scan.begin(), scan.end());
  broken.erase(pixels + 20, broken.end());  // its tables, and not one row
  const auto refused = match(world.bank, Bytes(broken));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::corrupt);
  // The very same broken file, once known, is found by its digest all the same.
  REQUIRE(world.bank.add(std::vector{examine(Bytes(broken)).entry_data()}));
  const auto found = match(world.bank, Bytes(broken)).value();
  REQUIRE(found.size() == 1);
  CHECK(found.found[0].verdict == Verdict::exact);
  CHECK(found.query.outcome == Code::corrupt);
  // Nor about one that is no picture: the path instead of the file, or nothing at all.
  CHECK(match(world.bank, Bytes(std::string("uploads/17.jpg"))).error().code ==
        Code::unsupported_format);
  CHECK(match(world.bank, Bytes()).error().code == Code::empty);
}

TEST_CASE("Two flat pictures are not copies of each other") {
  World world;
  REQUIRE(world.bank.add(std::vector{examine(Bytes(encode(flat(300, 200, 10)))).entry_data()}));
  CHECK(match(world.bank, Bytes(encode(flat(300, 200, 11)))).value().empty());
  CHECK(match(world.bank, Bytes(encode(flat(300, 200, 10)))).value().size() == 1);
}

TEST_CASE("What another process changed is known, whatever is asked") {
  const TempDir folder;
  Bank writer = Bank::create(folder / "known.bank").value();
  const Bank reader = Bank::open(folder / "known.bank").value();
  const Examined query = examine(Bytes(jpeg(known(4), 60)));
  const EntryData data = examine(Bytes(encode(known(4)))).entry_data();
  MatchOptions options = only(Algorithm::pdq, default_limit(Measure::pdq, 1));
  CHECK(match(reader, query, options)->empty());
  const EntryId id = writer.add({&data, 1}).value().front().id;
  CHECK(match(reader, query, options)->size() == 1);
  REQUIRE(writer.remove({&id, 1}));
  CHECK(match(reader, query, options)->empty());
}

TEST_CASE("Threads that share a bank get the answers that one alone gets") {
  const World world;
  std::vector<std::thread> threads;
  std::array<bool, 4> right{};
  for (std::size_t t = 0; t < right.size(); ++t) {
    threads.emplace_back([&world, &right, t] {
      right[t] = true;
      for (int i = 0; i < kKnown; ++i) {
        const auto matches = match(world.bank, Bytes(jpeg(known(i), 60)));
        right[t] = right[t] && matches && matches->size() == 1 && matches->found[0].entry == i + 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const bool fine : right) CHECK(fine);
}

TEST_CASE("Where pdq is asked to agree, it can only take matches away, and not those without pdq") {
  const World world;
  const Examined copy = examine(Bytes(jpeg(known(2), 50)));
  const auto by_grid = [&](std::optional<MaxDistance> agree, const Bank& bank) {
    MatchOptions options;
    options.pdq.ask = false;
    options.agree = agree;
    return match(bank, copy, options).value().found;
  };
  REQUIRE(by_grid(std::nullopt, world.bank).size() == 1);
  CHECK(by_grid(MaxDistance{60}, world.bank).size() == 1);
  CHECK(by_grid(MaxDistance{256}, world.bank).size() == 1);
  CHECK(by_grid(MaxDistance{-1}, world.bank).empty());

  const TempDir folder;
  Bank without = Bank::create(folder / "grid.bank").value();
  EntryData data = examine(Bytes(encode(known(2)))).entry_data();
  data.pdq.reset();
  data.pdq_quality.reset();
  CHECK(without.add(std::array{data}).value().size() == 1);
  CHECK(by_grid(MaxDistance{-1}, without).size() == 1);
}

TEST_CASE("A copy does not escape by a crop and a tilt, and the match says what it shows") {
  const World world;
  const Picture crop = cropped(known(9), 30, 10, 290, 210);
  const auto matches = match(world.bank, Bytes(jpeg(crop, 70))).value();
  REQUIRE(matches.size() == 1);
  const Match& found = matches.found[0];
  CHECK(found.entry == 10);
  CHECK(found.aligned);
  const auto width = static_cast<float>(known(9).width);
  const Rectangle& part = found.view.rectangle;
  CHECK(std::abs(part.x - 30 / width) < 0.04F);
  CHECK(std::abs(part.y - 10 / 240.0F) < 0.04F);
  CHECK(std::abs(part.width - 290 / width) < 0.05F);
  CHECK(std::abs(part.height - 210 / 240.0F) < 0.05F);
  // Mirrored and turned, the same part is named.
  const Picture moved = viewed(crop, kViews[7]);
  const auto again = match(world.bank, Bytes(jpeg(moved, 70))).value();
  REQUIRE(again.size() == 1);
  CHECK(viewed(moved, again.found[0].view).gray == crop.gray);
  CHECK(std::abs(again.found[0].view.rectangle.x - 30 / width) < 0.05F);
  CHECK(std::abs(again.found[0].view.rectangle.y - 10 / 240.0F) < 0.05F);
  const auto turned = match(world.bank, Bytes(jpeg(tilted(known(9), 0.1045285, 0.9945219), 80)));
  REQUIRE(turned.value().size() == 1);
  CHECK(turned->found[0].entry == 10);
  // The query lies in the known picture as it was turned.
  CHECK(std::abs(turned->found[0].view.tilt + 6) < 2);
}

TEST_CASE("Copies are found when there is no time or no picture to align with, and it is said") {
  const World world;
  const Examined query = examine(Bytes(jpeg(known(2), 60)));
  MatchOptions leisurely;
  leisurely.alignment.budget = std::chrono::minutes(1);
  MatchOptions endless;
  endless.alignment.budget = std::chrono::milliseconds::max();
  MatchOptions hurried;
  hurried.alignment.budget = std::chrono::milliseconds(0);
  MatchOptions few;
  few.alignment.most = 0;
  MatchOptions off;
  off.alignment.on = false;
  Examined hashes = query;
  hashes.plane.reset();
  for (auto [asked, options, aligns] :
       {std::tuple(query, leisurely, true), std::tuple(query, endless, true),
        std::tuple(query, hurried, false), std::tuple(query, few, false),
        std::tuple(query, off, false), std::tuple(hashes, MatchOptions(), false)}) {
    options.pdq.ask = false;
    options.all = true;
    const auto matches = match(world.bank, asked, options).value();
    REQUIRE(matches.size() == (aligns ? 2 : 1));
    for (const Match& found : matches) CHECK(found.entry == 3);
    CHECK(std::any_of(matches.begin(), matches.end(),
                      [](const Match& found) { return found.aligned; }) == aligns);
    const bool tried = options.alignment.on && asked.plane;
    CHECK((matches.unaligned > 0) == (tried && !aligns));
  }
}

TEST_CASE("An index that names what an entry does not have is told of, and nobody dies of it") {
  const SavingSoon soon;
  const TempDir folder;
  const std::string path = folder / "known.bank";
  {
    Bank bank = Bank::create(path).value();
    const EntryData data = examine(Bytes(encode(known(3)))).entry_data();
    REQUIRE(bank.add({&data, 1}));
    REQUIRE(bank.save_index());
    REQUIRE(bank.info()->saved);
  }
  {  // Somebody takes the signature out of the row, and makes its digest fit.
    detail::Connection connection = detail::connect(path, Bank::Mode::write);
    detail::Record record;
    detail::BankId bank;
    {
      detail::Store store(detail::connect(path, Bank::Mode::read));
      bank = store.meta().bank;
      record = store.row(store.meta(), 1).record;
    }
    record.data->grid.reset();
    const std::vector<std::uint8_t> row = detail::encode(record);
    const detail::Digest digest = detail::digest_of(bank, 1, Bytes(row));
    detail::Statement(connection, "UPDATE record SET data = ?, digest = ? WHERE row = 1")
        .with(Bytes(row), Bytes(digest))
        .run();
  }
  const Bank bank = Bank::open(path).value();
  CHECK(bank.info()->saved);
  const auto matches = match(bank, examine(Bytes(jpeg(known(3), 60))));
  REQUIRE_FALSE(matches);
  CHECK(matches.error().code == Code::bank_damaged);
}
