/// The luma of a whole picture, small enough to be looked at in many windows: what trimming and the
/// grid signature read. docs/signature.md has the formulas.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <reseau/image.h>

#include "hash/loops.h"

namespace reseau::detail {

/// A level of luma is 64 units: whole numbers, so that sums are exact in any order.
inline constexpr int kLumaUnit = 64;

/// A part of a plane, in 1/kPlaneUnit of its pixels; right and bottom are excluded.
inline constexpr std::int64_t kPlaneUnit = 4096;
struct PlaneBox {
  std::int64_t left = 0;
  std::int64_t top = 0;
  std::int64_t right = 0;
  std::int64_t bottom = 0;
};

/// Luma reduced by area to at most kLongSide pixels on the long side; a smaller picture as it is;
/// and the sums of it, which all but trimming reads. Wiped before its memory is given back.
class Plane {
 public:
  static constexpr int kLongSide = 256;

  /// Requires: width, height of 1 to 65,535. Cost: one pass over the pixels; at most 0.4 MiB, and
  /// 4 bytes a pixel of one row. Throws std::bad_alloc.
  explicit Plane(const ImageView& image);
  /// Of another: with its sums, which are computed where that one has none; or without, in a third
  /// of the memory, for keeping. Without them only this may be asked of it.
  Plane(const Plane& other, bool sums);
  Plane(const Plane&) = delete;
  Plane& operator=(const Plane&) = delete;
  ~Plane();

  [[nodiscard]] bool has_sums() const noexcept { return !sums_.empty(); }
  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  [[nodiscard]] int at(int x, int y) const noexcept { return luma_[index(x, y, width_)]; }
  /// width() values.
  [[nodiscard]] const std::uint16_t* row(int y) const noexcept {
    return &luma_[index(0, y, width_)];
  }
  [[nodiscard]] PlaneBox whole() const noexcept {
    return {0, 0, width_ * kPlaneUnit, height_ * kPlaneUnit};
  }

  /// The sum of luma above and to the left of each crossing of an x with a y, in luma units times
  /// 1/kPlaneUnit^2 of a pixel; pixels are squares of one value. `out` has a row of `xs.size()` for
  /// every y.
  /// Requires: each x and y within the plane; out.size() == xs.size() * ys.size().
  void integral(std::span<const std::int64_t> xs, std::span<const std::int64_t> ys,
                std::span<std::int64_t> out) const;

  /// The sums themselves, in luma units: as many as there are crossings of whole pixels.
  [[nodiscard]] Integral integral() const noexcept { return {sums_.data(), width_, height_}; }

 private:
  static std::size_t index(int x, int y, int width) noexcept {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x);
  }
  void reduce(const ImageView& image);
  void integrate();

  int width_;
  int height_;
  std::vector<std::uint16_t> luma_;  // at most 255 * 64
  std::vector<std::uint32_t> sums_;  // (width + 1) x (height + 1); at most 2^30
};

}  // namespace reseau::detail
