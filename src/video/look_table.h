/// The looks of a video's frames, laid out so that one is held against all of them quickly.
#pragma once

#include <vector>

#include "video/track.h"

namespace reseau::detail {

/// Looks of one kind, of the frames that have one. The track must stay where it is.
class LookTable {
 public:
  LookTable(const std::vector<TrackFrame>& track, Look TrackFrame::*kind);

  [[nodiscard]] std::size_t size() const { return frames_.size(); }
  /// Rising places in the track.
  [[nodiscard]] std::size_t frame(std::size_t i) const { return frames_[i]; }
  [[nodiscard]] const Look& look(std::size_t i) const { return track_[frames_[i]].*kind_; }

  /// squared() of `values` and of each look; valid until the next call. Requires: size() > 0, and
  /// as many values as the looks have.
  [[nodiscard]] const std::vector<float>& squared_to(const Values& values);

 private:
  const std::vector<TrackFrame>& track_;
  Look TrackFrame::*kind_;
  std::vector<std::size_t> frames_;
  std::size_t width_ = 0;
  // In blocks of looks: a block's first numbers, then its second ones. Whole numbers below 2^24,
  // and so are all sums of their products: floats hold them exactly, in any order.
  std::vector<float> numbers_;
  std::vector<float> squares_;  ///< of each look, the sum of
  std::vector<float> asked_, distances_;
};

}  // namespace reseau::detail
