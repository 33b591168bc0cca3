/// Where a known window lies in a query: the query's sampling window is moved until its signature
/// is nearest to the known one.
///
/// Gauss-Newton on the signature itself, after Lucas and Kanade, "An iterative image registration
/// technique with an application to stereo vision", 1981, and Baker and Matthews, "Lucas-Kanade 20
/// years on", 2004. The distance at the place that was found is robust: each value's share in it is
/// cut off (the truncated quadratic of Black and Rangarajan, "On the unification of line processes,
/// outlier rejection, and robust statistics with applications in early vision", 1996).
#pragma once

#include <vector>

#include "hash/placement.h"
#include "hash/projection.h"

namespace reseau::detail {

struct Aligned {
  Placement placement;
  double angle = 0;     ///< of the placement, in radians clockwise
  double distance = 0;  ///< robust, of the unrounded signature there to the target
};

inline constexpr double kCutOff = 0.4;
inline constexpr double kFarthestAligned = kCutOff * kGridLength * kGridLength;

/// Robust, of the unrounded signature at a place to the target: the sum of the squares, of which
/// each counts as no more than kCutOff times what the value is squared in a picture, in the mean.
/// 0 to kFarthestAligned.
[[nodiscard]] double distance_at(const Plane& plane, const Placement& place,
                                 const GridValues& target);

/// Looks at a plane near one upright window, many times. Threads: any number.
class Aligner {
 public:
  /// Requires: `start` is upright and not empty. `plane` must outlive this. Cost: a mean for
  /// about every ninth part of a sample, and 4 bytes each.
  Aligner(const Plane& plane, const Placement& start);
  Aligner(const Aligner&) = delete;
  Aligner& operator=(const Aligner&) = delete;
  ~Aligner();

  /// Never further from `target` than the start, but for strangers that are given up: those are
  /// kFarthestAligned away. Deterministic on one machine.
  [[nodiscard]] Aligned align(const GridValues& target) const;

 private:
  [[nodiscard]] Samples sample(const Placement& place) const;
  [[nodiscard]] GridVector signature_at(const Placement& place) const;

  const Plane& plane_;
  Placement start_;
  // Means over as much as a sample of the start covers, about places so far apart, row by row.
  double step_x_;
  double step_y_;
  std::size_t columns_;
  std::size_t rows_;
  std::vector<float> means_;
};

}  // namespace reseau::detail
