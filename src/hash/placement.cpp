#include "hash/placement.h"

#include <algorithm>

namespace reseau::detail {

double mean(const Plane& plane, double x, double y, double width, double height) {
  const double left = std::clamp(x - width / 2, 0.0, plane.width() - width);
  const double top = std::clamp(y - height / 2, 0.0, plane.height() - height);
  const double right = std::min(left + width, static_cast<double>(plane.width()));
  const double bottom = std::min(top + height, static_cast<double>(plane.height()));
  const double sum = (plane.integral(right, bottom) - plane.integral(left, bottom)) -
                     (plane.integral(right, top) - plane.integral(left, top));
  return sum / (width * height * kLumaUnit);
}

Samples sample(const Plane& plane, const Placement& place) {
  const double across = place.width / kSamples;
  const double down = place.height / kSamples;
  const double width = std::min(across, static_cast<double>(plane.width()));
  const double height = std::min(down, static_cast<double>(plane.height()));
  Samples samples{};
  for (std::size_t j = 0; j < kSamples; ++j) {
    const double v = (static_cast<double>(j) + 0.5) * down - place.height / 2;
    for (std::size_t i = 0; i < kSamples; ++i) {
      const double u = (static_cast<double>(i) + 0.5) * across - place.width / 2;
      samples[j][i] = mean(plane, place.x + (place.cosine * u - place.sine * v),
                           place.y + (place.sine * u + place.cosine * v), width, height);
    }
  }
  return samples;
}

}  // namespace reseau::detail
