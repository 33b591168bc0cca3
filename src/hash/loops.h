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

/// The sums of a line of pixels over consecutive parts, each `sum * scale + 0.5` cut to a whole
/// number. Sums are in the units of a share.
/// Requires: at most 256 parts, of at most 65,535 pixels below 2^31; what is written is below 2^16.
void add_up(const std::uint32_t* pixels, std::span<const Edge> rights, double scale,
            std::uint16_t* out);

/// Between the four corners of integral rows that are about a place: as Plane::integral has it, in
/// its units. Requires: the rows' values are below 2^31.
void interpolate(const std::uint32_t* above, const std::uint32_t* below, std::int64_t down,
                 std::span<const std::int64_t> xs, std::int64_t* out);

/// The dot product of each column of `size` coefficients with the values. `sums` has a place for
/// each.
void multiply(const std::int16_t* coefficients, std::size_t columns, const std::int32_t* values,
              std::size_t size, std::int64_t* sums);

/// Of two blocks of numbers with rows so far apart, all of which lie within 1,000 of 0.
/// Requires: at most 2,147 numbers a block.
[[nodiscard]] std::int32_t dot(const std::int16_t* a, const std::int16_t* b, std::size_t rows,
                               std::size_t columns, std::size_t apart);

}  // namespace reseau::detail
