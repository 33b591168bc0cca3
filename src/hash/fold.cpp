// Compiled once for every instruction set that Highway knows here, as pool.cpp.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "hash/fold.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include <cmath>

#include "hash/projection.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

constexpr int kHalf = kSide / 2;

/// The values of one direction, x (right, left) or y (down, up): [row][column].
using Plain = std::array<std::array<std::int32_t, kSide>, kSide>;
using Quadrant = std::array<std::array<std::int32_t, kHalf>, kHalf>;

/// Of all four quadrants, mirrored onto the first, with the signs that `h` and `v` say.
Quadrant quarter(const Plain& plain, int h, int v) {
  Quadrant sums{};
  for (std::size_t row = 0; row < kHalf; ++row) {
    for (std::size_t column = 0; column < kHalf; ++column) {
      const auto across = [&](std::size_t r) {
        return plain[r][column] + h * plain[r][kSide - 1 - column];
      };
      sums[row][column] = across(row) + v * across(kSide - 1 - row);
    }
  }
  return sums;
}

/// The sums over orbits of 8 cells under h, v and n; x and y apart. A mirror image swaps right and
/// left, which for a negative's sign n is once more n.
struct Quarters {
  Quadrant x, y;
};

/// Square roots of the cells' shares, in kCellUnits.
std::array<std::int32_t, kCellValues> roots(const Cells& cells) {
  std::array<std::int32_t, kCellValues> result{};
  double sum = 0;
  for (const double cell : cells) sum += cell;
  if (sum <= 0) return result;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double rounded = std::sqrt(cells[i] / sum) * kCellUnit + 0.5;
    result[i] = static_cast<std::int32_t>(rounded);  // never negative: cut is rounded down
  }
  return result;
}

/// Right with left and down with up: added, or for n = -1 subtracted.
std::array<Plain, 2> directions(const std::array<std::int32_t, kCellValues>& roots, int n) {
  std::array<Plain, 2> result{};
  std::size_t i = 0;
  for (std::size_t row = 0; row < kSide; ++row) {
    for (std::size_t column = 0; column < kSide; ++column, i += kChannels) {
      result[0][row][column] = roots[i] + n * roots[i + 1];
      result[1][row][column] = roots[i + 2] + n * roots[i + 3];
    }
  }
  return result;
}

/// The two quadrants side by side, x before y; transposed: y before x, rows as columns.
void lay_out(const Quarters& quarters, bool transposed,
             std::array<std::int32_t, kPairedSize>& out) {
  const auto& first = transposed ? quarters.y : quarters.x;
  const auto& second = transposed ? quarters.x : quarters.y;
  std::size_t i = 0;
  for (const Quadrant* quadrant : {&first, &second}) {
    for (std::size_t row = 0; row < kHalf; ++row) {
      for (std::size_t column = 0; column < kHalf; ++column) {
        out[i++] = transposed ? (*quadrant)[column][row] : (*quadrant)[row][column];
      }
    }
  }
}

Folded fold(const Cells& cells) {
  const auto values = roots(cells);
  Folded folded{};
  for (const int n : {1, -1}) {
    const auto plain = directions(values, n);
    const auto quarters = [&](int h, int v) {
      return Quarters{quarter(plain[0], h * n, v), quarter(plain[1], h, v * n)};
    };
    for (std::size_t s = 0; s < kSingles; ++s) {
      if (kSectors[s].n != n) continue;
      const Quarters both = quarters(kSectors[s].h, kSectors[s].v);
      std::size_t i = 0;
      for (std::size_t row = 0; row < kHalf; ++row) {
        for (std::size_t column = 0; column < kHalf; ++column) {
          folded.singles[s][i++] = both.x[row][column] + kSectors[s].t * both.y[column][row];
        }
      }
    }
    auto& pair = folded.paired[n == 1 ? 0 : 1];
    lay_out(quarters(-1, 1), false, pair[0]);
    lay_out(quarters(1, -1), true, pair[1]);
  }
  return folded;
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {

HWY_EXPORT(fold);

Folded fold(const Cells& cells) { return HWY_DYNAMIC_DISPATCH(fold)(cells); }

}  // namespace reseau::detail
#endif
