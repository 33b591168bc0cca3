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
// 1e-5; pdq: 33 million, counts down to 1e-6. Below, grid falls by a power of the distance and pdq
// exponentially, each as the strictest of the lines fitted to the ends of the counts.
constexpr std::array<Point, 13> kGrid = {{{6'764, -12},
                                          {9'091, -11},
                                          {12'218, -10},
                                          {16'420, -9},
                                          {22'067, -8},
                                          {29'656, -7},
                                          {39'855, -6},
                                          {52'049, -5},
                                          {72'499, -4},
                                          {96'499, -3},
                                          {120'724, -2},
                                          {143'849, -1},
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

std::span<const Point> curve(Algorithm algorithm) {
  return algorithm == Algorithm::grid ? std::span<const Point>(kGrid)
                                      : std::span<const Point>(kPdq);
}

}  // namespace

double false_positive_rate(Algorithm algorithm, int distance) {
  const auto points = curve(algorithm);
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

MaxDistance default_limit(Algorithm algorithm, std::size_t entries) {
  constexpr std::size_t kSmallestBank = 1'000;
  const double most = kExpectedFalse / static_cast<double>(std::max(entries, kSmallestBank));
  int within = curve(algorithm).front().distance;
  int beyond = curve(algorithm).back().distance;
  while (beyond - within > 1) {  // the curve rises, so halving finds where it crosses
    const int middle = within + (beyond - within) / 2;
    (false_positive_rate(algorithm, middle) <= most ? within : beyond) = middle;
  }
  return {within};
}

}  // namespace reseau
