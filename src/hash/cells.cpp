#include "hash/cells.h"

#include <algorithm>

namespace reseau::detail {
namespace {

constexpr std::size_t kEdges = kSamples + 1;

/// Edges of kSamples equal bands of [from, to), to the nearest unit.
std::array<std::int64_t, kEdges> edges(std::int64_t from, std::int64_t to) {
  std::array<std::int64_t, kEdges> result{};
  constexpr auto kBands = static_cast<std::int64_t>(kSamples);
  for (std::int64_t i = 0; i <= kBands; ++i) {
    result[static_cast<std::size_t>(i)] = from + ((to - from) * i + kBands / 2) / kBands;
  }
  return result;
}

}  // namespace

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

}  // namespace reseau::detail
