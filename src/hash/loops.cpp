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

namespace hn = hwy::HWY_NAMESPACE;

void add_weighted(const std::uint16_t* row, std::uint32_t weight, std::size_t count,
                  std::uint32_t* HWY_RESTRICT sums) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += weight * row[i];
}

inline void interleave(const std::uint32_t* lines, std::size_t count, std::uint32_t* out) {
  const hn::ScalableTag<std::uint32_t> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  const auto line = [&](std::size_t number) { return lines + number * count + i; };
  for (; i + lanes <= count; i += lanes) {
    hn::StoreInterleaved4(hn::LoadU(d, line(0)), hn::LoadU(d, line(1)), hn::LoadU(d, line(2)),
                          hn::LoadU(d, line(3)), d, out + kLines * i);
  }
  for (; i < count; ++i) {
    for (std::size_t number = 0; number < kLines; ++number)
      out[kLines * i + number] = *line(number);
  }
}

// A lane is a line: between two edges there are but a few pixels. Doubles hold all sums exactly.
void add_up(const std::uint32_t* lines, std::size_t count, std::span<const Edge> rights,
            double scale, std::uint32_t* scratch, std::uint16_t* HWY_RESTRICT out) {
  constexpr std::size_t kMost = 256;
  const hn::CappedTag<double, kLines> d;
  const hn::Rebind<std::int32_t, decltype(d)> d32;
  using Vector = hn::Vec<decltype(d)>;
  interleave(lines, count, scratch);
  std::array<std::int32_t, kLines * kMost> rounded;
  const std::size_t parts = rights.size();
  const Vector unit = hn::Set(d, static_cast<double>(parts));
  const Vector scales = hn::Set(d, scale);
  const Vector half = hn::Set(d, 0.5);
  for (std::size_t line = 0; line < kLines; line += hn::Lanes(d)) {
    const auto pixel = [&](std::size_t x) {
      return hn::PromoteTo(d, hn::BitCast(d32, hn::LoadU(hn::RebindToUnsigned<decltype(d32)>(),
                                                         scratch + kLines * x + line)));
    };
    Vector over = hn::Zero(d);  // of the pixel at `left`, what lies before the part
    std::size_t left = 0;
    for (std::size_t i = 0; i < parts; ++i) {
      Vector whole = hn::Zero(d);
      for (; left < rights[i].whole; ++left) whole = hn::Add(whole, pixel(left));
      Vector sum = hn::Sub(hn::Mul(whole, unit), over);
      over = hn::Zero(d);
      if (rights[i].share != 0) over = hn::Mul(hn::Set(d, rights[i].share), pixel(left));
      sum = hn::Add(sum, over);
      hn::StoreU(hn::DemoteTo(d32, hn::Add(hn::Mul(sum, scales), half)), d32,
                 &rounded[kLines * i + line]);
    }
  }
  for (std::size_t line = 0; line < kLines; ++line) {
    for (std::size_t i = 0; i < parts; ++i) {
      out[line * parts + i] = static_cast<std::uint16_t>(rounded[kLines * i + line]);
    }
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

// Written for the vectoriser: what std::clamp and std::min return would hide from it.
template <typename Number>
inline Number within(Number value, Number least, Number most) {
  const Number raised = value < least ? least : value;
  return most < raised ? most : raised;
}

void means(const Integral& plane, const double* xs, const double* ys, std::size_t count,
           double width, double height, double* HWY_RESTRICT out) {
  const double right_end = plane.width;
  const double bottom_end = plane.height;
  const double pixels = width * height * kLumaUnit;
  const std::int32_t apart = plane.width + 1;
  // Between four corners, first across and then down.
  const auto at = [&](double x, double y) {
    const auto whole_x = static_cast<std::int32_t>(x);
    const auto whole_y = static_cast<std::int32_t>(y);
    const std::int32_t column = whole_x < plane.width - 1 ? whole_x : plane.width - 1;
    const std::int32_t row = whole_y < plane.height - 1 ? whole_y : plane.height - 1;
    const double right = x - column;
    const double down = y - row;
    const std::int32_t place = row * apart + column;
    const auto sum = [&](std::int32_t i) {
      return static_cast<double>(static_cast<std::int32_t>(plane.sums[i]));
    };
    const double upper = sum(place) + (sum(place + 1) - sum(place)) * right;
    const double lower = sum(place + apart) + (sum(place + apart + 1) - sum(place + apart)) * right;
    return upper + (lower - upper) * down;
  };
  for (std::size_t i = 0; i < count; ++i) {
    const double left = within(xs[i] - width / 2, 0.0, right_end - width);
    const double top = within(ys[i] - height / 2, 0.0, bottom_end - height);
    const double right = left + width < right_end ? left + width : right_end;
    const double bottom = top + height < bottom_end ? top + height : bottom_end;
    out[i] = ((at(right, bottom) - at(left, bottom)) - (at(right, top) - at(left, top))) / pixels;
  }
}

void walk(const Grid& grid, const Line& line, std::span<double> out) {
  double* HWY_RESTRICT to = out.data();
  const auto right = static_cast<float>(grid.columns - 1);
  const auto bottom = static_cast<float>(grid.rows - 1);
  for (int i = 0; i < static_cast<int>(out.size()); ++i) {
    const float x = within(line.x + static_cast<float>(i) * line.dx, 0.0F, right);
    const float y = within(line.y + static_cast<float>(i) * line.dy, 0.0F, bottom);
    const auto column = static_cast<std::int32_t>(x);
    const auto row = static_cast<std::int32_t>(y);
    const float share_x = x - static_cast<float>(column);
    const float share_y = y - static_cast<float>(row);
    const std::int32_t place = row * grid.columns + column;
    const std::int32_t next = x < right ? 1 : 0;
    const std::int32_t below = y < bottom ? grid.columns : 0;
    const auto along = [&](std::int32_t from) {
      return grid.means[from] + (grid.means[from + next] - grid.means[from]) * share_x;
    };
    to[i] = along(place) + (along(place + below) - along(place)) * share_y;
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

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {

HWY_EXPORT(add_weighted);
HWY_EXPORT(add_up);
HWY_EXPORT(interpolate);
HWY_EXPORT(means);
HWY_EXPORT(walk);
HWY_EXPORT(multiply);

void add_weighted(const std::uint16_t* row, std::uint32_t weight, std::size_t count,
                  std::uint32_t* sums) {
  HWY_DYNAMIC_DISPATCH(add_weighted)(row, weight, count, sums);
}

void add_up(const std::uint32_t* lines, std::size_t count, std::span<const Edge> rights,
            double scale, std::uint32_t* scratch, std::uint16_t* out) {
  HWY_DYNAMIC_DISPATCH(add_up)(lines, count, rights, scale, scratch, out);
}

void interpolate(const std::uint32_t* above, const std::uint32_t* below, std::int64_t down,
                 std::span<const std::int64_t> xs, std::int64_t* out) {
  HWY_DYNAMIC_DISPATCH(interpolate)(above, below, down, xs, out);
}

void means(const Integral& plane, const double* xs, const double* ys, std::size_t count,
           double width, double height, double* out) {
  HWY_DYNAMIC_DISPATCH(means)(plane, xs, ys, count, width, height, out);
}

void walk(const Grid& grid, const Line& line, std::span<double> out) {
  HWY_DYNAMIC_DISPATCH(walk)(grid, line, out);
}

void multiply(const std::int16_t* coefficients, std::size_t columns, const std::int32_t* values,
              std::size_t size, std::int64_t* sums) {
  HWY_DYNAMIC_DISPATCH(multiply)(coefficients, columns, values, size, sums);
}

}  // namespace reseau::detail
#endif
