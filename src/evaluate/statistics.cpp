#include "evaluate/statistics.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

namespace reseau::evaluation {
namespace {

constexpr double kNormal = 1.959964;  // 95 % of a normal distribution lie so far about its middle

}  // namespace

Interval interval_of_share(std::size_t found, std::size_t asked) {
  return interval_of_grouped(
      asked == 0 ? 0 : static_cast<double>(found) / static_cast<double>(asked), asked);
}

Interval interval_of_grouped(double share, std::size_t groups) {
  if (groups == 0) return {};
  const auto n = static_cast<double>(groups);
  const double square = kNormal * kNormal;
  const double middle = (share + square / (2 * n)) / (1 + square / n);
  const double reach =
      kNormal / (1 + square / n) * std::sqrt(share * (1 - share) / n + square / (4 * n * n));
  return {std::max(0.0, middle - reach), std::min(1.0, middle + reach)};
}

Interval interval_of_count(std::uint64_t count) {
  const auto bound = [](double k, double sign) {
    return k * std::pow(1 - 1 / (9 * k) + sign * kNormal / (3 * std::sqrt(k)), 3);
  };
  const auto k = static_cast<double>(count);
  return {count == 0 ? 0 : std::max(0.0, bound(k, -1)), bound(k + 1, 1)};
}

Interval interval_of_mean(const std::vector<std::vector<signed char>>& rows, std::uint64_t seed) {
  constexpr std::size_t kDraws = 1'000;
  constexpr std::size_t kOutside = kDraws / 40;  // 2.5 %
  if (rows.empty()) return {};
  const std::size_t columns = rows.front().size();
  cv::RNG random(seed ^ 0x9E3779B97F4A7C15ULL);
  std::vector<double> means;
  std::vector<int> found(columns);
  std::vector<int> asked(columns);
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    std::fill(found.begin(), found.end(), 0);
    std::fill(asked.begin(), asked.end(), 0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& row = rows[random.next() % rows.size()];
      for (std::size_t c = 0; c < columns; ++c) {
        if (row[c] < 0) continue;
        found[c] += row[c];
        ++asked[c];
      }
    }
    double sum = 0;
    int counted = 0;
    for (std::size_t c = 0; c < columns; ++c) {
      if (asked[c] == 0) continue;
      sum += static_cast<double>(found[c]) / asked[c];
      ++counted;
    }
    means.push_back(counted == 0 ? 0 : sum / counted);
  }
  std::sort(means.begin(), means.end());
  return {means[kOutside], means[kDraws - 1 - kOutside]};
}

}  // namespace reseau::evaluation
