#include <reseau/match.h>
#include <catch2/catch.hpp>

using namespace reseau;

TEST_CASE("A nearer pair is never said to be the likelier accident") {
  for (const auto& [algorithm, furthest] :
       {std::pair{Algorithm::grid, 400'000}, {Algorithm::pdq, 256}}) {
    double before = 0;
    for (int distance = 0; distance <= furthest; ++distance) {
      const double rate = false_positive_rate(algorithm, distance);
      REQUIRE(rate > 0);
      REQUIRE(rate <= 1);
      REQUIRE(rate >= before);
      before = rate;
    }
  }
}

TEST_CASE(
    "At the default limits a query against ten thousand entries expects almost no false match") {
  for (const Algorithm algorithm : kAlgorithms) {
    REQUIRE(false_positive_rate(algorithm, default_limit(algorithm).value) * 10'000 < 0.01);
  }
}
