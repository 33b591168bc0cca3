// Loops over rows of pixels, simple enough for compilers to take many at once.
#include "hash/profile.h"

#include <cstdlib>
#include <utility>

namespace reseau::detail {
namespace {

Profile profile(int count, int length) {
  const std::vector<std::int32_t> zeros(static_cast<std::size_t>(count));
  return {length, zeros, zeros, zeros, zeros, zeros, zeros};
}

/// Sums of one row of pixels; what is of columns is added up over rows.
class Summing {
 public:
  Summing(const Plane& plane, const PlaneBox& box)
      : plane_(plane),
        left_(static_cast<int>(box.left / kPlaneUnit)),
        top_(static_cast<int>(box.top / kPlaneUnit)),
        width_(static_cast<int>(box.right / kPlaneUnit) - left_),
        height_(static_cast<int>(box.bottom / kPlaneUnit) - top_),
        result_{profile(width_, height_), profile(height_, width_)} {}

  Profiles sum() {
    for (int y = 0; y < height_; ++y) across(y);
    for (int y = 1; y < height_; ++y) down(y);
    for (int y = 1; y + 1 < height_; ++y) curve(y);
    for (auto& value : result_.columns.mean) value /= height_;
    for (auto& value : result_.rows.mean) value /= width_;
    for (int y = 0; y < height_; ++y) deviate(y);
    return std::move(result_);
  }

 private:
  [[nodiscard]] const std::uint16_t* row(int y) const { return plane_.row(top_ + y) + left_; }

  /// Steps from column to column, curves along the row, means of both.
  void across(int y) {
    const std::uint16_t* here = row(y);
    Profile& columns = result_.columns;
    for (int x = 1; x < width_; ++x) {
      const int step = std::abs(here[x] - here[x - 1]);
      columns.step[at(x)] += step;
      columns.stepping[at(x)] += step >= Profile::kLeastStep;
      columns.jumping[at(x)] += step >= Profile::kLeastJump;
    }
    std::int32_t sum = 0;
    for (int x = 0; x < width_; ++x) {
      columns.mean[at(x)] += here[x];
      sum += here[x];
    }
    result_.rows.mean[at(y)] = sum;
    std::int32_t curves = 0;
    for (int x = 1; x + 1 < width_; ++x)
      curves += std::abs(here[x - 1] - 2 * here[x] + here[x + 1]);
    result_.rows.sharpness[at(y)] = curves;
  }

  void down(int y) {
    const std::uint16_t* here = row(y);
    const std::uint16_t* above = row(y - 1);
    std::int32_t steps = 0;
    std::int32_t stepping = 0;
    std::int32_t jumping = 0;
    for (int x = 0; x < width_; ++x) {
      const int step = std::abs(here[x] - above[x]);
      steps += step;
      stepping += step >= Profile::kLeastStep;
      jumping += step >= Profile::kLeastJump;
    }
    result_.rows.step[at(y)] = steps;
    result_.rows.stepping[at(y)] = stepping;
    result_.rows.jumping[at(y)] = jumping;
  }

  void curve(int y) {
    const std::uint16_t* here = row(y);
    const std::uint16_t* above = row(y - 1);
    const std::uint16_t* below = row(y + 1);
    std::int32_t* sums = result_.columns.sharpness.data();
    for (int x = 0; x < width_; ++x) sums[x] += std::abs(above[x] - 2 * here[x] + below[x]);
  }

  void deviate(int y) {
    const std::uint16_t* here = row(y);
    const std::int32_t* means = result_.columns.mean.data();
    std::int32_t* sums = result_.columns.deviation.data();
    const std::int32_t mean = result_.rows.mean[at(y)];
    std::int32_t sum = 0;
    for (int x = 0; x < width_; ++x) {
      sums[x] += std::abs(here[x] - means[x]);
      sum += std::abs(here[x] - mean);
    }
    result_.rows.deviation[at(y)] = sum;
  }

  static std::size_t at(int place) { return static_cast<std::size_t>(place); }

  const Plane& plane_;
  int left_, top_, width_, height_;
  Profiles result_;
};

}  // namespace

Profiles profiles(const Plane& plane, const PlaneBox& box) { return Summing(plane, box).sum(); }

}  // namespace reseau::detail
