#include "evaluate/tail.h"

#include <array>
#include <catch2/catch.hpp>
#include <climits>
#include <cmath>
#include <random>

#include "evaluate/rules.h"

namespace {

using namespace reseau::evaluation;

constexpr std::array<Family, 1> kPowerLaw = {{{1, Scale::log}}};
constexpr std::array<Family, 3> kLines = {{{1, Scale::plain}, {1, Scale::root}, {1, Scale::log}}};

/// P(d <= x) = (x / 100,000)^power.
Histogram strangers(double power, int count) {
  Histogram histogram(25, 4'000);
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int i = 0; i < count; ++i) {
    histogram.add(static_cast<int>(100'000 * std::pow(uniform(random), 1 / power)));
  }
  return histogram;
}

TEST_CASE("A limit that was counted lets no more strangers in than were asked for") {
  const Histogram histogram = strangers(5, 200'000);
  const Tail tail(histogram, kLines);
  for (const double rate : {1e-2, 1e-3, 1e-4}) {
    REQUIRE(tail.is_measured(rate));
    const int limit = tail.limit_at(rate).value();
    CHECK(static_cast<double>(histogram.within(limit)) <= rate * 200'000);
    CHECK(static_cast<double>(histogram.within(limit + 2 * 25)) >= 0.9 * rate * 200'000);
  }
  CHECK_FALSE(tail.is_measured(1e-6));
}

TEST_CASE("A fitted limit follows the law that strangers keep to, and never allows more for less") {
  const Tail tail(strangers(5, 200'000), kPowerLaw);
  const double true_limit = 100'000 * std::pow(1e-8, 1 / 5.0);
  CHECK(tail.limit_at(1e-8).value() == Approx(true_limit).epsilon(0.15));
  int last = INT_MAX;
  for (int half = -2; half >= -24; --half) {
    const int limit = tail.limit_at(std::pow(10, half / 2.0)).value();
    CHECK(limit <= last);
    last = limit;
  }
}

TEST_CASE("Of several curves the one that allows least is taken") {
  const Histogram histogram = strangers(5, 200'000);
  const Tail any(histogram, kLines);
  for (const Fit& fit : any.fits()) {
    if (fit.miss <= Tail::kMaxMiss) CHECK(any.limit_at(1e-10).value() <= any.limit_at(1e-10, fit));
  }
}

TEST_CASE("Too few strangers near give no limit, and no accident") {
  Histogram far(25, 4'000);
  for (int i = 0; i < 1'000; ++i) far.add(INT_MAX);
  const Tail tail(far, kLines);
  CHECK(tail.chosen() == nullptr);
  CHECK_FALSE(tail.limit_at(1e-6).has_value());
  const Tail none(Histogram(1, 10), kLines);
  CHECK_FALSE(none.limit_at(1e-2).has_value());
}

TEST_CASE("No limit lies beyond what was searched, where every stranger would be a match") {
  Histogram histogram(25, 4'000);
  for (int i = 0; i < 10'000; ++i) histogram.add(i < 50 ? 100 * i : INT_MAX);
  CHECK(Tail(histogram, kLines).limit_at(1e-1) == 99'974);
  const Tail tail(histogram, kLines, 20'000);
  CHECK(tail.limit_at(1e-1) == 20'000);
  CHECK_FALSE(tail.is_measured(1e-1));
  CHECK(tail.is_measured(4e-3));
  CHECK(tail.limit_at(4e-3).value() <= 4'099);
}

TEST_CASE("After alignment, no line through strangers promises what nobody has seen") {
  const std::vector<Kind> kinds = {{"aligned", Histogram(1, 50'000), kPowerLaw,
                                    reseau::Measure::grid_aligned, reseau::Level::base,
                                    reseau::GridAligner::kFarthest - 1}};
  // As steep as counts are where most squares are cut off: a fortieth nearer for each decade.
  Strangers strangers(kinds);
  for (int i = 1; i <= 2'000; ++i)
    strangers.all[0].add(static_cast<int>(16'000 * std::pow(i / 2'000.0, 0.01)));
  for (int i = 0; i < 10'000'000; ++i) strangers.all[0].add(INT_MAX);
  const Tails tails(kinds, strangers);
  const Rule rule{"aligned", {{0, 1.0}}, false};
  const Tail& tail = tails.of(0);
  const auto limit = [&](double rate) { return tails.at(rule, rate).limits[0].value(); };
  const auto built_in = [](double rate) {
    return reseau::limit_at(reseau::Measure::grid_aligned, rate).value;
  };
  // Two decades beyond the counts it is the line.
  const double least = tail.least_measured() / 100;
  CHECK(limit(least) == tail.limit_at(least).value());
  CHECK(limit(1e-12) < tail.limit_at(1e-12).value() / 2);
  CHECK(limit(1e-12) == Approx(limit(least) * built_in(1e-12) / built_in(least)).margin(1));
  CHECK(limit(1e-13) == limit(1e-12));  // less than that is claimed of nothing
}

TEST_CASE("Photographs that are all unlike each other do not make alignment find nothing") {
  const std::vector<Kind> kinds = {{"aligned", Histogram(25, 4'000), kPowerLaw,
                                    reseau::Measure::grid_aligned, reseau::Level::base,
                                    reseau::GridAligner::kFarthest - 1}};
  const Rule rule{"aligned", {{0, 1.0}}, false};
  const auto held = [&](std::initializer_list<int> near, double rate) {
    Strangers strangers(kinds);
    for (const int distance : near) strangers.all[0].add(distance);
    for (int i = 0; i < 1'000'000; ++i) strangers.all[0].add(INT_MAX);
    return Tails(kinds, strangers).at(rule, rate);
  };
  const int built_in = reseau::limit_at(reseau::Measure::grid_aligned, 1e-6).value;
  const Held few = held({20'000, 30'000, 35'000}, 1e-6);
  CHECK(few.built_in);
  CHECK_FALSE(few.counted);
  CHECK(few.limits[0] == built_in);
  // But no further than strangers were seen: the fifth is not within.
  CHECK(held({500, 600, 700, 800, 9'000, 30'000}, 1e-6).limits[0].value() < 9'000);
  CHECK_FALSE(held({500, 600, 700, 800, 9'000, 30'000}, 1e-4).built_in);
  CHECK_FALSE(Tails(kinds, Strangers(kinds)).at(rule, 1e-6).any());  // of no strangers at all
}

TEST_CASE("What alignment gave up does not tell how near strangers come") {
  // Counts of a power law up to 60,000; and further away many, of a flatter one.
  Histogram histogram(25, 4'000);
  for (int i = 1; i <= 1'500; ++i)
    histogram.add(static_cast<int>(60'000 * std::pow(i / 1'500.0, 0.12)));
  for (int i = 0; i < 60'000; ++i)
    histogram.add(static_cast<int>(60'000 + 39'000 * std::pow(i / 60'000.0, 0.6)));
  for (int i = 0; i < 10'000'000; ++i) histogram.add(INT_MAX);
  const Tail all(histogram, kPowerLaw);
  const Tail near(histogram, kPowerLaw, 60'000);
  REQUIRE(all.chosen() != nullptr);
  CHECK(all.chosen()->last_distance > 60'000);
  REQUIRE(near.chosen() != nullptr);
  CHECK(near.chosen()->last_distance <= 60'000);
  CHECK(near.limit_at(1e-10).value() > all.limit_at(1e-10).value());
  // Where there is nothing else, it is what there is.
  const Tail far(histogram, kPowerLaw, 100);
  REQUIRE(far.chosen() != nullptr);
  CHECK(far.chosen()->describe() == all.chosen()->describe());
}

TEST_CASE(
    "What is within a distance is counted to the end of a bin, and what is beyond all bins not") {
  Histogram histogram(10, 4);
  for (const int distance : {0, 9, 10, 35, INT_MAX}) histogram.add(distance);
  CHECK(histogram.within(8) == 0);
  CHECK(histogram.within(9) == 2);
  CHECK(histogram.within(29) == 3);
  CHECK(histogram.comparisons == 5);
}

}  // namespace
