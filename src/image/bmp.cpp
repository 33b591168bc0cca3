// BMP ("Bitmap Storage", Microsoft's Windows GDI documentation; OS/2 1 and 2). Debian has no small
// library for it, so this is our own: rows out of memory, every place checked against the end.
#include "image/bmp.h"

#include <algorithm>
#include <bit>

namespace reseau::detail {
namespace {

constexpr std::size_t kFileHeader = 14;
constexpr std::size_t kCoreHeader = 12;  // OS/2 1: sides of 16 bits, colours of 3 bytes
enum Compression : std::uint32_t { kPlain, kRle8, kRle4, kBitFields, kJpeg, kPng, kAlphaBitFields };

Error not_decoded(const std::string& what) {
  return {Code::unsupported_format, "this kind of BMP is not decoded (" + what +
                                        "); convert it to PNG, and count it as not examined"};
}

std::uint32_t load32(Bytes file, std::size_t at) {
  return static_cast<std::uint32_t>(load_little(file, at, 4));
}
std::uint32_t load16(Bytes file, std::size_t at) {
  return static_cast<std::uint32_t>(load_little(file, at, 2));
}

// Width and height, as far as they are numbers that can be checked.
std::optional<Error> read_size(Bytes file, std::size_t header_bytes, const Limits& limits,
                               BmpHeader& header) {
  const bool core = header_bytes == kCoreHeader;
  std::int64_t width = load16(file, 18);
  std::int64_t height = load16(file, 20);
  if (!core) {
    width = static_cast<std::int32_t>(load32(file, 18));
    height = static_cast<std::int32_t>(load32(file, 22));
  }
  if (width < 0) return damaged("the header claims a negative width");
  header.top_down = height < 0;
  const std::int64_t rows = height < 0 ? -height : height;
  if (auto error = check_size(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(rows),
                              file.size(), limits))
    return error;
  header.width = static_cast<int>(width);
  header.height = static_cast<int>(rows);
  return std::nullopt;
}

std::optional<Error> check_kind(const BmpHeader& header, std::uint32_t compression,
                                bool windows_header) {
  const auto is = [&](std::uint32_t kind, std::initializer_list<int> bits) {
    return compression == kind && std::find(bits.begin(), bits.end(), header.bits) != bits.end();
  };
  if (is(kPlain, {1, 4, 8, 16, 24, 32}) || is(kRle8, {8}) || is(kRle4, {4})) return std::nullopt;
  // In OS/2's headers the same number means fax or another run length.
  if (windows_header && (is(kBitFields, {16, 32}) || is(kAlphaBitFields, {16, 32})))
    return std::nullopt;
  return not_decoded("compression " + std::to_string(compression) + " of " +
                     std::to_string(header.bits) + " bits a pixel");
}

void read_masks(Bytes file, std::size_t header_bytes, std::uint32_t compression,
                BmpHeader& header) {
  if (compression == kPlain) {
    if (header.bits == 16) header.masks = {0x7C00, 0x03E0, 0x001F, 0};
    if (header.bits == 32) header.masks = {0xFF0000, 0x00FF00, 0x0000FF, 0};
    return;
  }
  // Within the longer headers and right after the oldest, they stand at the same place.
  const std::size_t count = header_bytes >= 56 || compression == kAlphaBitFields ? 4 : 3;
  for (std::size_t i = 0; i < count; ++i) header.masks.at(i) = load32(file, 54 + 4 * i);
}

void read_palette(Bytes file, std::size_t header_bytes, BmpHeader& header) {
  const std::size_t color_bytes = header_bytes == kCoreHeader ? 3 : 4;
  const std::uint32_t claimed = header_bytes >= 40 ? load32(file, 46) : 0;
  const std::uint32_t most = 1U << header.bits;
  const std::uint32_t colors = claimed == 0 ? most : std::min(claimed, most);
  header.palette.assign(256, BmpHeader::Color{});
  header.gray = true;
  for (std::uint32_t i = 0; i < colors; ++i) {
    const std::size_t at = kFileHeader + header_bytes + i * color_bytes;
    if (at + 3 > file.size()) break;
    header.palette[i] = {file[at + 2], file[at + 1], file[at]};
    if (file[at] != file[at + 1] || file[at] != file[at + 2]) header.gray = false;
  }
}

Result<BmpHeader> read_header(Bytes file, const Limits& limits) {
  const std::size_t header_bytes = load32(file, kFileHeader);
  const bool core = header_bytes == kCoreHeader;
  BmpHeader header;
  if (file.size() < kFileHeader + (core ? kCoreHeader : 16))
    return damaged("its header is cut off");
  if (auto error = read_size(file, header_bytes, limits, header)) return *error;
  header.bits = static_cast<int>(load16(file, core ? 24 : 28));
  const std::uint32_t compression = header_bytes >= 20 ? load32(file, 30) : kPlain;
  const bool windows_header = header_bytes >= 40 && header_bytes != 64;
  if (auto error = check_kind(header, compression, windows_header)) return *error;
  header.run_length = compression == kRle8 || compression == kRle4;
  if (header.bits == 16 || header.bits == 32) read_masks(file, header_bytes, compression, header);
  if (header.bits <= 8) read_palette(file, header_bytes, header);
  const std::size_t offset = load32(file, 10);
  if (offset < kFileHeader + header_bytes) return damaged("its pixels lie within its header");
  if (offset > file.size()) return nothing_left();
  header.pixels = Bytes(file.subspan(offset));
  return header;
}

// One channel of a pixel, stretched to 0 to 255.
std::uint8_t channel(std::uint32_t pixel, std::uint32_t mask) {
  if (mask == 0) return 0;
  const int shift = std::countr_zero(mask);
  const std::uint64_t most = mask >> shift;
  return static_cast<std::uint8_t>((((pixel & mask) >> shift) * 255ULL + most / 2) / most);
}

// `ground`: what is behind it, if it has alpha.
void draw_row(const BmpHeader& header, const std::uint8_t* from, bool has_alpha,
              std::uint8_t ground, std::uint8_t* to) {
  for (int x = 0; x < header.width; ++x) {
    if (header.bits <= 8) {
      const int per_byte = 8 / header.bits;
      const int shift = 8 - header.bits * (x % per_byte + 1);
      header.put(to,
                 static_cast<unsigned>(from[x / per_byte]) >> shift & ((1U << header.bits) - 1U));
      to += header.gray ? 1 : 3;
      continue;
    }
    const int bytes = header.bits / 8;
    std::uint32_t pixel = 0;
    for (int i = 0; i < bytes; ++i) pixel |= static_cast<std::uint32_t>(*from++) << (8 * i);
    if (bytes == 3) {
      for (int c = 0; c < 3; ++c) *to++ = static_cast<std::uint8_t>(pixel >> (16 - 8 * c));
      continue;
    }
    const unsigned alpha = has_alpha ? channel(pixel, header.masks[3]) : 255U;
    for (std::size_t c = 0; c < 3; ++c)
      *to++ = over_ground(channel(pixel, header.masks.at(c)), alpha, ground);
  }
}

// Many programs declare an alpha channel and leave it zero, meaning a picture and not nothing.
bool transparent(const BmpHeader& header, int rows, std::size_t stride) {
  const std::size_t bytes = static_cast<std::size_t>(header.bits) / 8;
  const std::uint32_t mask = header.masks[3];
  if (header.bits < 16 || mask == 0) return false;
  bool any = false;
  bool opaque = true;
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < header.width; ++x) {
      const std::size_t at =
          static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x) * bytes;
      const std::uint64_t alpha = load_little(header.pixels, at, static_cast<int>(bytes)) & mask;
      any = any || alpha != 0;
      opaque = opaque && alpha == mask;
      if (any && !opaque) return true;
    }
  }
  return false;
}

