// Compiled once for every instruction set that Highway knows here, as pool.cpp.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "hash/box_filter.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "hash/box_filter.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

/// `sums / count`. Where that is a power of two, its inverse gives the same bits sooner.
inline void divide(const float* sums, std::size_t length, int count, float* HWY_RESTRICT out) {
  const auto by = static_cast<float>(count);
  if ((count & (count - 1)) == 0) {
    const float inverse = 1.0F / by;
    for (std::size_t i = 0; i < length; ++i) out[i] = sums[i] * inverse;
  } else {
    for (std::size_t i = 0; i < length; ++i) out[i] = sums[i] / by;
  }
}

void add(const float* row, std::size_t length, float* HWY_RESTRICT sums) {
  for (std::size_t i = 0; i < length; ++i) sums[i] += row[i];
}
void subtract(const float* row, std::size_t length, float* HWY_RESTRICT sums) {
  for (std::size_t i = 0; i < length; ++i) sums[i] -= row[i];
}

/// Value by value of all rows: [value][row].
void interleave(const float* rows, std::size_t width, float* HWY_RESTRICT out) {
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t r = 0; r < kRowsAtOnce; ++r) out[x * kRowsAtOnce + r] = rows[r * width + x];
  }
}

/// Calls `write(x, sums, count)` for each value, in their order.
template <typename Write>
inline void run_along(const float* values, std::size_t width, int window, const Write& write) {
  const auto reach = static_cast<std::size_t>(window);
  const std::size_t lead = (reach + 2) / 2 - 1;
  std::array<float, kRowsAtOnce> sums{};
  int count = 0;
  for (std::size_t step = 0; step < width + lead; ++step) {
    if (step < width) {
      const float* const entering = values + step * kRowsAtOnce;
      for (std::size_t r = 0; r < kRowsAtOnce; ++r) sums[r] += entering[r];
      ++count;
    }
    if (step >= reach) {
      const float* const leaving = values + (step - reach) * kRowsAtOnce;
      for (std::size_t r = 0; r < kRowsAtOnce; ++r) sums[r] -= leaving[r];
      --count;
    }
    if (step >= lead) write(step - lead, sums.data(), count);
  }
}

void filter_rows(const float* rows, std::size_t width, int window, float* scratch, float* out) {
  interleave(rows, width, scratch);
  float* const filtered = scratch + width * kRowsAtOnce;
  run_along(scratch, width, window, [filtered](std::size_t x, const float* sums, int count) {
    divide(sums, kRowsAtOnce, count, filtered + x * kRowsAtOnce);
  });
  for (std::size_t r = 0; r < kRowsAtOnce; ++r) {
    for (std::size_t x = 0; x < width; ++x) out[r * width + x] = filtered[x * kRowsAtOnce + r];
  }
}

void filter_rows_kept(const float* rows, std::size_t width, int window,
                      const std::array<int, kPdqSamples>& kept, float* scratch, float* out) {
  interleave(rows, width, scratch);
  std::size_t next = 0;
  run_along(scratch, width, window, [&](std::size_t x, const float* sums, int count) {
    std::array<float, kRowsAtOnce> means;
    // A short row is kept more than once.
    for (; next < kept.size() && static_cast<std::size_t>(kept[next]) == x; ++next) {
      divide(sums, kRowsAtOnce, count, means.data());
      for (std::size_t r = 0; r < kRowsAtOnce; ++r) out[r * kPdqSamples + next] = means[r];
    }
  });
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {

HWY_EXPORT(divide);
HWY_EXPORT(add);
HWY_EXPORT(subtract);
HWY_EXPORT(filter_rows);
HWY_EXPORT(filter_rows_kept);

std::array<int, kPdqSamples> pdq_kept(int length) {
  std::array<int, kPdqSamples> kept{};
  for (std::size_t i = 0; i < kept.size(); ++i) {
    kept[i] = static_cast<int>((static_cast<double>(i) + 0.5) * length / kPdqSamples);
  }
  return kept;
}

ColumnFilter::ColumnFilter(std::size_t width, int window)
    : width_(width),
      window_(window),
      lead_((window + 2) / 2 - 1),
      sum_(width),
      last_(width * static_cast<std::size_t>(window)) {}

ColumnFilter::~ColumnFilter() {
  explicit_bzero(sum_.data(), sum_.size() * sizeof(float));
  explicit_bzero(last_.data(), last_.size() * sizeof(float));
}

bool ColumnFilter::push(const float* row, float* out) {
  HWY_DYNAMIC_DISPATCH(add)(row, width_, sum_.data());
  ++count_;
  ++rows_;
  std::copy_n(row, width_, leave());
  return emit(out);
}

bool ColumnFilter::finish(float* out) {
  if (steps_ >= rows_ + lead_) return false;
  leave();
  return emit(out);
}

// The row that leaves the window, if one does; gives where it stands.
float* ColumnFilter::leave() {
  float* const row = &last_[static_cast<std::size_t>(steps_ % window_) * width_];
  if (steps_ >= window_) {
    HWY_DYNAMIC_DISPATCH(subtract)(row, width_, sum_.data());
    --count_;
  }
  return row;
}

bool ColumnFilter::emit(float* out) {
  if (steps_++ < lead_) return false;
  HWY_DYNAMIC_DISPATCH(divide)(sum_.data(), width_, count_, out);
  return true;
}

void filter_rows(const float* rows, std::size_t width, int window, float* scratch, float* out) {
  HWY_DYNAMIC_DISPATCH(filter_rows)(rows, width, window, scratch, out);
}

void filter_rows_kept(const float* rows, std::size_t width, int window,
                      const std::array<int, kPdqSamples>& kept, float* scratch, float* out) {
  HWY_DYNAMIC_DISPATCH(filter_rows_kept)(rows, width, window, kept, scratch, out);
}

}  // namespace reseau::detail
#endif
