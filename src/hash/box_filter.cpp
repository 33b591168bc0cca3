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

namespace hn = hwy::HWY_NAMESPACE;

/// `sums / count`. Where that is a power of two, its inverse gives the same bits sooner.
template <typename D, typename V = hn::Vec<D>>
inline V mean(D d, V sums, int count) {
  const auto by = static_cast<float>(count);
  if ((count & (count - 1)) == 0) return hn::Mul(sums, hn::Set(d, 1.0F / by));
  return hn::Div(sums, hn::Set(d, by));
}

void divide(const float* sums, std::size_t length, int count, float* HWY_RESTRICT out) {
  const hn::ScalableTag<float> d;
  const hn::CappedTag<float, 1> one;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= length; i += hn::Lanes(d))
    hn::StoreU(mean(d, hn::LoadU(d, sums + i), count), d, out + i);
  for (; i < length; ++i) hn::StoreU(mean(one, hn::LoadU(one, sums + i), count), one, out + i);
}

/// One step down: `entering`, which may be null, is added to the sums and kept in `slot`, whose row
/// is taken off them first if it `leaves`.
void step_down(const float* entering, bool leaves, std::size_t width, float* HWY_RESTRICT slot,
               float* HWY_RESTRICT sums) {
  if (entering == nullptr) {
    for (std::size_t i = 0; leaves && i < width; ++i) sums[i] -= slot[i];
  } else if (leaves) {
    for (std::size_t i = 0; i < width; ++i) {
      const float with = sums[i] + entering[i];
      sums[i] = with - slot[i];
      slot[i] = entering[i];
    }
  } else {
    for (std::size_t i = 0; i < width; ++i) {
      sums[i] += entering[i];
      slot[i] = entering[i];
    }
  }
}

#if HWY_TARGET != HWY_SCALAR
/// Four by four of turn().
inline void turn_four(const float* from, std::size_t from_stride, float* HWY_RESTRICT to,
                      std::size_t to_stride) {
  const hn::FixedTag<float, 4> four;
  const auto a = hn::LoadU(four, from);
  const auto b = hn::LoadU(four, from + from_stride);
  const auto c = hn::LoadU(four, from + 2 * from_stride);
  const auto d = hn::LoadU(four, from + 3 * from_stride);
  const auto first_ab = hn::InterleaveLower(four, a, b);
  const auto first_cd = hn::InterleaveLower(four, c, d);
  const auto last_ab = hn::InterleaveUpper(four, a, b);
  const auto last_cd = hn::InterleaveUpper(four, c, d);
  hn::StoreU(hn::ConcatLowerLower(four, first_cd, first_ab), four, to);
  hn::StoreU(hn::ConcatUpperUpper(four, first_cd, first_ab), four, to + to_stride);
  hn::StoreU(hn::ConcatLowerLower(four, last_cd, last_ab), four, to + 2 * to_stride);
  hn::StoreU(hn::ConcatUpperUpper(four, last_cd, last_ab), four, to + 3 * to_stride);
}
#endif

/// Rows become columns: `to[x * to_stride + y] = from[y * from_stride + x]`.
inline void turn(const float* from, std::size_t rows, std::size_t columns, std::size_t from_stride,
                 float* HWY_RESTRICT to, std::size_t to_stride) {
  std::size_t rows_done = 0;
  std::size_t columns_done = 0;
#if HWY_TARGET != HWY_SCALAR
  rows_done = rows / 4 * 4;
  columns_done = columns / 4 * 4;
  for (std::size_t x = 0; x < columns_done; x += 4) {
    for (std::size_t y = 0; y < rows_done; y += 4)
      turn_four(from + y * from_stride + x, from_stride, to + x * to_stride + y, to_stride);
  }
#endif
  for (std::size_t x = 0; x < columns; ++x) {
    for (std::size_t y = x < columns_done ? rows_done : 0; y < rows; ++y)
      to[x * to_stride + y] = from[y * from_stride + x];
  }
}

