#include "image/canvas.h"

#include <algorithm>
#include <cstring>

namespace reseau::detail {
namespace {

constexpr std::size_t kChannels = 4;

/// Straight alpha over straight alpha (Porter and Duff, "Compositing Digital Images", 1984).
void blend_pixel(std::uint8_t* below, const std::uint8_t* above) {
  const unsigned alpha = above[3];
  if (alpha == 0) return;
  if (alpha == 255 || below[3] == 0) {
    std::memcpy(below, above, kChannels);
    return;
  }
  // All in 255 * 255.
  const unsigned through = below[3] * (255U - alpha);
  const unsigned sum = alpha * 255U + through;
  for (int c = 0; c < 3; ++c) {
    below[c] =
        static_cast<std::uint8_t>((above[c] * alpha * 255U + below[c] * through + sum / 2) / sum);
  }
  below[3] = static_cast<std::uint8_t>((sum + 127U) / 255U);
}

}  // namespace

Canvas::Canvas(int width, int height)
    : width_(width),
      height_(height),
      pixels_(kChannels * static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}

std::uint8_t* Canvas::at(int x, int y) {
  return pixels_.data() +
         kChannels * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                      static_cast<std::size_t>(x));
}

const std::uint8_t* Canvas::at(int x, int y) const {
  return pixels_.data() +
         kChannels * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                      static_cast<std::size_t>(x));
}

Area Canvas::clipped(const Area& area) const {
  const int left = std::clamp(area.left, 0, width_);
  const int top = std::clamp(area.top, 0, height_);
  const auto end = [](int from, int length, int most) {
    return static_cast<int>(std::clamp<std::int64_t>(std::int64_t{from} + length, 0, most));
  };
  return {left, top, std::max(end(area.left, area.width, width_) - left, 0),
          std::max(end(area.top, area.height, height_) - top, 0)};
}

void Canvas::draw(const Area& area, const std::uint8_t* rgba, int rows, bool blend) {
  const Area seen = clipped({area.left, area.top, area.width, std::min(rows, area.height)});
  for (int y = 0; y < seen.height; ++y) {
    const std::uint8_t* from =
        rgba + kChannels * (static_cast<std::size_t>(seen.top - area.top + y) *
                                static_cast<std::size_t>(area.width) +
                            static_cast<std::size_t>(seen.left - area.left));
    std::uint8_t* to = at(seen.left, seen.top + y);
    const std::size_t size = kChannels * static_cast<std::size_t>(seen.width);
    if (!blend) {
      std::memcpy(to, from, size);
      continue;
    }
    for (std::size_t i = 0; i < size; i += kChannels) blend_pixel(to + i, from + i);
  }
}

void Canvas::clear(const Area& area) {
  const Area seen = clipped(area);
  for (int y = 0; y < seen.height; ++y)
    std::memset(at(seen.left, seen.top + y), 0, kChannels * static_cast<std::size_t>(seen.width));
}

void Canvas::copy_from(const Canvas& other) {
  std::memcpy(pixels_.data(), other.pixels_.data(), pixels_.size());
}

Image Canvas::over(std::uint8_t ground) const {
  Image image(width_, height_, PixelLayout::rgb8);
  for (int y = 0; y < height_; ++y) {
    const std::uint8_t* from = at(0, y);
    std::uint8_t* to = image.row(y);
    for (int x = 0; x < width_; ++x, from += kChannels, to += 3) {
      for (int c = 0; c < 3; ++c) to[c] = over_ground(from[c], from[3], ground);
    }
  }
  return image;
}

}  // namespace reseau::detail
