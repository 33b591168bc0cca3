/// PDQ's blur: two rounds of a box filter along rows, then columns, and 64 x 64 samples of that.
///
/// Jarosz, "Fast Image Convolutions", 2001. Row by row, so that it needs no second picture; rows
/// are filtered many at a time. Bits are those of Meta's reference: sums run from the left and the
/// top, adding what enters before taking off what leaves, since floats remember their order.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace reseau::detail {

inline constexpr std::size_t kPdqSamples = 64;  ///< a side

/// Which of `length` values are kept: the middle of each of 64 equal bands.
[[nodiscard]] std::array<int, kPdqSamples> pdq_kept(int length);

/// A box filter down the columns, fed row by row. Each output is the mean of a window of rows,
/// smaller at the ends.
class ColumnFilter {
 public:
  ColumnFilter(std::size_t width, int window);
  ~ColumnFilter();
  ColumnFilter(const ColumnFilter&) = delete;
  ColumnFilter& operator=(const ColumnFilter&) = delete;

  /// Puts the next output row into `out`, if there is one by now. Both hold `width` values.
  bool push(const float* row, float* out);
  /// The same after the last row: true until all rows have come out.
  bool finish(float* out);

 private:
  bool step(const float* entering, float* out);

  std::size_t width_;
  int window_;
  int lead_;  // rows read before the first is written
  int count_ = 0;
  int rows_ = 0;
  int steps_ = 0;
  std::vector<float> sum_;
  std::vector<float> last_;  // `window` rows
};

/// As many rows are filtered at once.
inline constexpr std::size_t kRowsAtOnce = 32;

[[nodiscard]] constexpr std::size_t filter_scratch(std::size_t width) {
  return kRowsAtOnce * (width + std::max(width, kPdqSamples));
}

/// From one row to the next: an odd number of cache lines. With a power of two, as of the 512
/// pixels that large pictures are sampled to, all rows would fall into the same few sets of the
/// cache.
[[nodiscard]] constexpr std::size_t filter_stride(std::size_t width) {
  constexpr std::size_t kLine = 16;  // floats
  return ((width + kLine - 1) / kLine | 1) * kLine;
}

/// Filters kRowsAtOnce rows of `width` values, each filter_stride() behind the one before, along
/// themselves, and puts them into `out` likewise. `scratch` holds filter_scratch() values.
void filter_rows(const float* rows, std::size_t width, int window, float* scratch, float* out);
/// The same, of which only the kept values are written, kPdqSamples a row.
void filter_rows_kept(const float* rows, std::size_t width, int window,
                      const std::array<int, kPdqSamples>& kept, float* scratch, float* out);

}  // namespace reseau::detail
