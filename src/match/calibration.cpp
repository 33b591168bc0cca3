// How often unrelated pictures come this near: measured, and beyond what was measured, fitted.
// docs/matching.md says on what, how, and how far to trust it.
#include <reseau/match.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace reseau {
namespace {

/// At most this far apart are 10^log10_rate of the pairs.
struct Point {
  int distance;
  double log10_rate;
};

// Of unrelated pictures, product shots among them, in the nearest of 16 views, with and without
// borders. grid: 11 million comparisons of pictures that it was not trained on, counts down to
// 1e-5; pdq: 33 million, counts down to 1e-6. Below, each is the strictest of the curves fitted to
// the ends of the counts: docs/evaluation.md says how.
constexpr std::array<Point, 13> kGrid = {{{1'920, -12},
                                          {4'492, -11},
                                          {8'324, -10},
                                          {13'595, -9},
                                          {20'531, -8},
                                          {29'424, -7},
                                          {40'664, -6},
                                          {52'449, -5},
                                          {72'474, -4},
                                          {96'499, -3},
                                          {120'649, -2},
                                          {143'774, -1},
                                          {200'000, 0}}};
// After alignment with what a bank of the level keeps, of the same pictures; what is no candidate
// for it counts as far away. 11, 5.5 and 2.8 million comparisons, counts down to 1e-5; below, lines
// in the logarithm of the distance.
constexpr std::array<Point, 13> kAlignedBase = {{{5'035, -12},
                                                 {6'591, -11},
                                                 {8'627, -10},
                                                 {11'293, -9},
                                                 {14'782, -8},
                                                 {19'349, -7},
                                                 {25'327, -6},
                                                 {33'774, -5},
                                                 {51'024, -4},
                                                 {61'500, -3},
                                                 {75'000, -2},
                                                 {85'000, -1},
                                                 {200'000, 0}}};
constexpr std::array<Point, 13> kAlignedStandard = {{{4'599, -12},
                                                     {6'054, -11},
                                                     {7'970, -10},
                                                     {10'494, -9},
                                                     {13'815, -8},
                                                     {18'190, -7},
                                                     {23'943, -6},
                                                     {31'324, -5},
                                                     {41'724, -4},
                                                     {58'000, -3},
                                                     {72'000, -2},
                                                     {85'000, -1},
                                                     {200'000, 0}}};
constexpr std::array<Point, 13> kAlignedExtended = {{{1'493, -12},
                                                     {2'221, -11},
                                                     {3'305, -10},
                                                     {4'918, -9},
                                                     {7'317, -8},
                                                     {10'886, -7},
                                                     {16'197, -6},
                                                     {23'349, -5},
                                                     {35'624, -4},
                                                     {51'799, -3},
                                                     {68'000, -2},
                                                     {85'000, -1},
                                                     {200'000, 0}}};
constexpr std::array<Point, 13> kPdq = {{{21, -12},
                                         {29, -11},
                                         {37, -10},
                                         {45, -9},
                                         {53, -8},
                                         {61, -7},
                                         {67, -6},
                                         {77, -5},
                                         {85, -4},
                                         {93, -3},
                                         {99, -2},
                                         {105, -1},
                                         {128, 0}}};

std::span<const Point> aligned_curve(Level level) {
  switch (level) {
    case Level::base:
      return kAlignedBase;
    case Level::standard:
      return kAlignedStandard;
    case Level::extended:
      break;
  }
  return kAlignedExtended;
}

std::span<const Point> curve(Measure measure, Level level) {
  switch (measure) {
    case Measure::grid:
      return kGrid;
    case Measure::grid_aligned:
      return aligned_curve(level);
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
  int within = curve(measure, level).front().distance;
  int beyond = curve(measure, level).back().distance;
  while (beyond - within > 1) {  // the curve rises, so halving finds where it crosses
    const int middle = within + (beyond - within) / 2;
    (false_positive_rate(measure, middle, level) <= most ? within : beyond) = middle;
  }
  return {within};
}

}  // namespace reseau
