/// What the header of a BMP file says.
#pragma once

#include <array>
#include <vector>

#include "image/common.h"

namespace reseau::detail {

struct BmpHeader {
  int width = 0;
  int height = 0;
  bool top_down = false;  ///< rows from the top; most files have them from the bottom
  int bits = 0;           ///< a pixel: 1, 4, 8, 16, 24 or 32
  bool run_length = false;
  std::array<std::uint32_t, 4> masks{};  ///< red, green, blue, alpha; for 16 and 32 bits
  using Color = std::array<std::uint8_t, 3>;
  std::vector<Color> palette;  ///< 256 for up to 8 bits, black where the file has none
  bool gray = false;           ///< all of the palette is
  Bytes pixels;                ///< to the end of the file

  void put(std::uint8_t* to, unsigned index) const {
    const Color& color = palette[index & 255U];
    to[0] = color[0];
    if (gray) return;
    to[1] = color[1];
    to[2] = color[2];
  }
};

/// As show_bmp(), of an icon's picture: of 32 bits a pixel, the fourth byte is alpha.
[[nodiscard]] Shown show_icon_bmp(Bytes file, const Limits& limits, const PictureSink& sink);

/// RLE4 and RLE8, in the order of the file. Gives the number of rows that are there.
[[nodiscard]] int draw_run_lengths(const BmpHeader& header, Image& image);

}  // namespace reseau::detail
