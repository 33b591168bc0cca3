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
// After alignment with what a bank of the level keeps, shortened by pdq, of the same pictures; what
// is no candidate for it counts as far away.
constexpr std::array<Point, 13> kAlignedBase = {{{5'846, -12},
                                                 {7'467, -11},
                                                 {9'536, -10},
                                                 {12'179, -9},
                                                 {15'555, -8},
                                                 {19'865, -7},
                                                 {25'370, -6},
                                                 {32'074, -5},
                                                 {50'899, -4},
                                                 {61'500, -3},
                                                 {75'000, -2},
                                                 {85'000, -1},
                                                 {200'000, 0}}};
// The same, confirmed by other windows: of both levels that have them, the stricter. (More windows
// can bring strangers nearer, and their lines, at standard steep, hang on few pairs.) The second
// count was of 500 of all pictures.
constexpr std::array<Point, 13> kConfirmed = {{{12'682, -12},
                                               {15'015, -11},
                                               {17'776, -10},
                                               {21'046, -9},
                                               {24'917, -8},
                                               {29'335, -7},
                                               {33'074, -6},
                                               {37'399, -5},
                                               {52'574, -4},
                                               {72'674, -3},
                                               {85'000, -2},
                                               {100'000, -1},
                                               {200'000, 0}}};
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

MaxDistance default_limit(Measure measure, std::size_t entries, Level level) {
  constexpr std::size_t kSmallestBank = 1'000;
  const double most = kExpectedFalse / (static_cast<double>(std::max(entries, kSmallestBank)) *
                                        measures_of_kind(measure));
  const auto points = curve(measure, level);
  const int furthest = detail::furthest_at(most, measure, points.back().distance, level);
  return {std::max(points.front().distance, furthest)};
}

int detail::furthest_at(double rate, Measure measure, int at_most, Level level) {
  int within = 0;
  int beyond = at_most + 1;
  while (beyond - within > 1) {  // the curve rises, so halving finds where it crosses
    const int middle = within + (beyond - within) / 2;
    (false_positive_rate(measure, middle, level) <= rate ? within : beyond) = middle;
  }
  return within;
}

}  // namespace reseau
