// The test card: found by every bank, and never mistaken for anything that somebody has to look at.
#include <reseau/match.h>
#include <reseau/testcard.h>
#include <catch2/catch.hpp>

#include "support/encode.h"
#include "support/temp_dir.h"

using namespace reseau;
using namespace reseau::test;

namespace {

constexpr int kKnown = 8;

Picture known(int i) { return discs(320 + 3 * i, 240, 100 + static_cast<std::uint32_t>(i)); }

}  // namespace

TEST_CASE("The test card is known to every bank, edited too, and its verdict is always test") {
  TempDir folder;
  Bank bank = Bank::create(folder / "empty.bank").value();
  const Image card = draw_testcard();
  Picture picture = flat(card.width(), card.height(), 0);
  for (int y = 0; y < card.height(); ++y) std::copy_n(card.row(y), card.width(), &picture.at(0, y));
  std::vector<File> uploads = {testcard_png(), jpeg(picture, 20), encode(picture, ".webp")};
  for (const View& view : kViews) uploads.push_back(jpeg(viewed(picture, view), 75));
  // A bank that holds the card as an entry of its own still says test.
  for (const bool also_an_entry : {false, true}) {
    if (also_an_entry) REQUIRE(bank.add(std::vector{examine(Bytes(testcard_png())).entry_data()}));
    for (const File& upload : uploads) {
      const auto matches = match(bank, Bytes(upload)).value();
      REQUIRE(matches.size() == (also_an_entry ? 2 : 1));
      for (const Match& match : matches) {
        CHECK(match.entry == (&match == &matches.found[0] ? kTestCardEntry : 1));
        CHECK(match.verdict == Verdict::test);
      }
    }
  }
}

TEST_CASE("A wide limit does not make the test card of what it lets in: somebody must look at it") {
  const TempDir folder;
  Bank bank = Bank::create(folder / "known.bank").value();
  std::vector<EntryData> entries;
  for (int i = 0; i < kKnown; ++i) entries.push_back(examine(Bytes(encode(known(i)))).entry_data());
  REQUIRE(bank.add(entries));
  const File upload = jpeg(known(4), 60);
  for (const auto& [algorithm, limit] :
       {std::pair(Algorithm::grid, 1'000'000), std::pair(Algorithm::pdq, 256)}) {
    MatchOptions options;
    options.grid = {algorithm == Algorithm::grid, MaxDistance{limit}};
    options.pdq = {algorithm == Algorithm::pdq, MaxDistance{limit}};
    for (const File& query : {upload, encode(known(4))}) {
      const auto matches = match(bank, Bytes(query), options).value();
      REQUIRE(matches.size() == kKnown);
      CHECK(matches.found[0].entry == 5);
      for (const Match& match : matches) CHECK(match.verdict != Verdict::test);
    }
  }
}
