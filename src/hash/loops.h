/// The inner loops of hashing: plain code, compiled once for every instruction set and chosen when
/// the program runs. Sums of whole numbers, and roundings in the order written, so that no choice
/// gives another result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace reseau::detail {

/// `sums[i] += weight * row[i]`, modulo 2^32.
void add_weighted(const std::uint16_t* row, std::uint32_t weight, std::size_t count,
                  std::uint32_t* sums);

/// Where a part of a line of pixels ends: behind so many, and a share of the next, in units of one
/// in as many as there are parts.
struct Edge {
  std::uint32_t whole;
  std::uint32_t share;
};

/// Lines that add_up takes at a time.
inline constexpr std::size_t kLines = 4;

/// Sums of lines of pixels over consecutive parts, each `sum * scale + 0.5` cut to a whole number.
/// Sums are in the units of a share. `lines` are kLines of `count` pixels, one behind the other;
/// `out` gets as many lines of `rights.size()` parts. `scratch` is of the size of `lines`.
/// Requires: at most 256 parts, of at most 65,535 pixels below 2^31; what is written is below 2^16.
void add_up(const std::uint32_t* lines, std::size_t count, std::span<const Edge> rights,
            double scale, std::uint32_t* scratch, std::uint16_t* out);

/// Between the four corners of integral rows that are about a place: as Plane::integral has it, in
/// its units. Requires: the rows' values are below 2^31.
void interpolate(const std::uint32_t* above, const std::uint32_t* below, std::int64_t down,
                 std::span<const std::int64_t> xs, std::int64_t* out);

/// What a plane's sums are, for loops.
struct Integral {
  const std::uint32_t* sums;  ///< (width + 1) x (height + 1), below 2^31
  int width, height;
};

/// Means of levels over upright rectangles of one size about the places (x, y), in pixels; each is
/// moved into the plane where it reaches out of it.
/// Requires: 0 < width, height, and no more than the plane's. Places are finite.
void means(const Integral& plane, const double* xs, const double* ys, std::size_t count,
           double width, double height, double* out);

/// Means at the crossings of a grid.
struct Grid {
  const float* means;
  int columns, rows;
};
/// From a place of a grid in equal steps.
struct Line {
  float x, y, dx, dy;
};
/// What lies between the four crossings about each place; beyond the grid its outermost go on.
/// Requires: places are finite. Not the same on every machine to the last bit.
void walk(const Grid& grid, const Line& line, std::span<double> out);

/// The dot product of each column of `size` coefficients with the values. `sums` has a place for
/// each.
void multiply(const std::int16_t* coefficients, std::size_t columns, const std::int32_t* values,
              std::size_t size, std::int64_t* sums);

}  // namespace reseau::detail
