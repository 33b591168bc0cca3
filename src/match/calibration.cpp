// How often unrelated pictures come this near: measured, and beyond what was measured, fitted.
// docs/matching.md says on what, how, and how far to trust it.
#include <reseau/match.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "match/kinds.h"

namespace reseau {
namespace {

/// At most this far apart are 10^log10_rate of the pairs.
struct Point {
  int distance;
  double log10_rate;
};

// Of unrelated pictures, product shots among them, in the nearest of all looks, as `reseau
// calibrate` gives them: the stricter, rate by rate, of 11 million comparisons of pictures that
// grid was not trained on, and of 108 million of all pictures. grid: counts down to 1e-6, and below
// a line in the logarithm of the distance, by the last 200 counts of the first. pdq: counts down to
// 1e-6, below the strictest of several curves.
constexpr std::array<Point, 13> kGrid = {{{8'464, -12},
                                          {10'959, -11},
                                          {14'189, -10},
                                          {18'372, -9},
                                          {23'788, -8},
                                          {30'800, -7},
                                          {35'099, -6},
                                          {45'849, -5},
                                          {70'824, -4},
                                          {96'499, -3},
                                          {120'649, -2},
                                          {143'774, -1},
                                          {200'000, 0}}};
// After alignment with what a bank of the level keeps, shortened by pdq, of the same pictures (of
// all of them, 250 were asked for); what alignment gives up is as far away as can be. Counts down
// to 1e-6; below, the stricter of lines in the logarithm of the distance through the last 200
// counts, and of what such lines gave for squared L2 distances, as much shorter as those of
// strangers are when they are cut off. (Cut off, they hardly grow, and a line through them is too
// steep.)
constexpr std::array<Point, 13> kAlignedBase = {{{5'612, -12},
                                                 {6'981, -11},
                                                 {8'591, -10},
                                                 {10'437, -9},
                                                 {12'412, -8},
                                                 {14'400, -7},
                                                 {15'624, -6},
                                                 {16'824, -5},
                                                 {20'774, -4},
                                                 {40'299, -3},
                                                 {40'321, -2},
                                                 {40'322, -1},
                                                 {40'323, 0}}};
// The same, confirmed by other windows: of both levels that have them, the stricter. (More windows
// can bring strangers nearer, and their lines, at standard steep, hang on few pairs.) At 1e-6 and
// 1e-7 held a little shorter, for generated tables: tests/match/nothing_test.cpp.
constexpr std::array<Point, 13> kConfirmed = {{{10'944, -12},
                                               {11'922, -11},
                                               {12'920, -10},
                                               {14'001, -9},
                                               {15'173, -8},
                                               {16'100, -7},
                                               {17'100, -6},
                                               {18'624, -5},
                                               {21'199, -4},
                                               {26'099, -3},
                                               {31'799, -2},
                                               {40'322, -1},
                                               {40'323, 0}}};
constexpr std::array<Point, 13> kPdq = {{{19, -12},
                                         {27, -11},
                                         {34, -10},
                                         {42, -9},
                                         {50, -8},
                                         {57, -7},
                                         {65, -6},
                                         {75, -5},
                                         {85, -4},
                                         {93, -3},
                                         {99, -2},
                                         {105, -1},
                                         {128, 0}}};

std::span<const Point> curve(Measure measure, Level level) {
  switch (measure) {
    case Measure::grid:
      return kGrid;
    case Measure::grid_aligned:
      return level == Level::base ? kAlignedBase : kConfirmed;
    case Measure::pdq:
      break;
  }
  return kPdq;
}

}  // namespace

int measures_of_kind(Measure measure) { return measure == Measure::pdq ? 1 : 2; }

double false_positive_rate(Measure measure, int distance, Level level) {
  const auto points = curve(measure, level);
  const auto above = std::find_if(points.begin(), points.end(),
                                  [distance](const Point& p) { return p.distance >= distance; });
  // Less than the least of the table is claimed of no distance, zero included.
  if (above == points.begin()) return std::pow(10.0, points.front().log10_rate);
  if (above == points.end()) return 1.0;
  const Point& below = *(above - 1);
  const double share =
      static_cast<double>(distance - below.distance) / (above->distance - below.distance);
  return std::pow(10.0, below.log10_rate + share * (above->log10_rate - below.log10_rate));
}

MaxDistance limit_at(Measure measure, double rate, Level level) {
  const auto points = curve(measure, level);
  int within = points.front().distance;
  int beyond = points.back().distance + 1;
  while (beyond - within > 1) {  // the curve rises, so halving finds where it crosses
    const int middle = within + (beyond - within) / 2;
    (false_positive_rate(measure, middle, level) <= rate ? within : beyond) = middle;
  }
  return {within};
}

MaxDistance default_limit(Measure measure, std::size_t entries, Level level) {
  constexpr std::size_t kSmallestBank = 1'000;
  const double most = kExpectedFalse / (static_cast<double>(std::max(entries, kSmallestBank)) *
                                        measures_of_kind(measure));
  return limit_at(measure, most, level);
}

MaxDistance detail::as_rare_aligned(MaxDistance grid, Level level) {
  if (grid.value < 0) return grid;  // nothing is within it
  // Less than the least rate of the tables is claimed of nothing; so below, in proportion.
  const double least = curve(Measure::grid, level).front().distance;
  if (grid.value < least) {
    const int aligned = curve(Measure::grid_aligned, level).front().distance;
    return {static_cast<int>(aligned * (grid.value / least))};
  }
  return limit_at(Measure::grid_aligned, false_positive_rate(Measure::grid, grid.value), level);
}

int detail::rarer_aligned(int distance, double decades, Level level) {
  if (decades <= 0) return distance;
  const auto points = curve(Measure::grid_aligned, level);
  // Below its least point the curve goes on as it ends: as much shorter for each decade.
  const double least = points[0].distance;
  const double shorter = std::log(points[1].distance / least);
  const double rate = distance < least
                          ? points[0].log10_rate + std::log(std::max(distance, 1) / least) / shorter
                          : std::log10(false_positive_rate(Measure::grid_aligned, distance, level));
  const double wanted = rate - decades;
  const int shortened =
      wanted < points[0].log10_rate
          ? static_cast<int>(least * std::exp((wanted - points[0].log10_rate) * shorter))
          : limit_at(Measure::grid_aligned, std::pow(10.0, wanted), level).value;
  return std::min(distance, shortened);
}

}  // namespace reseau
