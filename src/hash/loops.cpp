// Compiled once for every instruction set that Highway knows here. What is in between is left to
// the compiler's vectoriser.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "hash/loops.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include <array>

#include "hash/loops.h"
#include "hash/plane.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

void add_weighted(const std::uint16_t* row, std::uint32_t weight, std::size_t count,
                  std::uint32_t* HWY_RESTRICT sums) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += weight * row[i];
}

// Of a few pixels, as most pictures have between two edges: a loop would be vectorised, and take
// three times as long.
inline std::uint64_t sum_of(const std::uint32_t* from, std::size_t count) {
  std::uint64_t sum = 0;
  for (; count >= 4; count -= 4, from += 4) {
    sum += std::uint64_t{from[0]} + from[1] + (std::uint64_t{from[2]} + from[3]);
  }
  if (count & 2) {
    sum += std::uint64_t{from[0]} + from[1];
    from += 2;
  }
  return count & 1 ? sum + *from : sum;
}

void add_up(const std::uint32_t* pixels, std::span<const Edge> rights, double scale,
            std::uint16_t* HWY_RESTRICT out) {
  constexpr std::size_t kMost = 256;
  std::array<std::int64_t, kMost> sums;
  const std::size_t parts = rights.size();
  std::uint32_t left = 0;
  std::uint64_t over = 0;  // of the pixel at `left`, what lies before the part
  for (std::size_t i = 0; i < parts; ++i) {
    const Edge& right = rights[i];
    std::uint64_t sum = sum_of(pixels + left, right.whole - left) * parts - over;
    left = right.whole;
    over = right.share == 0 ? 0 : std::uint64_t{right.share} * pixels[left];
    sums[i] = static_cast<std::int64_t>(sum + over);
  }
  for (std::size_t i = 0; i < parts; ++i) {
    const double rounded = static_cast<double>(sums[i]) * scale + 0.5;
    out[i] = static_cast<std::uint16_t>(static_cast<std::int32_t>(rounded));
  }
}

void interpolate(const std::uint32_t* above, const std::uint32_t* below, std::int64_t down,
                 std::span<const std::int64_t> xs, std::int64_t* HWY_RESTRICT out) {
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const std::int64_t pixel = xs[i] / kPlaneUnit;
    const std::int64_t right = xs[i] % kPlaneUnit;
    const auto along = [&](const std::uint32_t* sums) {
      // Behind the last pixel there is none, and nothing of it is wanted.
      return std::int64_t{sums[pixel]} * (kPlaneUnit - right) +
             (right == 0 ? 0 : std::int64_t{sums[pixel + 1]} * right);
    };
    out[i] = along(above) * (kPlaneUnit - down) + along(below) * down;
  }
}

void multiply(const std::int16_t* coefficients, std::size_t columns, const std::int32_t* values,
              std::size_t size, std::int64_t* HWY_RESTRICT sums) {
  for (std::size_t c = 0; c < columns; ++c, coefficients += size) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += std::int64_t{coefficients[i]} * values[i];
    sums[c] = sum;
  }
}

std::int32_t dot(const std::int16_t* a, const std::int16_t* b, std::size_t rows,
                 std::size_t columns, std::size_t apart) {
  std::int32_t sum = 0;
  for (std::size_t y = 0; y < rows; ++y, a += apart, b += apart) {
    for (std::size_t x = 0; x < columns; ++x) sum += std::int32_t{a[x]} * b[x];
  }
  return sum;
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {

HWY_EXPORT(add_weighted);
HWY_EXPORT(add_up);
HWY_EXPORT(interpolate);
HWY_EXPORT(multiply);
HWY_EXPORT(dot);

void add_weighted(const std::uint16_t* row, std::uint32_t weight, std::size_t count,
                  std::uint32_t* sums) {
  HWY_DYNAMIC_DISPATCH(add_weighted)(row, weight, count, sums);
}

void add_up(const std::uint32_t* pixels, std::span<const Edge> rights, double scale,
            std::uint16_t* out) {
  HWY_DYNAMIC_DISPATCH(add_up)(pixels, rights, scale, out);
}

void interpolate(const std::uint32_t* above, const std::uint32_t* below, std::int64_t down,
                 std::span<const std::int64_t> xs, std::int64_t* out) {
  HWY_DYNAMIC_DISPATCH(interpolate)(above, below, down, xs, out);
}

void multiply(const std::int16_t* coefficients, std::size_t columns, const std::int32_t* values,
              std::size_t size, std::int64_t* sums) {
  HWY_DYNAMIC_DISPATCH(multiply)(coefficients, columns, values, size, sums);
}

std::int32_t dot(const std::int16_t* a, const std::int16_t* b, std::size_t rows,
                 std::size_t columns, std::size_t apart) {
  return HWY_DYNAMIC_DISPATCH(dot)(a, b, rows, columns, apart);
}

}  // namespace reseau::detail
#endif
