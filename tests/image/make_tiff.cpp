#include <tiffio.h>

#include <algorithm>
#include <cstring>

#include "image/make.h"

namespace make {
namespace {

struct Target {
  File file;
  std::uint64_t at = 0;
};

TIFF* open(Target& memory) {
  return TIFFClientOpen(
      "memory", "w", &memory,
      [](thandle_t to, void* bytes, tmsize_t count) -> tmsize_t {
        auto& target = *static_cast<Target*>(to);
        const auto there = target.at < target.file.size() ? target.file.size() - target.at : 0;
        const auto taken = std::min(there, static_cast<std::size_t>(count));
        std::memcpy(bytes, target.file.data() + target.at, taken);
        target.at += taken;
        return static_cast<tmsize_t>(taken);
      },
      [](thandle_t to, void* bytes, tmsize_t count) -> tmsize_t {
        auto& target = *static_cast<Target*>(to);
        const auto size = static_cast<std::size_t>(count);
        target.file.resize(std::max(target.file.size(), target.at + size));
        std::memcpy(target.file.data() + target.at, bytes, size);
        target.at += size;
        return count;
      },
      [](thandle_t to, toff_t offset, int whence) -> toff_t {
        auto& target = *static_cast<Target*>(to);
        if (whence == SEEK_CUR) offset += target.at;
        if (whence == SEEK_END) offset += target.file.size();
        return target.at = offset;
      },
      [](thandle_t) { return 0; },
      [](thandle_t to) -> toff_t { return static_cast<Target*>(to)->file.size(); }, nullptr,
      nullptr);
}

}  // namespace

File tiff(const Pixels& pixels, const TiffOptions& options) {
  Target target;
  TIFF* out = open(target);
  for (int page = 0; page < options.pages; ++page) {
    TIFFSetField(out, TIFFTAG_IMAGEWIDTH, pixels.width);
    TIFFSetField(out, TIFFTAG_IMAGELENGTH, pixels.height);
    TIFFSetField(out, TIFFTAG_SAMPLESPERPIXEL, pixels.channels);
    TIFFSetField(out, TIFFTAG_BITSPERSAMPLE, options.depth);
    TIFFSetField(out, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(out, TIFFTAG_COMPRESSION, options.compression);
    TIFFSetField(out, TIFFTAG_PHOTOMETRIC,
                 pixels.channels >= 3    ? PHOTOMETRIC_RGB
                 : options.white_is_zero ? PHOTOMETRIC_MINISWHITE
                                         : PHOTOMETRIC_MINISBLACK);
    if (options.compression == COMPRESSION_JPEG) TIFFSetField(out, TIFFTAG_JPEGQUALITY, 97);
    if (options.orientation != 0) TIFFSetField(out, TIFFTAG_ORIENTATION, options.orientation);
    if (pixels.channels % 2 == 0) {
      const auto kind = static_cast<std::uint16_t>(options.extra_sample);
      TIFFSetField(out, TIFFTAG_EXTRASAMPLES, 1, &kind);
    }
    const int bytes = options.depth / 8;
    std::vector<std::uint8_t> samples(pixels.data.size() * static_cast<std::size_t>(bytes));
    for (std::size_t i = 0; i < pixels.data.size(); ++i) {  // 16 bits: the same level, 257 times
      const auto level =
          static_cast<std::uint8_t>(options.white_is_zero ? 255 - pixels.data[i] : pixels.data[i]);
      for (int b = 0; b < bytes; ++b)
        samples[i * static_cast<std::size_t>(bytes) + static_cast<std::size_t>(b)] = level;
    }
    const std::size_t row =
        static_cast<std::size_t>(pixels.width) * pixels.channels * static_cast<std::size_t>(bytes);
    if (options.tiled) {
      constexpr int kTile = 16;
      TIFFSetField(out, TIFFTAG_TILEWIDTH, kTile);
      TIFFSetField(out, TIFFTAG_TILELENGTH, kTile);
      const std::size_t pixel = row / static_cast<std::size_t>(pixels.width);
      for (int top = 0; top < pixels.height; top += kTile) {
        for (int left = 0; left < pixels.width; left += kTile) {
          std::vector<std::uint8_t> tile(std::size_t{kTile} * kTile * pixel);
          for (int y = 0; y < std::min(kTile, pixels.height - top); ++y) {
            std::memcpy(tile.data() + static_cast<std::size_t>(y) * kTile * pixel,
                        samples.data() + static_cast<std::size_t>(top + y) * row +
                            static_cast<std::size_t>(left) * pixel,
                        static_cast<std::size_t>(std::min(kTile, pixels.width - left)) * pixel);
          }
          TIFFWriteTile(out, tile.data(), static_cast<std::uint32_t>(left),
                        static_cast<std::uint32_t>(top), 0, 0);
        }
      }
    } else {
      TIFFSetField(out, TIFFTAG_ROWSPERSTRIP, options.rows_per_strip);
      for (std::uint32_t y = 0; y < static_cast<std::uint32_t>(pixels.height); ++y)
        TIFFWriteScanline(out, samples.data() + y * row, y, 0);
    }
    TIFFWriteDirectory(out);
  }
  TIFFClose(out);
  return target.file;
}

}  // namespace make
