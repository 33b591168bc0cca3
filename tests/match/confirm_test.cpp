#include "match/confirm.h"

#include <reseau/match.h>
#include <catch2/catch.hpp>

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
  CHECK(confirmed_distance(1'000, others) >
        default_limit(Measure::grid_aligned, 1, Level::standard).value);
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
}

TEST_CASE("A logo over a few windows does not hide a copy") {
  std::vector<int> others{90'000, 3'000, 3'000, 3'000, 80'000, 3'000, 3'000, 3'000};
  CHECK(confirmed_distance(3'000, others) == 3'000);
  std::vector<int> worse{90'000, 3'000, 3'000, 3'000, 80'000, 70'000, 3'000, 3'000};
  CHECK(confirmed_distance(3'000, worse) > 10'000);
}
