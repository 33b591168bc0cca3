/// Which frames of a video are worth hashing. Pure: times and thumbs in, yes or no out.
#pragma once

#include <optional>

#include "video/thumb.h"

namespace reseau::detail {

class Picker {
 public:
  /// `interval`: seconds, as VideoOptions. `cuts`: whether frames follow each other closely enough
  /// for a cut to be told from motion.
  Picker(double interval, bool cuts) : interval_(interval), cuts_(cuts) {}

  enum class Pick : std::uint8_t {
    skip,   ///< too soon after the one before
    alike,  ///< looks like the last one that was taken
    take,
    shot,  ///< taken, and the first of a shot
  };
  /// Requires: times do not fall.
  [[nodiscard]] Pick look(double time, const Thumb& thumb);

 private:
  [[nodiscard]] bool is_cut(const Thumb& thumb);

  double interval_;
  bool cuts_;
  std::optional<Thumb> before_;  ///< the frame before
  std::optional<Thumb> taken_;   ///< the last that was taken
  double next_ = 0;              ///< when the next may be taken
  double motion_ = 0;            ///< how much frames have differed of late
};

}  // namespace reseau::detail
