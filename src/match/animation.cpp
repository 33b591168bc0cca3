#include "match/animation.h"

#include <algorithm>
#include <cmath>

#include "match/videos.h"

namespace reseau::detail {
namespace {

constexpr double kFrame = 0.04;  // by which a frame of a video stands after it is last shown
constexpr int kCut = 40'000;     // squared L2: nearer, two frames may be of one shot

double rounded(double seconds) { return std::round(seconds * 1000) / 1000; }

}  // namespace

void Animation::add(const Decoded& decoded, const Examined& examined) {
  const auto kind = decoded.part.kind;
  const bool is_frame = kind == PicturePart::Kind::first || kind == PicturePart::Kind::frame;
  if (!is_frame || decoded.part.over_black || decoded.shown_for <= 0) return;
  const double from = time_;
  time_ += decoded.shown_for;
  if (!examined.grid || decoded.completeness < kWhole) return;
  format_ = decoded.format;
  video_.width = std::max(video_.width, decoded.full_width);
  video_.height = std::max(video_.height, decoded.full_height);
  const auto apart = [&examined](const Signature& other) {
    return other.bytes().empty() ? kCut + 1 : distance(*examined.grid, other).value();
  };
  const double until = rounded(std::max(from, time_ - kFrame));
  const bool shot = apart(before_) > kCut;
  before_ = *examined.grid;
  auto& frames = video_.frames;
  if (!frames.empty() && apart(frames.back().grid) <= kSameLook) {
    frames.back().until = until;
    return;
  }
  if (!shot && from < frames.back().time + VideoOptions().interval) return;
  frames.push_back(frame_of(examined));
  frames.back().time = rounded(from);
  frames.back().until = until;
  frames.back().shot = shot;
}

std::optional<Examined> Animation::finish() {
  constexpr std::size_t kFewest = 2;
  if (video_.frames.size() < kFewest || best_quality(video_) < kMinQuality) return std::nullopt;
  video_.duration = rounded(time_);
  Examined examined;
  examined.part.kind = PicturePart::Kind::animation;
  examined.format = format_;
  examined.width = video_.width;
  examined.height = video_.height;
  examined.completeness = 1;
  examined.quality = best_quality(video_);
  examined.duration = video_.duration;
  examined.video = std::move(video_);
  return examined;
}

}  // namespace reseau::detail
