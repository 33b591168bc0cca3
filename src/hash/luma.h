/// Pixels of any layout, read as luma: BT.601, 0.299 R + 0.587 G + 0.114 B.
#pragma once

#include <cstdint>
#include <span>

#include <reseau/image.h>

namespace reseau::detail {

/// Luma of the pixels `columns` of row `y`, in floats, 0 to 255. Grey pixels are their own luma.
/// The three products are added in the order R, G, B, in single precision, as PDQ's reference does.
/// Requires: columns within the image; out.size() == columns.size().
void luma_floats(const ImageView& image, int y, std::span<const int> columns, std::span<float> out);

/// Luma of all of row `y` in thousandths of a level, 0 to 255,000: exact for 8-bit layouts, where
/// 299 R + 587 G + 114 B is a whole number.
/// Requires: out.size() == image.width.
void luma_thousandths(const ImageView& image, int y, std::span<std::int32_t> out);

}  // namespace reseau::detail
