#include "image/make.h"

#include <webp/encode.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace make {

Pixels scene(int width, int height, int channels) {
  Pixels pixels{width, height, channels, {}};
  pixels.data.resize(static_cast<std::size_t>(width) * height * channels);
  std::mt19937 random(7);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        const double u = double(x) / width;
        const double v = double(y) / height;
        double level = 40 + 90 * u + 40 * v * v + 50 * std::sin(3 * u + 5 * v * (c + 1));
        if (u < 0.3 && v < 0.2) level += 60;
        level += static_cast<int>(random() % 9) - 4;
        pixels.at(x, y)[c] = static_cast<std::uint8_t>(std::clamp(level, 0.0, 255.0));
      }
    }
  }
  return pixels;
}

Pixels over_white(const Pixels& pixels) {
  if (pixels.channels != 4) return pixels;
  Pixels shown{pixels.width, pixels.height, 3, {}};
  for (std::size_t i = 0; i < pixels.data.size(); i += 4) {
    const double alpha = pixels.data[i + 3] / 255.0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double level = pixels.data[i + c] * alpha + 255.0 * (1.0 - alpha);
      shown.data.push_back(static_cast<std::uint8_t>(std::lround(level)));
    }
  }
  return shown;
}

// Written from the table of TIFF 6.0, by where each shown pixel is stored.
Pixels stored(const Pixels& upright, int orientation) {
  const int w = upright.width;
  const int h = upright.height;
  Pixels file{orientation >= 5 ? h : w, orientation >= 5 ? w : h, upright.channels, {}};
  file.data.resize(upright.data.size());
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      int column = x;
      int row = y;
      switch (orientation) {
        case 2:
          column = w - 1 - x;
          break;
        case 3:
          column = w - 1 - x;
          row = h - 1 - y;
          break;
        case 4:
          row = h - 1 - y;
          break;
        case 5:
          column = y;
          row = x;
          break;
        case 6:
          column = y;
          row = w - 1 - x;
          break;
        case 7:
          column = h - 1 - y;
          row = w - 1 - x;
          break;
        case 8:
          column = h - 1 - y;
          row = x;
          break;
        default:
          break;
      }
      std::copy_n(upright.at(x, y), upright.channels, file.at(column, row));
    }
  }
  return file;
}

std::string exif(int orientation, bool big_endian) {
  const auto number = [big_endian](unsigned value, int width) {
    std::string bytes;
    for (int i = 0; i < width; ++i)
      bytes += static_cast<char>(value >> (8 * (big_endian ? width - 1 - i : i)));
    return bytes;
  };
  const auto tag = static_cast<unsigned>(orientation);
  return (big_endian ? "MM" : "II") + number(42, 2) + number(8, 4) + number(2, 2) +
         // another tag first, so that the right one must be looked for
         number(0x0100, 2) + number(3, 2) + number(1, 4) + number(6, 2) + number(0, 2) +
         number(0x0112, 2) + number(3, 2) + number(1, 4) + number(tag, 2) + number(0, 2) +
         number(0, 4);
}

