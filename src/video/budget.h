/// What one video may still cost.
#pragma once

#include <chrono>
#include <ctime>

#include <reseau/video.h>

namespace reseau::detail {

/// Processor time of the thread that it is made on: decoding starts no other.
class Budget {
 public:
  explicit Budget(const VideoLimits& limits) : limits_(limits), start_(now()) {}

  void reached(double seconds) { reached_ = seconds; }
  [[nodiscard]] bool spent() const {
    const double allowed =
        seconds(limits_.max_cpu) + seconds(limits_.max_cpu_per_second) * reached_;
    return now() - start_ > allowed;
  }

 private:
  static double seconds(std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
  }
  static double now() {
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  const VideoLimits& limits_;
  double start_;
  double reached_ = 0;
};

}  // namespace reseau::detail
