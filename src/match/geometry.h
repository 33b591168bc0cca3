/// Places in pictures, as matching lays them over each other.
#pragma once

#include <cmath>

#include <reseau/view.h>

namespace reseau::detail {

struct Point {
  double x = 0;
  double y = 0;
};

[[nodiscard]] inline Point middle(const Rectangle& r) {
  return {r.x + r.width / 2.0, r.y + r.height / 2.0};
}

[[nodiscard]] inline Rectangle about(Point middle, Point sides) {
  return {static_cast<float>(middle.x - sides.x / 2), static_cast<float>(middle.y - sides.y / 2),
          static_cast<float>(sides.x), static_cast<float>(sides.y)};
}

/// Turns points about 0, where x and y have one unit.
class Turn {
 public:
  explicit Turn(double degrees_clockwise)
      : cosine_(std::cos(degrees_clockwise * kRadians)),
        sine_(std::sin(degrees_clockwise * kRadians)) {}
  [[nodiscard]] Point operator()(Point p) const {
    return {cosine_ * p.x - sine_ * p.y, sine_ * p.x + cosine_ * p.y};
  }

 private:
  static constexpr double kRadians = 3.14159265358979323846 / 180;
  double cosine_;
  double sine_;
};

}  // namespace reseau::detail
