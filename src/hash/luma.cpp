#include "hash/luma.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "hash/luma_kernel.h"

namespace reseau::detail {
namespace {

template <typename T>
const T* row_of(const ImageView& image, int y) {
  const auto* base = static_cast<const std::byte*>(image.pixels);
  return static_cast<const T*>(static_cast<const void*>(base + y * image.stride));
}

constexpr ColourOrder order_of(PixelLayout layout) {
  return layout == PixelLayout::bgr8 ? ColourOrder{2, 1, 0} : ColourOrder{0, 1, 2};
}

/// Not-a-number and what lies outside 0 to 255 would poison every sum that it enters.
float tame(float luma) { return luma > 0.0F ? std::min(luma, 255.0F) : 0.0F; }

}  // namespace

void luma_floats(const ImageView& image, int y, std::span<const int> columns,
                 std::span<float> out) {
  switch (image.layout) {
    case PixelLayout::gray8: {
      const auto* row = row_of<std::uint8_t>(image, y);
      std::ranges::transform(columns, out.begin(),
                             [row](int x) { return static_cast<float>(row[x]); });
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
      const ColourOrder at = order_of(image.layout);
      if (columns.size() == static_cast<std::size_t>(image.width)) {  // then it is all of them
        luma_floats_of_triples(row, columns.size(), at, out.data());
        return;
      }
      std::ranges::transform(columns, out.begin(), [row, at](int x) {
        const std::uint8_t* pixel = row + std::ptrdiff_t{3} * x;
        const auto level = [pixel](int place) { return static_cast<float>(pixel[place]); };
        return 0.299F * level(at.red) + 0.587F * level(at.green) + 0.114F * level(at.blue);
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
        const float rounded = kUnit * tame(luma) + 0.5F;
        return static_cast<std::uint16_t>(rounded);
      });
      return;
    }
    case PixelLayout::rgb8:
    case PixelLayout::bgr8: {
      constexpr LumaWeights kRgb{19'595, 38'470, 7'471};
      constexpr LumaWeights kBgr{kRgb.third, kRgb.second, kRgb.first};
      luma_units_of_triples(row_of<std::uint8_t>(image, y), out.size(),
                            image.layout == PixelLayout::rgb8 ? kRgb : kBgr, out.data());
      return;
    }
  }
}

}  // namespace reseau::detail
