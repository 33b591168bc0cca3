// A video, from bytes to everything that is known of it.
#include <algorithm>

#include "match/videos.h"

namespace reseau::detail {
int best_quality(const VideoSignature& video) {
  int best = 0;
  for (const VideoFrame& frame : video.frames) {
    best = std::max(best, frame.quality);
    // What is inside borders has to have more to be recognised.
    if (frame.inside && frame.inside->quality >= kMinPartQuality)
      best = std::max(best, frame.inside->quality);
  }
  return best;
}

VideoFrame frame_of(const Examined& examined) {
  VideoFrame frame;
  frame.quality = examined.quality.value_or(0);
  frame.grid = *examined.grid;
  if (const auto pdq = examined.pdq()) {
    frame.pdq = *pdq;
    frame.pdq_quality = examined.pdq_quality().value_or(0);
  }
  if (const auto& inside = examined.trimmed; inside && inside->grid.quality >= kMinPartQuality)
    frame.inside = {inside->where, inside->grid.quality, inside->grid.signature, false};
  return frame;
}

bool is_film(const Format& format) {
  return format.media == Media::video && format.name != "playlist";
}

void examine_video(const VideoReader& reader, const VideoOptions& options, VideoDecoder& decoder,
                   Examined& examined) {
  HashedVideo hashed = hash_video(reader, options, decoder);
  const VideoReport& report = hashed.report;
  examined.outcome = report.outcome;
  examined.message = report.message;
  if (report.format.media != Media::none) examined.format = report.format;
  examined.duration = report.duration;
  if (hashed.signature.frames.empty()) return;
  examined.width = report.width;
  examined.height = report.height;
  examined.quality = best_quality(hashed.signature);
  if (report.outcome == Code::ok_partial && report.claimed)
    examined.completeness = std::min(1.0, report.duration / *report.claimed);
  if (report.outcome == Code::ok && *examined.quality < kMinQuality) {
    examined.outcome = Code::low_information;
    examined.message =
        "too little to recognise in any of its frames; only exact copies can be matched";
  }
  examined.video = std::move(hashed.signature);
}

}  // namespace reseau::detail
