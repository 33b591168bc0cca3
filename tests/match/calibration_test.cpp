#include <reseau/match.h>
#include <catch2/catch.hpp>

#include "match/kinds.h"

using namespace reseau;

TEST_CASE("A nearer pair is never said to be the likelier accident") {
  for (const auto& [measure, furthest] :
       {std::pair{Measure::grid, 400'000}, {Measure::grid_aligned, 400'000}, {Measure::pdq, 256}}) {
    double before = 0;
    for (int distance = 0; distance <= furthest; ++distance) {
      const double rate = false_positive_rate(measure, distance);
      REQUIRE(rate > 0);
      REQUIRE(rate <= 1);
      REQUIRE(rate >= before);
      before = rate;
    }
  }
}

TEST_CASE(
    "However large the bank, a query expects almost no false match, and no copy is given away") {
  for (const auto& [measure, level] : {std::pair{Measure::grid, Level::base},
                                       {Measure::pdq, Level::base},
                                       {Measure::grid_aligned, Level::base},
                                       {Measure::grid_aligned, Level::standard},
                                       {Measure::grid_aligned, Level::extended}}) {
    for (const std::size_t entries : {0UL, 1UL, 2'000UL, 10'000UL, 1'000'000UL, 100'000'000UL}) {
      const int limit = default_limit(measure, entries, level).value;
      const double size =
          std::max(1'000.0, static_cast<double>(entries)) * measures_of_kind(measure);
      CHECK(false_positive_rate(measure, limit, level) * size <= kExpectedFalse);
      CHECK(false_positive_rate(measure, limit + 1, level) * size > kExpectedFalse);
    }
  }
}

TEST_CASE("A limit of one's own lets no more strangers in after alignment than before") {
  for (const Level level : kLevels) {
    CHECK(detail::as_rare_aligned({0}, level).value == 0);
    CHECK(detail::as_rare_aligned({-1}, level).value < 0);
    int before = 0;
    for (int limit = 0; limit <= 200'000; limit += 250) {
      const int aligned = detail::as_rare_aligned({limit}, level).value;
      REQUIRE(aligned >= before);
      REQUIRE(false_positive_rate(Measure::grid_aligned, aligned, level) <=
              false_positive_rate(Measure::grid, limit));
      before = aligned;
    }
    CHECK(before == GridAligner::kFarthest);
  }
}
