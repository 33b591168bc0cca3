// A worker for videos that is in an attacker's hands says anything at all, many things in a row:
// what is believed is within the limits, and goes on in time.
#include <cmath>
#include <cstring>

#include "fuzz/require.h"
#include "isolate/video_protocol.h"

using namespace reseau;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  VideoOptions options;
  options.limits.max_pixels = 4'096;
  options.limits.max_frames = 3;
  if ((data[0] & 1) != 0) options.vpdq_seconds = 1;
  const bool stopped = (data[0] & 2) != 0;
  detail::VideoClaims claims(options);
  std::size_t frames = 0;
  double time = 0;
  for (std::size_t at = 1; at < size; at += 120) {
    // Of a word's message little is of interest.
    detail::VideoWord word;
    std::memcpy(static_cast<void*>(&word), data + at, std::min<std::size_t>(size - at, 120));
    std::uint64_t bytes = 0;
    if (word.say == detail::VideoSay::end) {
      const auto report = claims.end(word, stopped);
      if (!report) continue;
      require(is_outcome(report->outcome) || (stopped && report->outcome == Code::interrupted));
      require(std::isfinite(report->duration) && report->duration >= time);
      require(report->sampled == frames);
      for (const char c : report->message) require(c >= ' ' && c <= '~');
    } else if (word.say == detail::VideoSay::progress) {
      if (claims.progress(word)) time = claims.reached();
    } else if (const auto frame = claims.frame(word, bytes)) {
      require(frame->time >= time && frame->time <= options.limits.max_duration);
      require(bytes <= detail::frame_needed(options));
      require(frame->alike == (bytes == 0));
      if (!frame->alike) ++frames;
      require(frames <= options.limits.max_frames && frames > 0);
      time = frame->time;
    }
    require(std::isfinite(claims.reached()) && claims.reached() >= 0);
  }
  const VideoReport broken = claims.broken({Code::worker_crashed, "it crashed"});
  require(broken.outcome == (frames > 0 ? Code::ok_partial : Code::worker_crashed));
  return 0;
}
