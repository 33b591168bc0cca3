#include "match/confirm.h"

#include <reseau/match.h>
#include <catch2/catch.hpp>
#include <cmath>

#include "match/kinds.h"
#include "support/picture.h"

using namespace reseau;
using namespace reseau::detail;
using namespace reseau::test;

namespace {

EntryData known_at(const Picture& picture, Level level) {
  return examine(picture.view(), level).entry_data();
}

/// What was looked at of a query, in which all of a known picture was found.
struct Query {
  Picture picture;
  View view;
  AlignedWindow found;

  [[nodiscard]] std::vector<Expected> expected(const EntryData& known) const {
    return expected_windows(known, {{}, 0, *known.grid}, found, view,
                            static_cast<double>(picture.width) / picture.height);
  }
  [[nodiscard]] std::vector<int> distances(const EntryData& known) const {
    const GridAligner aligner(grid_windows(picture.view()).value().plane, view.trim);
    std::vector<int> all;
    for (const Expected& e : expected(known))
      all.push_back(aligner.distance(view, e.grid, e.where, e.tilt));
    return all;
  }
};

/// In which the known picture is seen as `view` says.
Query seen_as(const Picture& known, const View& view) {
  return {viewed(known, inverse(view)), view, {0, {}, 0}};
}

}  // namespace

