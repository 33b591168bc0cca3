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

/// The samples that a cell has a share of: of those between it and the cell before, then of those
/// between it and the next.
struct Reach {
  std::size_t first = kInner;
  std::size_t count = 0;
  std::array<double, 8> shares{};
};
const std::array<Reach, kSide>& reaches() {
  static const auto kReaches = [] {
    std::array<Reach, kSide> result{};
    for (std::size_t i = 0; i < kInner; ++i) {
      const Share share = share_of(i);
      const auto add = [&](std::size_t bin, double part) {
        if (bin == 0 || bin > kSide) return;  // outside
        Reach& reach = result[bin - 1];
        reach.first = std::min(reach.first, i);
        reach.shares[reach.count++] = part;
      };
      add(share.bin, share.lower);
      add(share.bin + 1, share.upper);
    }
    return result;
  }();
  return kReaches;
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

/// One row into its cells.
void pool_row(const std::array<Waves, kInner>& waves, std::array<Waves, kSide>& cells) {
  for (std::size_t cell = 0; cell < kSide; ++cell) {
    const Reach& reach = reaches()[cell];
    Waves sum{};
    for (std::size_t k = 0; k < reach.count; ++k) {
      const Waves& wave = waves[reach.first + k];
      for (std::size_t c = 0; c < kChannels; ++c) sum[c] += reach.shares[k] * wave[c];
    }
    cells[cell] = sum;
  }
}

Cells pool(const Samples& samples) {
  std::array<std::array<Waves, kSide>, kInner> rows;
  std::array<Waves, kInner> waves;
  for (std::size_t i = 0; i < kInner; ++i) {
    half_waves(samples, i + 1, waves);
    pool_row(waves, rows[i]);
  }
  constexpr std::size_t kRow = std::size_t{kSide} * kChannels;
  Cells cells{};
  for (std::size_t row = 0; row < kSide; ++row) {
    const Reach& reach = reaches()[row];
    double* const sums = &cells[row * kRow];
    for (std::size_t k = 0; k < reach.count; ++k) {
      const double* const from = rows[reach.first + k].front().data();
      for (std::size_t i = 0; i < kRow; ++i) sums[i] += reach.shares[k] * from[i];
    }
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
