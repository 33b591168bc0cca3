// Compiled once for every instruction set that Highway knows here, and left to the compiler's
// vectoriser: each rounding is where it is written, whatever is done at a time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "hash/pool.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "hash/cells.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

constexpr std::size_t kInner = kSamples - 2;

/// Along one axis, inner sample i lies between two cells. Shares are sixteenths: exact.
struct Share {
  std::size_t bin;  // the lower cell and 1: 0 to kSide
  double lower;
  double upper;
};
Share share_of(std::size_t i) {
  const double place = (static_cast<double>(i) + 0.5) * kSide / kInner - 0.5;
  const double floor = std::floor(place);
  return {static_cast<std::size_t>(floor + 1), 1.0 - (place - floor), place - floor};
}
const std::array<Share, kInner>& shares() {
  static const auto kShares = [] {
    std::array<Share, kInner> result{};
    for (std::size_t i = 0; i < kInner; ++i) result[i] = share_of(i);
    return result;
  }();
  return kShares;
}

/// What the four channels have in one place.
using Waves = std::array<double, kChannels>;

/// The gradients of one row, each divided by the square root of its length.
void half_waves(const Samples& s, std::size_t y, std::array<Waves, kInner>& waves) {
  constexpr double kLeast = 1e-6;
  std::array<double, kInner> lengths;
  std::array<double, kInner> across;
  std::array<double, kInner> down;
  for (std::size_t i = 0; i < kInner; ++i) {  // arrays, so that it is done several at a time
    const double dx = s[y][i + 2] - s[y][i];
    const double dy = s[y + 1][i + 1] - s[y - 1][i + 1];
    const double length = std::sqrt(dx * dx + dy * dy);
    lengths[i] = length < kLeast ? kLeast : length;
    const double root = std::sqrt(lengths[i]);
    across[i] = dx / root;
    down[i] = dy / root;
  }
  for (std::size_t i = 0; i < kInner; ++i) {
    waves[i] = {std::max(across[i], 0.0), std::max(-across[i], 0.0), std::max(down[i], 0.0),
                std::max(-down[i], 0.0)};
  }
}

void add(Waves& to, double share, const Waves& waves) {
  for (std::size_t c = 0; c < kChannels; ++c) to[c] += share * waves[c];
}

/// One row into its cells.
std::array<Waves, kSide> pooled(const std::array<Waves, kInner>& waves) {
  std::array<Waves, kSide + 2> bins{};  // the first and the last are dropped
  for (std::size_t i = 0; i < kInner; ++i) {
    const Share& share = shares()[i];
    add(bins[share.bin], share.lower, waves[i]);
    add(bins[share.bin + 1], share.upper, waves[i]);
  }
  std::array<Waves, kSide> cells;
  std::copy_n(bins.begin() + 1, kSide, cells.begin());
  return cells;
}

Cells pool(const Samples& samples) {
  std::array<std::array<Waves, kSide>, kSide + 2> rows{};  // the first and the last are dropped
  std::array<Waves, kInner> waves;
  for (std::size_t i = 0; i < kInner; ++i) {
    half_waves(samples, i + 1, waves);
    const auto row = pooled(waves);
    const Share& share = shares()[i];
    for (std::size_t x = 0; x < kSide; ++x) {
      add(rows[share.bin][x], share.lower, row[x]);
      add(rows[share.bin + 1][x], share.upper, row[x]);
    }
  }
  Cells cells;
  auto* cell = cells.begin();
  for (std::size_t y = 0; y < kSide; ++y) {
    for (const Waves& sums : rows[y + 1]) cell = std::copy(sums.begin(), sums.end(), cell);
  }
  return cells;
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {

HWY_EXPORT(pool);

Cells pool(const Samples& samples) { return HWY_DYNAMIC_DISPATCH(pool)(samples); }

}  // namespace reseau::detail
#endif
