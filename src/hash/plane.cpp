#include "hash/plane.h"

#include <algorithm>
#include <cstring>

#include "hash/luma.h"

namespace reseau::detail {
namespace {

/// `length` reduced as the long side is to kLongSide, rounded to the nearest; at least 1.
int reduced(int length, int long_side) {
  if (long_side <= Plane::kLongSide) return length;
  const std::int64_t exact = std::int64_t{length} * Plane::kLongSide;
  return std::max(1, static_cast<int>((exact + long_side / 2) / long_side));
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

Plane::~Plane() {
  explicit_bzero(luma_.data(), luma_.size() * sizeof(luma_[0]));
  explicit_bzero(sums_.data(), sums_.size() * sizeof(sums_[0]));
}

// Every pixel of the plane is the mean over a rectangle of the picture. Pixels on a border count on
// both sides, by the share that lies there: shares are whole, in units of 1/height_ of a row and
// 1/width_ of a column, and so are the sums.
void Plane::reduce(const ImageView& image) {
  const auto columns = static_cast<std::size_t>(image.width);
  std::vector<std::uint16_t> row(columns);
  std::vector<std::uint32_t> band(columns);  // at most 255 * 64 * 65,535, below 2^31
  const double scale = 1.0 / (static_cast<double>(image.width) * image.height);
  int y = -1;
  for (int j = 0; j < height_; ++j) {
    const std::int64_t top = std::int64_t{j} * image.height;  // in 1/height_ of a row
    const std::int64_t bottom = top + image.height;
    std::fill(band.begin(), band.end(), 0U);
    for (std::int64_t from = top; from < bottom;) {
      const auto source = static_cast<int>(from / height_);
      const std::int64_t to = std::min(bottom, (source + std::int64_t{1}) * height_);
      if (source != y) luma_units(image, y = source, row);
      const auto weight = static_cast<std::uint16_t>(to - from);  // at most kLongSide
      for (std::size_t x = 0; x < columns; ++x) band[x] += std::uint32_t{weight} * row[x];
      from = to;
    }
    std::uint64_t before = 0;  // the sum of the band's pixels left of `x`
    std::uint64_t left_sum = 0;
    int x = 0;
    for (int i = 0; i < width_; ++i) {
      const std::int64_t right = (i + std::int64_t{1}) * image.width;  // in 1/width_ of a column
      const auto whole = static_cast<int>(right / width_);
      for (; x < whole; ++x) before += band[static_cast<std::size_t>(x)];
      std::uint64_t right_sum = before * static_cast<std::uint64_t>(width_);
      if (const std::int64_t share = right % width_; share != 0) {
        right_sum += static_cast<std::uint64_t>(share) * band[static_cast<std::size_t>(whole)];
      }
      const double rounded = static_cast<double>(right_sum - left_sum) * scale + 0.5;
      luma_[index(i, j, width_)] = static_cast<std::uint16_t>(rounded);
      left_sum = right_sum;
    }
  }
  explicit_bzero(row.data(), row.size() * sizeof(row[0]));
  explicit_bzero(band.data(), band.size() * sizeof(band[0]));
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
    const std::int64_t down = y - row * kPlaneUnit;
    const std::uint32_t* above = &sums_[index(0, row, width_ + 1)];
    const std::uint32_t* below = above + width_ + 1;
    for (const std::int64_t x : xs) {
      const auto column = std::min<std::int64_t>(x / kPlaneUnit, width_ - 1);
      const std::int64_t right = x - column * kPlaneUnit;
      const auto along = [&](const std::uint32_t* sums) {
        return std::int64_t{sums[column]} * (kPlaneUnit - right) +
               std::int64_t{sums[column + 1]} * right;
      };
      *to++ = along(above) * (kPlaneUnit - down) + along(below) * down;
    }
  }
}

}  // namespace reseau::detail
