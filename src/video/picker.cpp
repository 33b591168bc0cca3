#include "video/picker.h"

#include <algorithm>

namespace reseau::detail {
namespace {

// In levels of grey, mean over the thumb. Encoders' noise moves it by a few tenths; a hand that
// moves before a still background by one to three.
constexpr double kAlike = 0.6;
// A cut is a change that is large, and much larger than the motion before it.
constexpr double kCut = 10;
constexpr double kCutOverMotion = 4;
constexpr double kMemory = 0.8;  // of motion, from frame to frame

}  // namespace

bool Picker::is_cut(const Thumb& thumb) {
  if (!before_) return true;
  const double change = difference(thumb, *before_);
  const bool cut = change > kCut && change > kCutOverMotion * motion_;
  // A cut is no motion; but what goes on changing like that (flicker) is.
  motion_ = kMemory * motion_ + (1 - kMemory) * std::min(change, cut ? 2 * kCut : change);
  return cut;
}

Picker::Pick Picker::look(double time, const Thumb& thumb) {
  const bool shot = is_cut(thumb) && (cuts_ || !before_);
  before_ = thumb;
  if (!shot && time < next_) return Pick::skip;
  const bool alike = taken_ && difference(thumb, *taken_) < kAlike;
  if (alike) return Pick::alike;
  taken_ = thumb;
  next_ = time + interval_;
  return shot ? Pick::shot : Pick::take;
}

}  // namespace reseau::detail