namespace {

std::string little(std::uint32_t value, int width) {
  std::string bytes;
  for (int i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

std::string riff_chunk(const std::string& type, const std::string& data) {
  std::string chunk = type + little(static_cast<std::uint32_t>(data.size()), 4) + data;
  if (data.size() % 2 != 0) chunk += '\0';
  return chunk;
}

}  // namespace

File webp(const Pixels& rgba, const WebpOptions& options) {
  std::uint8_t* encoded = nullptr;
  const int stride = rgba.width * rgba.channels;
  std::size_t size = 0;
  if (rgba.channels == 3) {
    size = options.lossless
               ? WebPEncodeLosslessRGB(rgba.data.data(), rgba.width, rgba.height, stride, &encoded)
               : WebPEncodeRGB(rgba.data.data(), rgba.width, rgba.height, stride, 97, &encoded);
  } else {
    WebPConfig config;
    WebPConfigInit(&config);
    config.lossless = options.lossless ? 1 : 0;
    config.exact = 1;  // keeps the colours under alpha 0
    config.quality = 97;
    WebPPicture picture;
    WebPPictureInit(&picture);
    picture.use_argb = 1;
    picture.width = rgba.width;
    picture.height = rgba.height;
    WebPPictureImportRGBA(&picture, rgba.data.data(), stride);
    WebPMemoryWriter writer;
    WebPMemoryWriterInit(&writer);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    if (WebPEncode(&config, &picture) != 0) {
      encoded = writer.mem;
      size = writer.size;
    }
    WebPPictureFree(&picture);
  }
  File plain(encoded, encoded + size);
  WebPFree(encoded);
  if (options.orientation == 0 && options.frames == 0) return plain;

  const std::string payload(plain.begin() + 12, plain.end());  // after "RIFF", size, "WEBP"
  const bool extended = payload.substr(0, 4) == "VP8X";
  const std::string picture = extended ? payload.substr(18) : payload;
  const int more_x = options.frames > 0 ? 6 : 0;
  const int more_y = options.frames > 0 ? 8 : 0;
  const std::uint32_t flags = (options.frames > 0 ? 2U : 0U) | (options.orientation > 0 ? 8U : 0U) |
                              (rgba.channels == 4 ? 16U : 0U);
  std::string body = riff_chunk(
      "VP8X", little(flags, 4) + little(static_cast<std::uint32_t>(rgba.width + more_x - 1), 3) +
                  little(static_cast<std::uint32_t>(rgba.height + more_y - 1), 3));
  if (options.frames > 0) body += riff_chunk("ANIM", little(0xFF0000FF, 4) + little(0, 2));
  for (int i = 0; i < options.frames; ++i) {
    body += riff_chunk("ANMF", little(1, 3) + little(2, 3) +
                                   little(static_cast<std::uint32_t>(rgba.width - 1), 3) +
                                   little(static_cast<std::uint32_t>(rgba.height - 1), 3) +
                                   little(100, 3) + little(0, 1) + picture);
  }
  if (options.frames == 0) body += picture;
  if (options.orientation > 0) body += riff_chunk("EXIF", exif(options.orientation, true));
  const std::string whole =
      "RIFF" + little(static_cast<std::uint32_t>(body.size() + 4), 4) + "WEBP" + body;
  return {whole.begin(), whole.end()};
}

std::vector<Claim> samples(int width, int height) {
  const Pixels rgb = scene(width, height);
  const Pixels gray = scene(width, height, 1);
  const Pixels rgba = scene(width, height, 4);
  Pixels few = gray;  // 16 levels
  for (auto& level : few.data) level = static_cast<std::uint8_t>(level / 16 * 17);
  std::vector<Claim> all = {
      {"JPEG", jpeg(rgb)},
      {"JPEG subsampled", jpeg(rgb, {.subsampled = true})},
      {"JPEG restarting", jpeg(rgb, {.restart_rows = 1})},
      {"JPEG progressive", jpeg(rgb, {.progressive = true})},
      {"JPEG grey", jpeg(gray)},
      {"JPEG CMYK", jpeg(rgba, {.adobe_cmyk = true})},
      {"PNG", png(rgb)},
      {"PNG interlaced", png(rgba, {.interlaced = true})},
      {"PNG 16", png(rgb, {.depth = 16})},
      {"PNG palette", png(gray, {.palette = true})},
      {"WebP lossless", webp(rgba)},
      {"WebP lossy", webp(rgb, {.lossless = false})},
      {"WebP animated", webp(rgba, {.frames = 3})},
      {"GIF", gif(gray)},
      {"GIF interlaced", gif(gray, {.interlaced = true, .frames = 2})},
      {"TIFF", tiff(rgb)},
      {"TIFF LZW", tiff(rgb, {.compression = 5})},
      {"TIFF JPEG", tiff(rgb, {.compression = 7, .rows_per_strip = 8})},
      {"TIFF deflate tiled", tiff(rgb, {.compression = 8, .tiled = true})},
      {"TIFF 16", tiff(gray, {.depth = 16})},
      {"BMP", bmp(rgb)},
      {"BMP top-down alpha", bmp(rgba, {.bits = 32, .top_down = true, .alpha = true})},
      {"BMP 8", bmp(gray, {.bits = 8})},
      {"BMP RLE8", bmp(gray, {.bits = 8, .run_length = true})},
      {"BMP RLE4", bmp(few, {.bits = 4, .run_length = true})}};
  return all;
}

}  // namespace make
