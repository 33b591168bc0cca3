/// How far apart pictures were found to be, counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reseau::evaluation {

inline constexpr int kNotCompared = -1;  ///< a side was refused for its quality

/// How many comparisons came out at each distance; `kBins` bins of `width`.
struct Histogram {
  int width = 1;
  std::vector<std::uint64_t> bins;
  std::uint64_t comparisons = 0;

  Histogram(int bin_width, std::size_t count) : width(bin_width), bins(count) {}
  void add(int distance);
  void add(const Histogram& other);
  /// How many were at most so far apart; exact at the end of a bin, and otherwise too few.
  [[nodiscard]] std::uint64_t within(int distance) const;
};

}  // namespace reseau::evaluation
