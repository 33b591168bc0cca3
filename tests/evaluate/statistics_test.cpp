#include "evaluate/statistics.h"

#include <catch2/catch.hpp>

namespace {

using namespace reseau::evaluation;

TEST_CASE("A share of few is not stated as if it were certain") {
  // R 4.2: prop.test(k, n, correct = FALSE)$conf.int
  const Interval none = interval_of_share(0, 10);
  CHECK(none.low == Approx(0).margin(1e-9));
  CHECK(none.high == Approx(0.2775).margin(0.0001));
  const Interval half = interval_of_share(5, 10);
  CHECK(half.low == Approx(0.2366).margin(0.0001));
  CHECK(half.high == Approx(0.7634).margin(0.0001));
  const Interval all = interval_of_share(100, 100);
  CHECK(all.low == Approx(0.9630).margin(0.0001));
  CHECK(all.high == Approx(1).margin(1e-9));
  CHECK(interval_of_share(0, 0).low == 0);
  CHECK(interval_of_share(0, 0).high == 1);
}

TEST_CASE("No false match seen is not no false match") {
  // The exact (Garwood) intervals of a Poisson count, from tables.
  CHECK(interval_of_count(0).low == 0);
  CHECK(interval_of_count(0).high == Approx(3.69).epsilon(0.02));
  CHECK(interval_of_count(10).low == Approx(4.80).epsilon(0.02));
  CHECK(interval_of_count(10).high == Approx(18.39).epsilon(0.02));
  CHECK(interval_of_count(100).low == Approx(81.4).epsilon(0.01));
  CHECK(interval_of_count(100).high == Approx(121.6).epsilon(0.01));
}

TEST_CASE("Versions of one photograph do not pass for as many photographs") {
  // Each photograph is found in all of its versions, or in none.
  std::vector<std::vector<signed char>> rows;
  for (int i = 0; i < 40; ++i) rows.push_back(std::vector<signed char>(60, i % 2 == 0 ? 1 : 0));
  const Interval interval = interval_of_mean(rows, 1);
  CHECK(interval.low < 0.40);
  CHECK(interval.high > 0.60);
  const Interval again = interval_of_mean(rows, 1);
  CHECK(interval.low == again.low);
  CHECK(interval.high == again.high);
  CHECK(interval_of_mean({}, 1).high == 1);
}

TEST_CASE(
    "One photograph of a hundred that is refused in all versions is one, and not seventy-seven") {
  const Interval interval = interval_of_grouped(0.01, 100);
  CHECK(interval.low < 0.003);
  CHECK(interval.high > 0.05);
  CHECK(interval_of_grouped(0, 100).high > 0.03);
}

TEST_CASE("What was not asked does not count as missed") {
  const std::vector<std::vector<signed char>> rows(30, {1, -1, -1});
  CHECK(interval_of_mean(rows, 1).low == 1);
}

}  // namespace
