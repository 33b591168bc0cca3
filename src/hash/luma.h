/// Pixels of any layout, read as luma: BT.601, 0.299 R + 0.587 G + 0.114 B.
#pragma once

#include <cstdint>
#include <span>

#include <reseau/image.h>

namespace reseau::detail {

/// Luma of the pixels `columns` of row `y`, in floats, 0 to 255. Grey pixels are their own luma.
/// The three products are added in the order R, G, B, in single precision, as PDQ's reference does.
/// Requires: columns rise and lie within the image; out.size() == columns.size().
void luma_floats(const ImageView& image, int y, std::span<const int> columns, std::span<float> out);

/// Luma of all of row `y` in 64ths of a level, 0 to 16,320: (19595 R + 38470 G + 7471 B) / 1024,
/// rounded; of floats, the nearest.
/// Requires: out.size() == image.width.
void luma_units(const ImageView& image, int y, std::span<std::uint16_t> out);

}  // namespace reseau::detail