TEST_CASE("Windows are looked for where they lie, however the query is turned") {
  const Picture picture = discs(400, 260, 21);
  const EntryData known = known_at(picture, Level::standard);
  REQUIRE(known.windows.size() > 10);
  for (const View& view : kViews) {
    const auto distances = seen_as(picture, view).distances(known);
    CHECK(distances.size() == 16);
    for (const int distance : distances) CHECK(distance < 12'000);
  }
}

TEST_CASE("Windows are looked for where they lie in a crop and in a tilted copy") {
  const Picture picture = discs(400, 300, 22);
  const EntryData known = known_at(picture, Level::extended);
  Query crop{cropped(picture, 40, 30, 300, 210), {}, {}};
  crop.found.where = {-40 / 300.0F, -30 / 210.0F, 400 / 300.0F, 300 / 210.0F};
  const auto in_crop = crop.distances(known);
  CHECK(in_crop.size() > 3);
  for (const int distance : in_crop) CHECK(distance < 12'000);

  const Query tilt{tilted(picture, 0.0871557, 0.9961947), {}, {0, {}, 5}};
  const auto in_tilt = tilt.distances(known);
  CHECK(in_tilt.size() > 3);
  std::size_t near = 0;
  for (const int distance : in_tilt) near += distance < 12'000 ? 1U : 0U;
  CHECK(near >= in_tilt.size() * 3 / 4);  // those that reach over the edge are spoilt
}

TEST_CASE("A stranger that fits one window is given away by the others") {
  const EntryData known = known_at(discs(400, 300, 23), Level::standard);
  const Query stranger = seen_as(discs(400, 300, 24), {});
  auto others = stranger.distances(known);
  REQUIRE_FALSE(others.empty());
  CHECK(confirmed_distance(9'000, others) >
        default_limit(Measure::grid_aligned, 1, Level::standard).value);
  CHECK(confirmed_distance(1'000, others) >
        default_limit(Measure::grid_aligned, 100'000, Level::standard).value);
}

TEST_CASE("Windows out of what was looked at are not asked for") {
  const Picture picture = discs(400, 300, 25);
  const EntryData known = known_at(picture, Level::standard);
  Query query = seen_as(picture, {});
  query.found.where = {-5, -5, 11, 11};  // the query shows a small part of the known picture
  CHECK(query.expected(known).empty());
  query.found.where = {0.25F, 0.25F, 0.5F, 0.5F};
  CHECK(query.expected(known).size() == 16);
  query.view.trim = {0.5F, 0.5F, 0.5F, 0.5F};
  CHECK(query.expected(known).empty());
}

TEST_CASE("What has no windows is not confirmed by itself") {
  const EntryData known = known_at(discs(400, 300, 26), Level::base);
  CHECK(seen_as(discs(400, 300, 26), {}).expected(known).empty());
  std::vector<int> none;
  CHECK(confirmed_distance(4'000, none) > 8'000);
  CHECK(confirmed_distance(0, none) == 0);
  CHECK(confirmed_distance(GridAligner::kFarthest, none) == GridAligner::kFarthest);
}

TEST_CASE("A logo over a few windows does not hide a copy") {
  std::vector<int> others{40'322, 3'000, 3'000, 3'000, 40'000, 3'000, 3'000, 3'000};
  CHECK(confirmed_distance(3'000, others) == 3'000);
  std::vector<int> worse{40'322, 3'000, 3'000, 3'000, 40'000, 30'000, 3'000, 3'000};
  CHECK(confirmed_distance(3'000, worse) == (3'000 + 2 * (5 * 3'000 + 30'000) / 6) / 3);
}

TEST_CASE("What pdq does not see is no further away for it") {
  // A crop or a tilt, as far from the known picture by pdq as strangers are.
  for (const int bits : {70, 85, 128, 256}) {
    for (int distance = 0; distance <= GridAligner::kFarthest; ++distance) {
      REQUIRE(with_pdq(distance, bits, Level::base) == distance);
      REQUIRE(with_pdq(distance, bits, Level::extended) == distance);
    }
  }
}

TEST_CASE("The nearer pdq is, the shorter is a distance") {
  const auto decades = [](int distance, Level level) {
    return std::log10(false_positive_rate(Measure::grid_aligned, distance, level));
  };
  for (const Level level : {Level::base, Level::standard, Level::extended}) {
    CHECK(with_pdq(0, 128, level) == 0);
    CHECK(with_pdq(0, 0, level) == 0);
    for (int bits = 0; bits < 256; ++bits) {
      for (const int distance : {1, 3'000, 9'000, 20'000, 40'000}) {
        CHECK(with_pdq(distance, bits, level) <= with_pdq(distance, bits + 1, level));
        CHECK(with_pdq(distance, bits, level) <= with_pdq(distance + 1, bits, level));
      }
    }
    // So many decades rarer, also below what is claimed of any distance.
    CHECK(decades(with_pdq(19'000, 50, level), level) ==
          Approx(decades(19'000, level) - 3.5).margin(0.01));
    const int least = default_limit(Measure::grid_aligned, 1'000'000'000'000, level).value;
    CHECK(with_pdq(least, 70 - 40, level) < least * 3 / 5);
    CHECK(with_pdq(with_pdq(least, 60, level), 60, level) ==
          Approx(with_pdq(least, 50, level)).margin(2));
  }
}

TEST_CASE("Garments that are laid out alike are not taken for copies by both signatures") {
  // Two pairs of black trousers on one tiled floor: as near by grid as they are as they are, and by
  // pdq as in the edit in which they are nearest. docs/signature.md, Confirmation.
  const auto within = [](int distance, int bits, Level level) {
    return with_pdq(distance, bits, level) <=
           default_limit(Measure::grid_aligned, 1'000'000, level).value;
  };
  CHECK_FALSE(within(15'718, 60, Level::base));
  CHECK_FALSE(within(16'859, 60, Level::standard));
  CHECK_FALSE(within(18'144, 60, Level::extended));
}

TEST_CASE("A copy that an overlay moves far by grid is found by what pdq says of it") {
  const Picture picture = discs(400, 300, 27);
  Picture overlaid = picture;
  for (int y = 60; y < 200; ++y)
    for (int x = 120; x < 290; ++x) overlaid.at(x, y) = 250;
  const Examined query = examine(overlaid.view());
  const Looks looks = looks_of(query, Algorithm::grid);
  for (const Level level : {Level::base, Level::standard}) {
    const EntryData known = known_at(picture, level);
    EntryData without = known;
    without.pdq.reset();
    const auto apart = nearest_distance(looks_of(query, Algorithm::pdq), *known.pdq);
    REQUIRE(apart);
    REQUIRE(*apart <= 54);
    Alignments alignments(query, looks, level);
    const Candidate candidate = nearest(looks, known, 1).value();
    const MaxDistance limit = default_limit(Measure::grid_aligned, 10'000'000, level);
    const Match by_both = alignments.match(candidate, known, limit, 10'000'000).value();
    const Match by_grid = alignments.match(candidate, without, limit, 10'000'000).value();
    CHECK(by_both.distance == with_pdq(by_grid.distance, *apart, level));
    CHECK(by_both.expected_false < by_grid.expected_false / 10);
  }
}
