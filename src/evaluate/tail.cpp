// The far tail: least squares on log10 of the empirical survival function, as is usual for the
// tails of matchers. A fit beyond the data is an assumption, so several are made. Those that
// contradict what was counted nearest to nothing are dropped, and of the others the one that allows
// least is taken: the lowest limit at kChoiceRate.
#include "evaluate/tail.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <tuple>

namespace reseau::evaluation {
namespace {

constexpr double kChoiceRate = 1e-10;
constexpr int kMinPoints = 5;
constexpr std::array<std::pair<int, int>, 4> kRanks = {
    {{5, 200}, {20, 1000}, {100, 5000}, {500, 50'000}}};

struct Point {
  double distance;
  double log_rate;
};

double place(const Fit& fit, double distance) {
  if (fit.family.scale == Scale::root) return std::sqrt(std::max(0.0, distance));
  return fit.family.scale == Scale::log ? std::log10(1 + std::max(0.0, distance)) : distance;
}

// Rises all the way from nothing to its last point, so that it can be read backwards. (The slope of
// a parabola is a line: it is enough to look at both ends.)
bool rises(const Fit& fit) {
  const auto& c = fit.coefficients;
  const auto slope = [&](double x) { return c[1] + (fit.family.order == 2 ? 2 * c[2] * x : 0); };
  return slope(0) > 0 && slope(place(fit, fit.last_distance)) > 0;
}

std::vector<Point> points_between(const Histogram& histogram, int first_rank, int last_rank) {
  const auto total = static_cast<double>(histogram.comparisons);
  std::vector<Point> points;
  std::uint64_t count = 0;
  for (std::size_t bin = 0; bin < histogram.bins.size(); ++bin) {
    count += histogram.bins[bin];
    if (count > static_cast<std::uint64_t>(last_rank)) break;
    if (histogram.bins[bin] == 0 || count < static_cast<std::uint64_t>(first_rank)) continue;
    points.push_back({(static_cast<double>(bin) + 1) * histogram.width - 1,
                      std::log10(static_cast<double>(count) / total)});
  }
  return points;
}

void solve(Fit& fit, const std::vector<Point>& points) {
  const int terms = fit.family.order + 1;
  const int rows = static_cast<int>(points.size());
  cv::Mat left(rows, terms, CV_64F);
  cv::Mat right(rows, 1, CV_64F);
  // Scaled to about one, or the squares of a parabola drown the rest.
  const double unit = place(fit, points.back().distance);
  for (int row = 0; row < rows; ++row) {
    const Point& point = points[static_cast<std::size_t>(row)];
    const double x = place(fit, point.distance) / unit;
    for (int term = 0; term < terms; ++term) left.at<double>(row, term) = std::pow(x, term);
    right.at<double>(row) = point.log_rate;
  }
  cv::Mat solution;
  cv::solve(left, right, solution, cv::DECOMP_SVD);
  fit.coefficients.clear();
  for (int term = 0; term < terms; ++term) {
    fit.coefficients.push_back(solution.at<double>(term) / std::pow(unit, term));
  }
  double squares = 0;
  for (const Point& point : points) {
    squares += std::pow(fit.log_rate(point.distance) - point.log_rate, 2);
  }
  fit.points = rows;
  fit.last_distance = points.back().distance;
  fit.error = std::sqrt(squares / rows);
}

}  // namespace

double Fit::log_rate(double distance) const {
  const double x = place(*this, distance);
  double sum = 0;
  for (std::size_t i = coefficients.size(); i-- > 0;) sum = sum * x + coefficients[i];
  return std::min(0.0, sum);
}

std::string Fit::describe() const {
  constexpr std::array kScales = {"d", "sqrt(d)", "log(1+d)"};
  return std::string(family.order == 1 ? "line" : "parabola") + " in " +
         kScales[static_cast<std::size_t>(family.scale)] + ", ranks " + std::to_string(first_rank) +
         "-" + std::to_string(last_rank);
}

Tail::Tail(const Histogram& unrelated, std::span<const Family> families, int searched)
    : width_(unrelated.width), searched_(searched), comparisons_(unrelated.comparisons) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : unrelated.bins) within_.push_back(sum += count);
  for (const auto& [first_rank, last_rank] : kRanks) {
    const auto points = points_between(unrelated, first_rank, last_rank);
    if (static_cast<int>(points.size()) < kMinPoints) continue;
    const auto trusted = points_between(unrelated, kTrustedRank, last_rank);
    for (const Family& family : families) {
      Fit fit{family, first_rank, last_rank, {}, 0, 0, 0, 0};
      solve(fit, points);
      for (const Point& point : trusted) {
        fit.miss = std::max(fit.miss, std::abs(fit.log_rate(point.distance) - point.log_rate));
      }
      if (rises(fit)) fits_.push_back(fit);
    }
  }
  if (fits_.empty()) return;
  const auto misses_less = [](const Fit& a, const Fit& b) { return a.miss < b.miss; };
  const double best = std::min_element(fits_.begin(), fits_.end(), misses_less)->miss;
  const auto rank = [&](const Fit& fit) {
    return std::tuple(fit.last_distance > searched_, fit.miss > std::max(kMaxMiss, best),
                      limit_at(kChoiceRate, fit));
  };
  for (std::size_t i = 1; i < fits_.size(); ++i) {
    if (rank(fits_[i]) < rank(fits_[chosen_])) chosen_ = i;
  }
}

int Tail::limit_at(double rate, const Fit& fit) const {
  int low = -1;
  int high = static_cast<int>(fit.last_distance) + 1;
  while (high - low > 1) {  // the largest distance whose rate is small enough
    const int middle = low + (high - low) / 2;
    (fit.log_rate(middle) <= std::log10(rate) ? low : high) = middle;
  }
  return low;
}

bool Tail::is_measured(double rate) const {
  return rate >= least_measured() && counted_at(rate) <= searched_;
}

double Tail::least_measured() const {
  return static_cast<double>(kMinCount) /
         static_cast<double>(std::max<std::uint64_t>(1, comparisons_));
}

int Tail::within_which(std::uint64_t strangers) const {
  const auto beyond = std::upper_bound(within_.begin(), within_.end(), strangers);
  return static_cast<int>(beyond - within_.begin()) * width_ - 1;
}

int Tail::reach_of(std::uint64_t strangers) const {
  return std::min(within_which(strangers), searched_);
}

int Tail::counted_at(double rate) const {
  return within_which(static_cast<std::uint64_t>(
      std::max(static_cast<double>(kMinCount), rate * static_cast<double>(comparisons_))));
}

std::optional<int> Tail::limit_at(double rate) const {
  const int counted = std::min(counted_at(rate), searched_);
  if (rate >= least_measured()) return counted;
  if (chosen() == nullptr) return std::nullopt;
  return std::min(counted, limit_at(rate, *chosen()));
}

}  // namespace reseau::evaluation
