// Compiled once for every instruction set that Highway knows here, as pool.cpp.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "hash/quality.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "hash/quality.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

constexpr int kInner = static_cast<int>(kSamples) - 2;

/// [row][column]
using Curvature = std::array<std::array<double, kInner>, kInner>;

/// Second differences, in levels. A gradient has none, however steep.
Curvature curvature(const Samples& s) {
  Curvature result;
  for (std::size_t y = 0; y < kInner; ++y) {
    for (std::size_t x = 0; x < kInner; ++x) {
      result[y][x] =
          s[y + 1][x] + s[y + 1][x + 2] + s[y][x + 1] + s[y + 2][x + 1] - 4 * s[y + 1][x + 1];
    }
  }
  return result;
}

double mean_length(const Curvature& values) {
  std::array<double, kInner> sums{};  // of columns, so that several are added at a time
  for (const auto& row : values) {
    for (std::size_t x = 0; x < row.size(); ++x) sums[x] += std::abs(row[x]);
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0) / (kInner * kInner);
}

/// Sums over all cells, by channel.
struct Sums {
  std::array<double, kChannels> values{};
  std::array<double, kChannels> squares{};

  explicit Sums(const Cells& cells) {
    for (std::size_t i = 0; i < cells.size(); i += kChannels) {
      for (std::size_t c = 0; c < kChannels; ++c) {
        values[c] += cells[i + c];
        squares[c] += cells[i + c] * cells[i + c];
      }
    }
  }
  [[nodiscard]] static double all(const std::array<double, kChannels>& sums) {
    return std::accumulate(sums.begin(), sums.end(), 0.0);
  }
};

/// The participation ratio: 1 if all values are the same, 1 / 576 if one has all.
double participation(const Sums& cells) {
  const double sum = Sums::all(cells.values);
  const double squares = Sums::all(cells.squares);
  return squares == 0 ? 0 : sum * sum / (kCellValues * squares);
}

/// The share of the cells' energy that is not the same in all of them.
double differing(const Sums& cells) {
  const double squares = Sums::all(cells.squares);
  if (squares == 0) return 0;
  double common = 0;
  for (const double sum : cells.values) common += sum * sum / (kSide * kSide);
  return 1 - common / squares;
}

constexpr int kFarthest = 16;

/// Whole numbers, so that sums are exact in any order, and as many zeros to the right and the left
/// as anything is moved.
struct Pattern {
  static constexpr int kLargest = 1000;
  std::array<std::array<std::int16_t, kInner + 2 * kFarthest>, kInner> values{};
  /// Of squares above and to the left of a place: at most 1024 * 1000^2.
  std::array<std::array<std::int32_t, kInner + 1>, kInner + 1> energy{};

  explicit Pattern(const Curvature& curves) {
    double largest = 1e-6;
    for (const auto& row : curves) {
      for (const double value : row) largest = std::max(largest, std::abs(value));
    }
    for (std::size_t y = 0; y < kInner; ++y) {
      std::int32_t row_energy = 0;
      for (std::size_t x = 0; x < kInner; ++x) {
        const double share = curves[y][x] / largest + 1;  // positive, so that a cast rounds
        const int value =
            static_cast<int>(share * kLargest + .5) - kLargest;  // NOLINT(*-roundings)
        values[y][x + kFarthest] = static_cast<std::int16_t>(value);
        row_energy += value * value;
        energy[y + 1][x + 1] = energy[y][x + 1] + row_energy;
      }
    }
  }

  /// From (left, top), without the last of each.
  [[nodiscard]] double energy_in(std::size_t left, std::size_t top, std::size_t right,
                                 std::size_t bottom) const {
    return energy[bottom][right] - energy[top][right] - energy[bottom][left] + energy[top][left];
  }
};

/// How like the picture is to itself so many samples to the right and down, -1 to 1.
double correlation(const Pattern& pattern, int right, int down) {
  const auto by = static_cast<std::size_t>(std::abs(right));
  const std::size_t rows = kInner - static_cast<std::size_t>(down);
  std::int32_t product = 0;
  for (std::size_t y = 0; y < rows; ++y) {
    const std::int16_t* here = &pattern.values[y][kFarthest];
    const std::int16_t* there =
        &pattern.values[y + static_cast<std::size_t>(down)][kFarthest] + right;
    for (std::size_t x = 0; x < kInner; ++x) product += here[x] * there[x];
  }
  const bool to_the_right = right >= 0;
  const double left_part = pattern.energy_in(0, to_the_right ? 0 : kInner - rows, kInner - by,
                                             to_the_right ? rows : kInner);
  const double right_part =
      pattern.energy_in(by, to_the_right ? kInner - rows : 0, kInner, to_the_right ? kInner : rows);
  if (left_part == 0 || right_part == 0) return 1;
  return product / std::sqrt(left_part * right_part);
}

/// How like the picture is to itself a little further on, at the most, 0 to 1.
double repetition(const Pattern& pattern) {
  constexpr int kNearest = 3;  // neighbours are always alike
  double most = 0;
  for (int by = kNearest; by <= kFarthest; ++by) {
    for (const auto& [right, down] : {std::pair(by, 0), {0, by}, {by, by}, {-by, by}}) {
      most = std::max(most, correlation(pattern, right, down));
    }
  }
  return most;
}

Information information(const Samples& samples, const Cells& cells) {
  const Curvature curves = curvature(samples);
  const Sums sums(cells);
  return {mean_length(curves), participation(sums), differing(sums),
          1 - repetition(Pattern(curves))};
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {
namespace {

/// Where `value` lies between nothing and enough: 0 to 1.
double share(double value, double nothing, double enough) {
  return std::clamp((value - nothing) / (enough - nothing), 0.0, 1.0);
}

}  // namespace

HWY_EXPORT(information);

Information information(const Samples& samples, const Cells& cells) {
  return HWY_DYNAMIC_DISPATCH(information)(samples, cells);
}

int quality(const Information& information) {
  return static_cast<int>(
      100 * share(information.detail, 1, 9) * share(information.spread, .20, .36) *
      share(information.variety, .08, .16) * share(information.novelty, .25, .45));
}

}  // namespace reseau::detail
#endif
