#include <spng.h>
#include <zlib.h>

#include <cstdlib>
#include <cstring>

#include "image/make.h"

namespace make {
namespace {

void insert_chunk(File& file, std::size_t at, const std::string& type, const std::string& data) {
  const auto big = [](std::uint32_t value) {
    std::string bytes;
    for (int i = 3; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i));
    return bytes;
  };
  const std::string body = type + data;
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  const std::string chunk =
      big(static_cast<std::uint32_t>(data.size())) + body + big(static_cast<std::uint32_t>(sum));
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), chunk.begin(), chunk.end());
}

}  // namespace

File png(const Pixels& pixels, const PngOptions& options) {
  spng_ctx* context = spng_ctx_new(SPNG_CTX_ENCODER);
  spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1);
  spng_ihdr header{};
  header.width = static_cast<std::uint32_t>(pixels.width);
  header.height = static_cast<std::uint32_t>(pixels.height);
  header.bit_depth = static_cast<std::uint8_t>(options.depth);
  header.interlace_method = options.interlaced ? SPNG_INTERLACE_ADAM7 : SPNG_INTERLACE_NONE;
  header.color_type = options.palette        ? SPNG_COLOR_TYPE_INDEXED
                      : pixels.channels == 1 ? SPNG_COLOR_TYPE_GRAYSCALE
                      : pixels.channels == 2 ? SPNG_COLOR_TYPE_GRAYSCALE_ALPHA
                      : pixels.channels == 3 ? SPNG_COLOR_TYPE_TRUECOLOR
                                             : SPNG_COLOR_TYPE_TRUECOLOR_ALPHA;
  spng_set_ihdr(context, &header);
  if (options.palette) {
    spng_plte palette{};
    palette.n_entries = 256;
    for (int i = 0; i < 256; ++i) {
      const auto color = gif_color(i);
      palette.entries[i] = {color[0], color[1], color[2], 0};
    }
    spng_set_plte(context, &palette);
  }
  if (options.first_color_transparent) {
    spng_trns transparent{};  // index 0, grey 0 or black
    transparent.n_type3_entries = 1;
    spng_set_trns(context, &transparent);
  }
  std::string orientation = exif(options.orientation);
  spng_exif data{orientation.size(), orientation.data()};
  if (options.orientation != 0) spng_set_exif(context, &data);
  std::vector<std::uint8_t> samples = pixels.data;
  if (options.depth == 16) {
    samples.clear();
    // The low byte is noise: whoever keeps the wrong half is found out.
    for (const auto level : pixels.data) {
      samples.push_back(static_cast<std::uint8_t>(level * 37));
      samples.push_back(level);
    }
  }
  if (options.depth == 1) {
    const auto row_bytes = (static_cast<std::size_t>(pixels.width) + 7) / 8;
    samples.assign(row_bytes * static_cast<std::size_t>(pixels.height), 0);
    for (int y = 0; y < pixels.height; ++y) {
      for (int x = 0; x < pixels.width; ++x) {
        const std::size_t byte =
            static_cast<std::size_t>(y) * row_bytes + static_cast<std::size_t>(x) / 8;
        if (*pixels.at(x, y) >= 128) samples[byte] |= static_cast<std::uint8_t>(128 >> x % 8);
      }
    }
  }
  spng_encode_image(context, samples.data(), samples.size(), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
  std::size_t size = 0;
  int error = 0;
  auto* memory = static_cast<std::uint8_t*>(spng_get_png_buffer(context, &size, &error));
  File file(memory, memory + size);
  std::free(memory);
  spng_ctx_free(context);
  if (options.animation_frames > 0) {
    if (options.first_in_animation) insert_chunk(file, 33, "fcTL", std::string(26, '\0'));
    insert_chunk(
        file, 33, "acTL",
        std::string(3, '\0') + static_cast<char>(options.animation_frames) + std::string(4, '\0'));
  }
  return file;
}

}  // namespace make
