#include "hash/plane.h"

#include <algorithm>
#include <cstring>

#include "hash/loops.h"
#include "hash/luma.h"

namespace reseau::detail {
namespace {

/// `length` reduced as the long side is to kLongSide, rounded to the nearest; at least 1.
int reduced(int length, int long_side) {
  if (long_side <= Plane::kLongSide) return length;
  const std::int64_t exact = std::int64_t{length} * Plane::kLongSide;
  return std::max(1, static_cast<int>((exact + long_side / 2) / long_side));
}

/// The right ends of `to` equal parts of a line of pixels.
std::vector<Edge> edges(int pixels, int to) {
  std::vector<Edge> result;
  const auto parts = static_cast<std::uint32_t>(to);
  for (std::uint32_t i = 1; i <= parts; ++i) {  // at most 256 * 65,535
    const std::uint32_t right = i * static_cast<std::uint32_t>(pixels);
    result.push_back({right / parts, right % parts});
  }
  return result;
}

}  // namespace

Plane::Plane(const ImageView& image)
    : width_(reduced(image.width, std::max(image.width, image.height))),
      height_(reduced(image.height, std::max(image.width, image.height))),
      luma_(index(0, height_, width_)),
      sums_(index(0, height_ + 1, width_ + 1)) {
  reduce(image);
  integrate();
}

Plane::Plane(const Plane& other, bool sums)
    : width_(other.width_), height_(other.height_), luma_(other.luma_) {
  if (!sums) return;
  sums_.resize(index(0, height_ + 1, width_ + 1));
  integrate();
}

Plane::~Plane() {
  explicit_bzero(luma_.data(), luma_.size() * sizeof(luma_[0]));
  if (has_sums()) explicit_bzero(sums_.data(), sums_.size() * sizeof(sums_[0]));
}

// Every pixel of the plane is the mean over a rectangle of the picture. Pixels on a border count on
// both sides, by the share that lies there: shares are whole, in units of 1/height_ of a row and
// 1/width_ of a column, and so are the sums.
void Plane::reduce(const ImageView& image) {
  const auto columns = static_cast<std::size_t>(image.width);
  std::vector<std::uint16_t> row(columns);
  std::vector<std::uint32_t> bands(kLines * columns);  // at most 255 * 64 * 65,535, below 2^31
  std::vector<std::uint32_t> scratch(bands.size());
  const auto width = static_cast<std::size_t>(width_);
  std::vector<std::uint16_t> lines(kLines * width);
  const auto rights = edges(image.width, width_);
  const double scale = 1.0 / (static_cast<double>(image.width) * image.height);
  int y = -1;
  for (int j = 0; j < height_; j += static_cast<int>(kLines)) {
    const std::size_t count = std::min(kLines, static_cast<std::size_t>(height_ - j));
    std::fill(bands.begin(), bands.end(), 0U);
    for (std::size_t line = 0; line < count; ++line) {
      // In 1/height_ of a row.
      const std::int64_t top = (j + static_cast<std::int64_t>(line)) * image.height;
      const std::int64_t bottom = top + image.height;
      for (std::int64_t from = top; from < bottom;) {
        const auto source = static_cast<int>(from / height_);
        const std::int64_t to = std::min(bottom, (source + std::int64_t{1}) * height_);
        if (source != y) luma_units(image, y = source, row);
        const auto weight = static_cast<std::uint32_t>(to - from);  // at most kLongSide
        add_weighted(row.data(), weight, columns, &bands[line * columns]);
        from = to;
      }
    }
    add_up(bands.data(), columns, rights, scale, scratch.data(), lines.data());
    std::copy_n(lines.begin(), count * width, &luma_[index(0, j, width_)]);
  }
  explicit_bzero(row.data(), row.size() * sizeof(row[0]));
  explicit_bzero(bands.data(), bands.size() * sizeof(bands[0]));
  explicit_bzero(scratch.data(), scratch.size() * sizeof(scratch[0]));
  explicit_bzero(lines.data(), lines.size() * sizeof(lines[0]));
}

void Plane::integrate() {
  for (int y = 0; y < height_; ++y) {
    std::uint32_t row = 0;
    for (int x = 0; x < width_; ++x) {
      row += luma_[index(x, y, width_)];
      sums_[index(x + 1, y + 1, width_ + 1)] = sums_[index(x + 1, y, width_ + 1)] + row;
    }
  }
}

void Plane::integral(std::span<const std::int64_t> xs, std::span<const std::int64_t> ys,
                     std::span<std::int64_t> out) const {
  auto* to = out.data();
  for (const std::int64_t y : ys) {
    const auto row = static_cast<int>(std::min<std::int64_t>(y / kPlaneUnit, height_ - 1));
    const std::uint32_t* above = &sums_[index(0, row, width_ + 1)];
    interpolate(above, above + width_ + 1, y - row * kPlaneUnit, xs, to);
    to += xs.size();
  }
}

}  // namespace reseau::detail
