#include "hash/placement.h"

#include <algorithm>

namespace reseau::detail {

Samples sample(const Plane& plane, const Placement& place) {
  const double across = place.width / kSamples;
  const double down = place.height / kSamples;
  const double width = std::min(across, static_cast<double>(plane.width()));
  const double height = std::min(down, static_cast<double>(plane.height()));
  std::array<double, kSamples> xs;
  std::array<double, kSamples> ys;
  Samples samples;
  for (std::size_t j = 0; j < kSamples; ++j) {
    const double v = (static_cast<double>(j) + 0.5) * down - place.height / 2;
    for (std::size_t i = 0; i < kSamples; ++i) {
      const double u = (static_cast<double>(i) + 0.5) * across - place.width / 2;
      xs[i] = place.x + (place.cosine * u - place.sine * v);
      ys[i] = place.y + (place.sine * u + place.cosine * v);
    }
    means(plane.integral(), xs.data(), ys.data(), kSamples, width, height, samples[j].data());
  }
  return samples;
}

}  // namespace reseau::detail
