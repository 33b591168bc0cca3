/// From gradient cells to the grid signature: a trained linear projection that respects symmetry.
///
/// Turning, mirroring or inverting a picture only reorders its cells. So the 576 cell values are
/// split into ten sectors by how they behave under a mirror image, a picture upside down, a
/// transposed one and a negative; each sector has a projection of its own (Fisher's discriminant,
/// 1936, trained by bench/train). A view then only flips the signs of values, and swaps some.
/// docs/signature.md has the formulas.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <reseau/view.h>

#include "hash/cells.h"

namespace reseau::detail {

inline constexpr int kGridValues = 96;
using GridValues = std::array<std::int8_t, kGridValues>;

/// What becomes of a sector's components when the picture is mirrored left-right (h), put upside
/// down (v), transposed (t) and inverted (n): 1 they stay, -1 they change their sign. t = 0: they
/// come in pairs that transposing swaps; h and v hold for the first of a pair, and change places
/// for the second.
struct Sector {
  int h, v, t, n;
};
inline constexpr std::array<Sector, 10> kSectors = {{
    {1, 1, 1, 1},
    {1, 1, 1, -1},
    {1, 1, -1, 1},
    {1, 1, -1, -1},
    {-1, -1, 1, 1},
    {-1, -1, 1, -1},
    {-1, -1, -1, 1},
    {-1, -1, -1, -1},
    {-1, 1, 0, 1},
    {-1, 1, 0, -1},
}};
inline constexpr std::size_t kSingles = 8;  ///< the first so many; the others are of pairs
inline constexpr int kSingleSize = 36;
inline constexpr int kPairedSize = 72;

/// Normalised cells, split: whole numbers. Of a single sector, sums over orbits of 16 cells; of a
/// paired one, sums over orbits of 8, [first or second of the pair].
struct Folded {
  std::array<std::array<std::int32_t, kSingleSize>, kSingles> singles;
  std::array<std::array<std::array<std::int32_t, kPairedSize>, 2>, kSectors.size() - kSingles>
      paired;
};

/// One is this many units of Folded.
inline constexpr int kCellUnit = 1 << 14;

/// Each cell's share of the sum of all, its square root in kCellUnits, then the sums. All zero for
/// cells that are all zero.
[[nodiscard]] Folded fold(const Cells& cells);

/// Before it is rounded.
using GridVector = std::array<double, kGridValues>;
[[nodiscard]] GridVector project_unrounded(const Folded& folded);

/// The signature: projected, made a vector of length kGridLength, rounded. All zero for all zero.
[[nodiscard]] GridValues project(const Folded& folded);
inline constexpr double kGridLength = 317.5;

/// The signature of the picture as `view` shows it; exactly.
[[nodiscard]] GridValues seen(const GridValues& values, const View& view);

/// What is trained; src/hash/projection_table.cpp.
struct ProjectionTable {
  std::array<int, kSectors.size()> columns;       ///< of each sector; a pair's has two values
  std::array<std::int32_t, kSingleSize> mean;     ///< of sector 0; of the others it is zero
  std::span<const std::int16_t> coefficients;     ///< sector by sector, column by column
  std::array<std::int32_t, kGridValues> squares;  ///< of each value of a picture, in the mean
};
extern const ProjectionTable kProjectionTable;

}  // namespace reseau::detail
