#include "isolate/video_protocol.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "isolate/protocol.h"

namespace reseau::detail {
namespace {

constexpr std::uint64_t kBytesAPixel = 3;

std::optional<double> positive(double value) {
  return std::isfinite(value) && value > 0 ? std::optional(value) : std::nullopt;
}

bool within(const VideoWord& word, const VideoOptions& options) {
  if (word.width < 1 || word.height < 1) return false;
  const auto pixels =
      static_cast<std::uint64_t>(word.width) * static_cast<std::uint64_t>(word.height);
  return word.width <= options.limits.max_side && word.height <= options.limits.max_side &&
         pixels <= options.limits.max_pixels;
}

}  // namespace

VideoOrder job_of(const VideoReader& reader, const VideoOptions& options) {
  VideoOrder order;
  order.say = VideoSay::job;
  constexpr std::uint64_t kFarthest = std::uint64_t{1} << 62;
  if (reader.size && *reader.size <= kFarthest)
    order.size = static_cast<std::int64_t>(*reader.size);
  order.can_seek = reader.seek ? 1 : 0;
  order.fast = options.mode == VideoMode::fast ? 1 : 0;
  order.interval = options.interval;
  order.vpdq_seconds = options.vpdq_seconds.value_or(-1);
  const VideoLimits& limits = options.limits;
  order.max_pixels = limits.max_pixels;
  order.max_frames = limits.max_frames;
  order.max_side = limits.max_side;
  order.max_streams = limits.max_streams;
  order.max_size_changes = limits.max_size_changes;
  order.max_duration = limits.max_duration;
  order.max_cpu = limits.max_cpu.count();
  order.max_cpu_per_second = limits.max_cpu_per_second.count();
  return order;
}

VideoOptions options_of(const VideoOrder& order) {
  VideoOptions options;
  options.mode = order.fast != 0 ? VideoMode::fast : VideoMode::thorough;
  options.interval = order.interval;
  if (order.vpdq_seconds >= 0) options.vpdq_seconds = order.vpdq_seconds;
  VideoLimits& limits = options.limits;
  limits.max_pixels = order.max_pixels;
  limits.max_frames = order.max_frames;
  limits.max_side = order.max_side;
  limits.max_streams = order.max_streams;
  limits.max_size_changes = order.max_size_changes;
  limits.max_duration = order.max_duration;
  limits.max_cpu = std::chrono::milliseconds(order.max_cpu);
  limits.max_cpu_per_second = std::chrono::milliseconds(order.max_cpu_per_second);
  return options;
}

std::uint64_t frame_needed(const VideoOptions& options) {
  const auto most = static_cast<std::uint64_t>(
      options.vpdq_seconds ? std::max(options.limits.max_side, 1) : kMaxSampledSide);
  return kBytesAPixel * std::clamp<std::uint64_t>(options.limits.max_pixels, 1, most * most);
}

VideoWord word_of(const SampledFrame& frame) {
  VideoWord word;
  word.say = frame.alike ? VideoSay::alike : VideoSay::frame;
  word.time = frame.time;
  word.frame = frame.frame;
  word.shot = frame.shot ? 1 : 0;
  word.rate = frame.claimed_rate.value_or(-1);
  if (frame.alike) return word;
  word.width = frame.pixels.width;
  word.height = frame.pixels.height;
  return word;
}

VideoWord word_of(const VideoReport& report) {
  VideoWord word;
  word.say = VideoSay::end;
  word.code = static_cast<std::uint32_t>(report.outcome);
  word.time = report.duration;
  word.rate = report.rate.value_or(-1);
  word.claimed = report.claimed.value_or(-1);
  word.frame = report.decoded;
  word.damaged = report.damaged;
  word.width = report.width;
  word.height = report.height;
  word.message_length =
      static_cast<std::uint32_t>(std::min(report.message.size(), word.message.size()));
  std::memcpy(word.message.data(), report.message.data(), word.message_length);
  return word;
}

bool VideoClaims::goes_on(double time) const {
  return std::isfinite(time) && time >= time_ && time <= options_.limits.max_duration;
}

std::optional<SampledFrame> VideoClaims::frame(const VideoWord& word, std::uint64_t& bytes) {
  if (!goes_on(word.time)) return std::nullopt;
  SampledFrame frame;
  frame.time = word.time;
  frame.frame = word.frame;
  frame.shot = word.shot != 0;
  frame.claimed_rate = positive(word.rate);
  frame.alike = word.say == VideoSay::alike;
  bytes = 0;
  if (frame.alike) {
    if (sampled_ == 0 || options_.vpdq_seconds) return std::nullopt;  // alike to nothing
  } else {
    const bool reduced = word.width <= kMaxSampledSide && word.height <= kMaxSampledSide;
    if (!within(word, options_) || (!reduced && !options_.vpdq_seconds)) return std::nullopt;
    if (sampled_ >= options_.limits.max_frames) return std::nullopt;
    if (sampled_++ == 0) {
      width_ = word.width;
      height_ = word.height;
    }
    bytes = kBytesAPixel * static_cast<std::uint64_t>(word.width) *
            static_cast<std::uint64_t>(word.height);
  }
  time_ = word.time;
  if (frame.claimed_rate) rate_ = frame.claimed_rate;
  return frame;
}

bool VideoClaims::progress(const VideoWord& word) {
  if (!goes_on(word.time)) return false;
  time_ = word.time;
  claimed_ = positive(word.claimed);
  return true;
}

std::optional<VideoReport> VideoClaims::end(const VideoWord& word, bool stopped) const {
  const auto code = static_cast<Code>(word.code);
  const bool known = word.code <= static_cast<std::uint32_t>(Code::io_error);
  if (!known && !(stopped && code == Code::interrupted)) return std::nullopt;
  // The frame that is over the limit has a time too; none leaps further.
  constexpr double kLeap = 3'600;
  if (!std::isfinite(word.time) || word.time < time_) return std::nullopt;
  if (word.time > options_.limits.max_duration + kLeap) return std::nullopt;
  VideoReport report;
  report.outcome = code;
  report.message = harmless(word.message, word.message_length);
  if ((code == Code::ok) != report.message.empty()) return std::nullopt;
  if (code == Code::ok && sampled_ == 0) return std::nullopt;  // an honest worker says why
  if (sampled_ > 0) {
    if (!within(word, options_)) return std::nullopt;
    report.width = word.width;
    report.height = word.height;
  }
  report.duration = word.time;
  report.claimed = positive(word.claimed);
  report.rate = positive(word.rate);
  report.decoded = word.frame;
  report.damaged = word.damaged;
  report.sampled = sampled_;
  return report;
}

VideoReport VideoClaims::broken(const Error& why) const {
  VideoReport report;
  report.outcome = why.code;
  report.message = why.message;
  if (sampled_ > 0) {
    if (why.code == Code::worker_crashed) report.outcome = Code::ok_partial;
    report.message +=
        "; only the first " + std::to_string(static_cast<long>(time_)) + " s were looked at";
  }
  report.width = width_;
  report.height = height_;
  report.duration = time_;
  report.claimed = claimed_;
  report.rate = rate_;
  report.sampled = sampled_;
  return report;
}

}  // namespace reseau::detail