/// Calls `write(x, low, high, count)` for each value of two vectors of rows, in their order, with
/// the sums of the `count` values around it. Two, since each sum waits for the one before.
template <typename D, typename Write>
inline void run_along(D d, const float* values, std::size_t width, int window, const Write& write) {
  const auto reach = static_cast<std::size_t>(window);
  const std::size_t lead = (reach + 2) / 2 - 1;
  const std::size_t lanes = hn::Lanes(d);
  auto low = hn::Zero(d);
  auto high = hn::Zero(d);
  int count = 0;
  for (std::size_t step = 0; step < width + lead; ++step) {
    if (step < width) {
      const float* const entering = values + step * kRowsAtOnce;
      low = hn::Add(low, hn::LoadU(d, entering));
      high = hn::Add(high, hn::LoadU(d, entering + lanes));
      ++count;
    }
    if (step >= reach) {
      const float* const leaving = values + (step - reach) * kRowsAtOnce;
      low = hn::Sub(low, hn::LoadU(d, leaving));
      high = hn::Sub(high, hn::LoadU(d, leaving + lanes));
      --count;
    }
    if (step >= lead) write(step - lead, low, high, count);
  }
}

using Rows = hn::CappedTag<float, kRowsAtOnce / 2>;

void filter_rows(const float* rows, std::size_t width, int window, float* scratch, float* out) {
  const Rows d;
  const std::size_t lanes = hn::Lanes(d);
  turn(rows, kRowsAtOnce, width, filter_stride(width), scratch, kRowsAtOnce);
  float* const filtered = scratch + width * kRowsAtOnce;
  for (std::size_t r = 0; r < kRowsAtOnce; r += 2 * lanes) {
    run_along(d, scratch + r, width, window, [&](std::size_t x, auto low, auto high, int count) {
      float* const to = filtered + x * kRowsAtOnce + r;
      hn::StoreU(mean(d, low, count), d, to);
      hn::StoreU(mean(d, high, count), d, to + lanes);
    });
  }
  turn(filtered, width, kRowsAtOnce, kRowsAtOnce, out, filter_stride(width));
}

void filter_rows_kept(const float* rows, std::size_t width, int window,
                      const std::array<int, kPdqSamples>& kept, float* scratch, float* out) {
  const Rows d;
  const std::size_t lanes = hn::Lanes(d);
  turn(rows, kRowsAtOnce, width, filter_stride(width), scratch, kRowsAtOnce);
  float* const filtered = scratch + width * kRowsAtOnce;
  for (std::size_t r = 0; r < kRowsAtOnce; r += 2 * lanes) {
    std::size_t next = 0;
    run_along(d, scratch + r, width, window, [&](std::size_t x, auto low, auto high, int count) {
      // A short row is kept more than once.
      for (; next < kept.size() && static_cast<std::size_t>(kept[next]) == x; ++next) {
        float* const to = filtered + next * kRowsAtOnce + r;
        hn::StoreU(mean(d, low, count), d, to);
        hn::StoreU(mean(d, high, count), d, to + lanes);
      }
    });
  }
  turn(filtered, kPdqSamples, kRowsAtOnce, kRowsAtOnce, out, kPdqSamples);
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {

HWY_EXPORT(divide);
HWY_EXPORT(step_down);
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
  ++rows_;
  return step(row, out);
}

bool ColumnFilter::finish(float* out) { return steps_ < rows_ + lead_ && step(nullptr, out); }

bool ColumnFilter::step(const float* entering, float* out) {
  float* const slot = &last_[static_cast<std::size_t>(steps_ % window_) * width_];
  const bool leaves = steps_ >= window_;
  HWY_DYNAMIC_DISPATCH(step_down)(entering, leaves, width_, slot, sum_.data());
  count_ += (entering != nullptr ? 1 : 0) - (leaves ? 1 : 0);
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
