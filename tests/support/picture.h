/// Pictures made of integers only, so that any language makes the same ones: golden values stand on
/// them.
#pragma once

#include <reseau/hash.h>
#include <algorithm>
#include <cstdint>
#include <vector>

namespace reseau::test {

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> gray;

  [[nodiscard]] ImageView view() const {
    return {gray.data(), width, height, width, PixelLayout::gray8};
  }
  [[nodiscard]] std::uint8_t at(int x, int y) const {
    return gray[static_cast<std::size_t>(y) * width + x];
  }
  [[nodiscard]] std::uint8_t& at(int x, int y) {
    return gray[static_cast<std::size_t>(y) * width + x];
  }
};

inline Picture flat(int width, int height, std::uint8_t level) {
  return {width, height,
          std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height, level)};
}

/// Twelve overlapping discs on a slope, by a linear congruential generator (ANSI C's numbers).
inline Picture discs(int width, int height, std::uint32_t seed) {
  const auto next = [&seed] {
    seed = (seed * 1103515245U + 12345U) & 0x7fffffffU;
    return static_cast<int>(seed >> 8);
  };
  Picture picture = flat(width, height, 0);
  for (int i = 0; i < 12; ++i) {
    const int cx = next() % width;
    const int cy = next() % height;
    const int radius = next() % (std::min(width, height) / 2) + 4;
    const int level = next() % 256;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        if ((x - cx) * (x - cx) + (y - cy) * (y - cy) > radius * radius) continue;
        picture.at(x, y) = static_cast<std::uint8_t>((picture.at(x, y) + level) / 2);
      }
    }
  }
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int slope = x * 96 / width + y * 48 / height;
      picture.at(x, y) = static_cast<std::uint8_t>(std::min(255, picture.at(x, y) + slope));
    }
  }
  return picture;
}

/// The picture as a view shows it, pixel by pixel: the plain meaning of View.
inline Picture viewed(Picture picture, const View& view) {
  if (view.mirror) {
    for (int y = 0; y < picture.height; ++y) {
      std::reverse(&picture.at(0, y), &picture.at(0, y) + picture.width);
    }
  }
  for (int turn = 0; turn < view.turn; turn += 90) {
    Picture turned = flat(picture.height, picture.width, 0);
    for (int y = 0; y < turned.height; ++y) {
      for (int x = 0; x < turned.width; ++x)
        turned.at(x, y) = picture.at(y, picture.height - 1 - x);
    }
    picture = turned;
  }
  if (view.negative) {
    for (std::uint8_t& level : picture.gray) level = static_cast<std::uint8_t>(255 - level);
  }
  return picture;
}

/// Lays a picture on a larger one. Requires: it fits.
inline void put(const Picture& picture, int left, int top, Picture& canvas) {
  for (int y = 0; y < picture.height; ++y)
    std::copy_n(&picture.gray[static_cast<std::size_t>(y) * picture.width], picture.width,
                &canvas.at(left, top + y));
}

/// A part of a picture, to the pixel.
inline Picture cropped(const Picture& picture, int x, int y, int width, int height) {
  Picture part = flat(width, height, 0);
  for (int row = 0; row < height; ++row)
    std::copy_n(&picture.gray[static_cast<std::size_t>(y + row) * picture.width + x], width,
                &part.at(0, row));
  return part;
}

/// Turned clockwise about its middle by an angle of this sine and cosine, and as large as before;
/// what comes from outside is the nearest pixel of the edge.
inline Picture tilted(const Picture& picture, double sine, double cosine) {
  Picture result = flat(picture.width, picture.height, 0);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const double right = x - picture.width / 2.0;
      const double down = y - picture.height / 2.0;
      const int from_x = static_cast<int>(picture.width / 2.0 + cosine * right + sine * down);
      const int from_y = static_cast<int>(picture.height / 2.0 - sine * right + cosine * down);
      result.at(x, y) = picture.at(std::clamp(from_x, 0, picture.width - 1),
                                   std::clamp(from_y, 0, picture.height - 1));
    }
  }
  return result;
}

}  // namespace reseau::test
