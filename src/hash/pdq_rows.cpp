#include "hash/pdq_rows.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>

#include "hash/luma.h"
#include "hash/luma_kernel.h"

namespace reseau::detail {
namespace {

/// The pixel of `full` that is the `at`th of `of` samples.
int nearest(int at, int of, int full) { return static_cast<int>(std::int64_t{at} * full / of); }

void wipe(std::vector<float>& values) {
  if (!values.empty()) explicit_bzero(values.data(), values.size() * sizeof(float));
}

}  // namespace

PdqRows::PdqRows(const ImageView& image, bool may_shrink)
    : image_(image),
      reduced_(may_shrink && (image.full_width > image.width || image.full_height > image.height)),
      full_width_(reduced_ ? std::max(image.full_width, image.width) : image.width),
      full_height_(reduced_ ? std::max(image.full_height, image.height) : image.height) {
  const bool shrinks = may_shrink && (full_width_ > kPdqLongest || full_height_ > kPdqLongest);
  width_ = shrinks ? kPdqLongest : full_width_;
  height_ = shrinks ? kPdqLongest : full_height_;
  columns_.resize(static_cast<std::size_t>(reduced_ ? image.width : width_));
  if (!reduced_) {
    for (int x = 0; x < width_; ++x)
      columns_[static_cast<std::size_t>(x)] = nearest(x, width_, full_width_);
    return;
  }
  std::iota(columns_.begin(), columns_.end(), 0);
  for (int x = 0; x < width_; ++x) {
    const Between place = between(x, width_, full_width_, image.width);
    first_.push_back(place.first);
    share_.push_back(place.share);
  }
  for (NearRow& row : near_) row.luma.resize(columns_.size());
  mixed_.resize(columns_.size());
}

PdqRows::~PdqRows() {
  for (NearRow& row : near_) wipe(row.luma);
  wipe(mixed_);
}

void PdqRows::read(int y, float* out) {
  if (reduced_) {
    read_between(y, out);
  } else {
    luma_floats(image_, nearest(y, height_, full_height_), columns_, {out, columns_.size()});
  }
}

// Pixel p of the whole picture has its middle at p + 1/2, which is (p + 1/2) there / full of the
// reduced one, in which pixel q has it at q + 1/2.
PdqRows::Between PdqRows::between(int at, int of, int full, int there) {
  const double middle = (nearest(at, of, full) + 0.5) * there / full - 0.5;
  const double inside = std::clamp(middle, 0.0, there - 1.0);
  const int first = std::min(static_cast<int>(inside), there - 2);
  return {first, static_cast<float>(inside - first)};
}

const std::vector<float>& PdqRows::near_row(int y) {
  NearRow& row = near_.at(static_cast<std::size_t>(y % 2));
  if (row.y != y) luma_floats(image_, row.y = y, columns_, row.luma);
  return row.luma;
}

void PdqRows::read_between(int y, float* out) {
  const Between row = between(y, height_, full_height_, image_.height);
  mix(near_row(row.first).data(), near_row(row.first + 1).data(), row.share, mixed_.size(),
      mixed_.data());
  mix_neighbours(mixed_.data(), first_.data(), share_.data(), share_.size(), out);
}

}  // namespace reseau::detail
