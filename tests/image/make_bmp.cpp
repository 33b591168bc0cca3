#include <algorithm>

#include "image/make.h"

namespace make {
namespace {

std::string number(std::uint32_t value, int width) {
  std::string bytes;
  for (int i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

std::string big(std::uint32_t value, int width) {
  std::string bytes = number(value, width);
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

// The palette's index of a level.
int index_of(int level, int bits) { return level * ((1 << bits) - 1) / 255; }

std::string plain_row(const Pixels& pixels, int y, int bits) {
  std::string row;
  unsigned packed = 0;
  for (int x = 0; x < pixels.width; ++x) {
    const std::uint8_t* from = pixels.at(x, y);
    if (bits <= 8) {
      packed = packed << bits | static_cast<unsigned>(index_of(from[0], bits));
      const bool full = (x + 1) * bits % 8 == 0;
      if (full || x + 1 == pixels.width) {
        if (!full) packed <<= 8 - (x + 1) * bits % 8;
        row += static_cast<char>(packed);
        packed = 0;
      }
    } else if (bits == 16) {  // 5 bits each
      row +=
          number(static_cast<unsigned>(from[0] >> 3 << 10 | from[1] >> 3 << 5 | from[2] >> 3), 2);
    } else {
      for (int c = 2; c >= 0; --c) row += static_cast<char>(from[c]);
      if (bits == 32) row += static_cast<char>(pixels.channels == 4 ? from[3] : 0);
    }
  }
  while (row.size() % 4 != 0) row += '\0';
  return row;
}

// Runs of two and more, and stretches of the rest.
std::string run_length_row(const Pixels& pixels, int y, int bits) {
  const auto index = [&](int x) { return index_of(*pixels.at(x, y), bits); };
  std::string row;
  for (int x = 0; x < pixels.width;) {
    int run = 1;
    while (x + run < pixels.width && run < 255 && index(x + run) == index(x)) ++run;
    const int rest = std::min(pixels.width - x, 5);
    if (run == 1 && rest >= 3) {
      row += '\0' + std::string(1, static_cast<char>(rest));
      std::string literal;
      for (int i = 0; i < rest; ++i) {
        const auto value = static_cast<unsigned>(index(x + i));
        if (bits == 8) {
          literal += static_cast<char>(value);
        } else if (i % 2 == 0) {
          literal += static_cast<char>(value << 4);
        } else {
          literal.back() = static_cast<char>(static_cast<std::uint8_t>(literal.back()) | value);
        }
      }
      if (literal.size() % 2 != 0) literal += '\0';
      row += literal;
      x += rest;
    } else {
      row += static_cast<char>(run);
      row += static_cast<char>(bits == 8 ? index(x) : index(x) * 17);
      x += run;
    }
  }
  return row + std::string("\0\0", 2);
}

}  // namespace

File bmp(const Pixels& pixels, const BmpOptions& options) {
  std::string palette;
  for (int i = 0; options.bits <= 8 && i < 1 << options.bits; ++i) {
    palette += std::string(3, static_cast<char>(i * 255 / ((1 << options.bits) - 1)));
    if (!options.os2) palette += '\0';
  }
  std::string rows;
  for (int i = 0; i < pixels.height; ++i) {
    const int y = options.top_down ? i : pixels.height - 1 - i;
    rows += options.run_length ? run_length_row(pixels, y, options.bits)
                               : plain_row(pixels, y, options.bits);
  }
  if (options.run_length) rows += std::string("\0\1", 2);
  const std::uint32_t header_bytes = options.os2 ? 12 : options.alpha ? 108 : 40;
  const auto offset = static_cast<std::uint32_t>(14 + header_bytes + palette.size());
  const auto width = static_cast<std::uint32_t>(pixels.width);
  const auto height = static_cast<std::uint32_t>(options.top_down ? -pixels.height : pixels.height);
  const auto bits = static_cast<std::uint32_t>(options.bits);
  std::string file = "BM" + number(static_cast<std::uint32_t>(offset + rows.size()), 4) +
                     number(0, 4) + number(offset, 4) + number(header_bytes, 4);
  if (options.os2) {
    file += number(width, 2) + number(height, 2) + number(1, 2) + number(bits, 2);
  } else {
    const std::uint32_t compression = options.run_length ? (options.bits == 8 ? 1 : 2)
                                      : options.alpha    ? 3
                                                         : 0;
    file += number(width, 4) + number(height, 4) + number(1, 2) + number(bits, 2) +
            number(compression, 4) + number(0, 4) + number(2835, 4) + number(2835, 4) +
            number(0, 4) + number(0, 4);
  }
  if (options.alpha) {
    file += number(0xFF0000, 4) + number(0xFF00, 4) + number(0xFF, 4) + number(0xFF000000, 4) +
            std::string(52, '\0');
  }
  file += palette + rows;
  return {file.begin(), file.end()};
}

std::vector<Claim> claims(std::uint32_t width, std::uint32_t height) {
  const auto file = [](const std::string& bytes) { return File(bytes.begin(), bytes.end()); };
  const std::string zero(1, '\0');
  // JPEG and PNG from whole files, with the sides replaced; the PNG's checksum does not matter,
  // since the size is looked at first.
  File jpg = jpeg(scene(16, 16));
  for (std::size_t i = 0; i + 9 < jpg.size(); ++i) {
    if (jpg[i] != 0xFF || jpg[i + 1] != 0xC0) continue;
    const std::string sides = big(height, 2) + big(width, 2);
    std::copy(sides.begin(), sides.end(), jpg.begin() + static_cast<std::ptrdiff_t>(i) + 5);
    break;
  }
  File png_file = png(scene(16, 16));
  const std::string sides = big(width, 4) + big(height, 4);
  std::copy(sides.begin(), sides.end(), png_file.begin() + 16);
  const std::string webp_file = "RIFF" + number(1000, 4) + "WEBPVP8X" + number(10, 4) +
                                number(2, 4) + number(width - 1, 3) + number(height - 1, 3) +
                                "ANIM" + number(6, 4) + std::string(6, '\0');
  const std::string gif_file = "GIF89a" + number(width, 2) + number(height, 2) + "\xF0" + zero +
                               zero + "abcdef," + number(0, 4) + number(width, 2) +
                               number(height, 2) + zero + "\x02\x02\x44\x01" + zero + ";";
  const auto entry = [](std::uint32_t tag, std::uint32_t value) {
    return number(tag, 2) + number(4, 2) + number(1, 4) + number(value, 4);
  };
  const std::string tiff_file = "II*" + zero + number(8, 4) + number(8, 2) + entry(256, width) +
                                entry(257, height) + entry(258, 8) + entry(259, 1) + entry(262, 1) +
                                entry(273, 8) + entry(278, std::max(height, 1U)) + entry(279, 100) +
                                number(0, 4);
  const std::string bmp_file = "BM" + number(1000, 4) + number(0, 4) + number(54, 4) +
                               number(40, 4) + number(width, 4) + number(height, 4) + number(1, 2) +
                               number(24, 2) + std::string(24, '\0') + std::string(100, 'x');
  return {{"JPEG", jpg},           {"PNG", png_file},         {"WebP", file(webp_file)},
          {"GIF", file(gif_file)}, {"TIFF", file(tiff_file)}, {"BMP", file(bmp_file)}};
}

}  // namespace make
