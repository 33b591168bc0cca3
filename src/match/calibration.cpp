#include <reseau/match.h>
#include <algorithm>
#include <cmath>
#include <span>

namespace reseau {
namespace {
struct Point {
  int distance;
  double log10_rate;
};
constexpr std::array<Point, 3> kGrid = {{{0, -14}, {30000, -9}, {90000, -4}}};
constexpr std::array<Point, 3> kPdq = {{{0, -14}, {50, -9}, {90, -4}}};
std::span<const Point> curve(Algorithm algorithm) {
  if (algorithm == Algorithm::grid) return kGrid;
  return kPdq;
}
}  // namespace

double false_positive_rate(Algorithm algorithm, int distance) {
  const auto points = curve(algorithm);
  const auto above = std::find_if(points.begin(), points.end(),
                                  [distance](const Point& p) { return p.distance >= distance; });
  if (above == points.begin()) return std::pow(10.0, points.front().log10_rate);
  if (above == points.end()) return 1.0;
  const Point& below = *(above - 1);
  const double share =
      static_cast<double>(distance - below.distance) / (above->distance - below.distance);
  return std::pow(10.0, below.log10_rate + share * (above->log10_rate - below.log10_rate));
}

MaxDistance default_limit(Algorithm algorithm, std::size_t entries) {
  constexpr std::size_t kSmallestBank = 10'000;
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
