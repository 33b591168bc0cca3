/// Made-up copies of vectors at a distance that is asked for: what an approximate search is held
/// against.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "core/distance.h"

namespace reseau::detail {

/// The same from a seed on every machine.
class Displaced {
 public:
  explicit Displaced(std::uint64_t seed) : random_(seed) {}

  /// Moves `row`, values from -128 to 127, by the root of `squared` in a direction of chance, but
  /// for rounding, which adds about a twelfth a value, give or take 2 sqrt(squared / 12).
  void move(std::span<std::uint8_t> row, int squared) {
    std::vector<double> by(row.size());
    double squares = 0;
    for (double& value : by) {
      value = normal();
      squares += value * value;
    }
    const double scale = squares > 0 ? std::sqrt(squared / squares) : 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double value = std::round(static_cast<std::int8_t>(row[i]) + scale * by[i]);
      row[i] =
          static_cast<std::uint8_t>(static_cast<std::int8_t>(std::clamp(value, -128.0, 127.0)));
    }
  }

  /// The same by nearly `limit`, and no further: rounding may take it there, so that it is tried
  /// again.
  void move_within(std::span<std::uint8_t> row, int limit) {
    const std::vector<std::uint8_t> start(row.begin(), row.end());
    for (int squared = limit - limit / 32; squared > 0; squared -= squared / 16 + 1) {
      move(row, squared);
      if (squared_l2(Bytes(start), Bytes(row)) <= limit) return;
      std::copy(start.begin(), start.end(), row.begin());
    }
  }

 private:
  /// Nearly: the sum of eight bytes.
  double normal() {
    const std::uint64_t eight = random_();
    int sum = 0;
    for (int i = 0; i < 64; i += 8) sum += static_cast<int>(eight >> i & 0xff);
    return sum - 1020;
  }

  std::mt19937_64 random_;
};

}  // namespace reseau::detail
