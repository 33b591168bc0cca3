/// The times of frames, made to rise whatever the container says.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

namespace reseau::detail {

/// Absent timestamps follow the one before by a frame's length. One that falls back, or leaps by
/// more than an hour, is taken for a new beginning (streams that were joined, counters that ran
/// over): time goes on from where it was.
class Clock {
 public:
  explicit Clock(std::optional<double> rate) : step_(1 / rate.value_or(kUsual)) {}

  /// Seconds after the first frame.
  double next(std::optional<double> stamp) {
    constexpr double kLongest = 3600;
    const double here = stamp ? *stamp - origin_.value_or(*stamp) : 0;
    if (!started_) {
      started_ = true;
      if (stamp) origin_ = *stamp;
      return time_ = 0;
    }
    if (!stamp) return time_ += step_;
    if (!origin_ || here < time_ || here > time_ + kLongest) {
      time_ += step_;
      origin_ = *stamp - time_;
      return time_;
    }
    return time_ = here;
  }

 private:
  static constexpr double kUsual = 25;  // frames a second
  double step_;
  std::optional<double> origin_;
  double time_ = 0;
  bool started_ = false;
};

}  // namespace reseau::detail
