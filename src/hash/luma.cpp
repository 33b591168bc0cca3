#include "hash/luma.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace reseau::detail {
namespace {

template <typename T>
const T* row_of(const ImageView& image, int y) {
  const auto* base = static_cast<const std::byte*>(image.pixels);
  return static_cast<const T*>(static_cast<const void*>(base + y * image.stride));
}

/// Where in a pixel of three bytes red, green and blue stand.
struct Order {
  int red, green, blue;
};
constexpr Order order_of(PixelLayout layout) {
  return layout == PixelLayout::bgr8 ? Order{2, 1, 0} : Order{0, 1, 2};
}

/// Not-a-number and what lies outside 0 to 255 would poison every sum that it enters.
float tame(float luma) { return luma > 0.0F ? std::min(luma, 255.0F) : 0.0F; }

}  // namespace

void luma_floats(const ImageView& image, int y, std::span<const int> columns,
                 std::span<float> out) {
  switch (image.layout) {
    case PixelLayout::gray8: {
      const auto* row = row_of<std::uint8_t>(image, y);
      std::ranges::transform(columns, out.begin(), [row](int x) { return float{1} * row[x]; });
      return;
    }
    case PixelLayout::gray32f: {
      const auto* row = row_of<float>(image, y);
      std::ranges::transform(columns, out.begin(), [row](int x) { return tame(row[x]); });
      return;
    }
    case PixelLayout::rgb8:
    case PixelLayout::bgr8: {
      const auto* row = row_of<std::uint8_t>(image, y);
      const Order at = order_of(image.layout);
      std::ranges::transform(columns, out.begin(), [row, at](int x) {
        const std::uint8_t* pixel = row + std::ptrdiff_t{3} * x;
        return 0.299F * pixel[at.red] + 0.587F * pixel[at.green] + 0.114F * pixel[at.blue];
      });
      return;
    }
  }
}

void luma_units(const ImageView& image, int y, std::span<std::uint16_t> out) {
  constexpr int kUnit = 64;
  switch (image.layout) {
    case PixelLayout::gray8: {
      const auto* row = row_of<std::uint8_t>(image, y);
      std::transform(row, row + image.width, out.begin(),
                     [](int level) { return static_cast<std::uint16_t>(kUnit * level); });
      return;
    }
    case PixelLayout::gray32f: {
      const auto* row = row_of<float>(image, y);
      std::transform(row, row + image.width, out.begin(), [](float luma) {
        return static_cast<std::uint16_t>(kUnit * tame(luma) + 0.5F);
      });
      return;
    }
    case PixelLayout::rgb8:
    case PixelLayout::bgr8: {
      const auto* pixel = row_of<std::uint8_t>(image, y);
      const Order at = order_of(image.layout);
      for (std::uint16_t& luma : out) {
        luma = static_cast<std::uint16_t>(
            (19595 * pixel[at.red] + 38470 * pixel[at.green] + 7471 * pixel[at.blue] + 512) >> 10);
        pixel += 3;
      }
      return;
    }
  }
}

}  // namespace reseau::detail
