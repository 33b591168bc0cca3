#include "hash/cells.h"

#include <algorithm>
#include <cmath>

namespace reseau::detail {
namespace {

constexpr std::size_t kInner = 32;            // where central differences exist
constexpr std::size_t kSamples = kInner + 2;  // a side
constexpr std::size_t kEdges = kSamples + 1;

using Samples = std::array<std::array<double, kSamples>, kSamples>;

/// Edges of kSamples equal bands of [from, to), to the nearest unit.
std::array<std::int64_t, kEdges> edges(std::int64_t from, std::int64_t to) {
  std::array<std::int64_t, kEdges> result{};
  constexpr auto kBands = static_cast<std::int64_t>(kSamples);
  for (std::int64_t i = 0; i <= kBands; ++i) {
    result[static_cast<std::size_t>(i)] = from + ((to - from) * i + kBands / 2) / kBands;
  }
  return result;
}

/// Means of luma, in levels.
Samples sample(const Plane& plane, const PlaneBox& box) {
  const auto xs = edges(box.left, box.right);
  const auto ys = edges(box.top, box.bottom);
  std::array<std::int64_t, kEdges * kEdges> sums{};
  plane.integral(xs, ys, sums);
  std::array<double, kSamples> per_width{};
  for (std::size_t x = 0; x < kSamples; ++x) {
    per_width[x] = 1.0 / static_cast<double>(std::max<std::int64_t>(1, xs[x + 1] - xs[x]));
  }
  Samples samples{};
  for (std::size_t y = 0; y < kSamples; ++y) {
    const double per_height =
        1.0 / static_cast<double>(kLumaUnit * std::max<std::int64_t>(1, ys[y + 1] - ys[y]));
    const std::int64_t* top = &sums[y * kEdges];
    const std::int64_t* bottom = top + kEdges;
    for (std::size_t x = 0; x < kSamples; ++x) {
      const std::int64_t sum = (bottom[x + 1] - bottom[x]) - (top[x + 1] - top[x]);
      samples[y][x] = static_cast<double>(sum) * per_width[x] * per_height;
    }
  }
  return samples;
}

/// Along one axis, inner sample i lies between two cells. Shares are sixteenths: exact.
struct Share {
  int cell;  // the lower one, -1 to kSide - 1
  double lower;
  double upper;
};
Share share_of(std::size_t i) {
  const double place = (static_cast<double>(i) + 0.5) * kSide / kInner - 0.5;
  const double floor = std::floor(place);
  return {static_cast<int>(floor), 1.0 - (place - floor), place - floor};
}
const std::array<Share, kInner>& shares() {
  static const auto kShares = [] {
    std::array<Share, kInner> result{};
    for (std::size_t i = 0; i < kInner; ++i) result[i] = share_of(i);
    return result;
  }();
  return kShares;
}

/// A row of the four channels, one array each.
using Waves = std::array<std::array<double, kInner>, kChannels>;

/// The gradients of one row, each divided by the square root of its length; returns the sum of the
/// lengths.
double half_waves(const Samples& s, std::size_t y, Waves& waves) {
  constexpr double kLeast = 1e-6;
  std::array<double, kInner> lengths{};
  for (std::size_t i = 0; i < kInner; ++i) {
    const double dx = s[y][i + 2] - s[y][i];
    const double dy = s[y + 1][i + 1] - s[y - 1][i + 1];
    const double length = std::max(kLeast, std::sqrt(dx * dx + dy * dy));
    const double root = std::sqrt(length);
    lengths[i] = length;
    waves[0][i] = std::max(dx, 0.0) / root;
    waves[1][i] = std::max(-dx, 0.0) / root;
    waves[2][i] = std::max(dy, 0.0) / root;
    waves[3][i] = std::max(-dy, 0.0) / root;
  }
  double sum = 0;
  for (const double length : lengths) sum += length;
  return sum;
}

/// One row of one channel into its cells.
std::array<double, kSide> pooled(const std::array<double, kInner>& wave) {
  std::array<double, kSide + 2> bins{};  // the first and the last are dropped
  for (std::size_t i = 0; i < kInner; ++i) {
    const Share& share = shares()[i];
    bins[static_cast<std::size_t>(share.cell + 1)] += share.lower * wave[i];
    bins[static_cast<std::size_t>(share.cell + 2)] += share.upper * wave[i];
  }
  std::array<double, kSide> cells{};
  std::copy_n(bins.begin() + 1, kSide, cells.begin());
  return cells;
}

}  // namespace

Window look(const Plane& plane, const PlaneBox& box) {
  const Samples samples = sample(plane, box);
  Window window{};
  Waves waves{};
  double lengths = 0;
  for (std::size_t i = 0; i < kInner; ++i) {
    lengths += half_waves(samples, i + 1, waves);
    const Share& down = shares()[i];
    for (std::size_t c = 0; c < kChannels; ++c) {
      const auto row = pooled(waves[c]);
      const auto add = [&](int to, double share) {
        if (to < 0 || to >= kSide) return;
        double* cells = &window.cells[static_cast<std::size_t>(to * kSide * kChannels)];
        for (std::size_t x = 0; x < kSide; ++x) cells[x * kChannels + c] += share * row[x];
      };
      add(down.cell, down.lower);
      add(down.cell + 1, down.upper);
    }
  }
  window.contrast = lengths / (kInner * kInner);
  return window;
}

}  // namespace reseau::detail