struct Layout {
  std::size_t stride = 0;
  int rows = 0;  // that are there
};

Layout layout_of(const BmpHeader& header) {
  const std::size_t row_bits =
      static_cast<std::size_t>(header.width) * static_cast<std::size_t>(header.bits);
  const std::size_t row_bytes = (row_bits + 7) / 8;
  const std::size_t stride = (row_bits + 31) / 32 * 4;
  // The padding of the last row may be missing.
  const std::size_t there = (header.pixels.size() + stride - row_bytes) / stride;
  return {stride, static_cast<int>(std::min(there, static_cast<std::size_t>(header.height)))};
}

void draw_rows(const BmpHeader& header, const Layout& layout, bool has_alpha, std::uint8_t ground,
               Image& image) {
  for (int y = 0; y < layout.rows; ++y) {
    const std::uint8_t* from = header.pixels.data() + static_cast<std::size_t>(y) * layout.stride;
    draw_row(header, from, has_alpha, ground, image.row(y));
  }
}

// Rows from the bottom are a picture that is upside down, mirrored: EXIF's orientation 4.
Result<Picture> finish(const BmpHeader& header, Image image, int rows) {
  const auto completeness = finish_rows(image, static_cast<std::uint64_t>(rows));
  if (!completeness) return completeness.error();
  return Picture{std::move(image), header.top_down ? 1 : 4, 1, *completeness};
}

Shown show(const BmpHeader& header, const PictureSink& sink) {
  const PixelLayout pixels = header.gray ? PixelLayout::gray8 : PixelLayout::rgb8;
  Image image(header.width, header.height, pixels);
  if (header.run_length) {
    const int rows = draw_run_lengths(header, image);
    return show_one(finish(header, std::move(image), rows), sink);
  }
  const Layout layout = layout_of(header);
  const bool has_alpha = transparent(header, layout.rows, layout.stride);
  draw_rows(header, layout, has_alpha, kWhiteGround, image);
  Result<Picture> first = finish(header, std::move(image), layout.rows);
  if (!first) return first.error();
  if (!sink(*std::move(first)) || !has_alpha) return std::optional<Error>();
  Image black(header.width, header.height, pixels);
  draw_rows(header, layout, has_alpha, kBlackGround, black);
  Result<Picture> second = finish(header, std::move(black), layout.rows);
  if (!second) return second.error();
  second->part = shown_over(kBlackGround);
  sink(*std::move(second));
  return std::optional<Error>();
}

}  // namespace

Shown show_bmp(Bytes file, const Limits& limits, const PictureSink& sink) {
  const auto header = read_header(file, limits);
  if (!header) return header.error();
  return show(*header, sink);
}

Shown show_icon_bmp(Bytes file, const Limits& limits, const PictureSink& sink) {
  auto header = read_header(file, limits);
  if (!header) return header.error();
  if (header->bits == 32 && header->masks[3] == 0) header->masks[3] = 0xFF000000;
  return show(*header, sink);
}

}  // namespace reseau::detail
