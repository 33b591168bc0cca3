/// What broker and worker say to each other about a video: messages of fixed size, as in
/// protocol.h, bytes and pixels through the shared memories.
///
///     worker:  hello      (a Report)
///     broker:  job
///     worker:  want       (bytes of the file from a place on)
///     broker:  bytes      (how many lie at the start of the input memory)
///     worker:  frame      (its pixels lie at the start of the output memory, rows without gaps)
///     broker:  next
///     worker:  alike      (a frame that looks as the one before; there is no answer)
///     worker:  progress
///     broker:  next       (or stop)
///     ...
///     worker:  end
///
/// The broker believes nothing that a worker says.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include <reseau/video.h>

namespace reseau::detail {

enum class VideoSay : std::uint32_t {
  job = 101,
  want,
  bytes,
  frame,
  alike,
  progress,
  next,
  stop,
  end,
};

inline constexpr std::uint32_t kVideoMagic = 0x52737631;
/// The most bytes that are given at a time.
inline constexpr std::uint64_t kVideoWindow = 1 << 20;

/// To a worker.
struct VideoOrder {
  std::uint32_t magic = kVideoMagic;
  VideoSay say = VideoSay::next;
  std::int64_t count = 0;  ///< bytes: how many there are; 0 at the end, -1 if they cannot be read
  // job:
  std::int64_t size = -1;  ///< of the file; -1 if nobody knows
  std::uint32_t can_seek = 0;
  std::uint32_t fast = 0;
  std::uint64_t output_capacity = 0;
  double interval = 0;
  double vpdq_seconds = -1;  ///< none
  std::uint64_t max_pixels = 0;
  std::uint64_t max_frames = 0;
  std::int32_t max_side = 0;
  std::int32_t max_streams = 0;
  std::int32_t max_size_changes = 0;
  double max_duration = 0;
  std::int64_t max_cpu = 0;  ///< milliseconds
  std::int64_t max_cpu_per_second = 0;
};
static_assert(std::is_trivially_copyable_v<VideoOrder>);

/// From a worker.
struct VideoWord {
  std::uint32_t magic = kVideoMagic;
  VideoSay say = VideoSay::want;
  std::uint64_t place = 0;  ///< want: of the first byte
  double time = 0;          ///< frame, alike, progress: seconds; end: of duration
  double rate = -1;         ///< frame, alike, end: as claimed; none
  double claimed = -1;      ///< progress, end: seconds; none
  std::uint64_t frame = 0;  ///< its number; end: how many were decoded
  std::uint32_t shot = 0;
  std::int32_t width = 0;  ///< frame; end: of the first one
  std::int32_t height = 0;
  std::uint32_t code = 0;  ///< end: how it went
  std::uint64_t damaged = 0;
  std::uint32_t message_length = 0;
  std::array<char, 400> message{};
};
static_assert(std::is_trivially_copyable_v<VideoWord>);

[[nodiscard]] VideoOrder job_of(const VideoReader& reader, const VideoOptions& options);
/// Without `progress`.
[[nodiscard]] VideoOptions options_of(const VideoOrder& order);

/// The bytes of the output memory that a frame may take.
[[nodiscard]] std::uint64_t frame_needed(const VideoOptions& options);

[[nodiscard]] VideoWord word_of(const SampledFrame& frame);
[[nodiscard]] VideoWord word_of(const VideoReport& report);

/// What a worker has said so far, as far as it is believed. Without state of a process: for tests.
class VideoClaims {
 public:
  explicit VideoClaims(const VideoOptions& options) : options_(options) {}

  /// A frame, or one that is alike, without its pixels; the bytes that these take are `bytes`. None
  /// if anything is not as an honest worker would say it.
  [[nodiscard]] std::optional<SampledFrame> frame(const VideoWord& word, std::uint64_t& bytes);
  /// Whether an honest worker could say so.
  [[nodiscard]] bool progress(const VideoWord& word);
  /// Without `format`. `stopped`: the broker said so.
  [[nodiscard]] std::optional<VideoReport> end(const VideoWord& word, bool stopped) const;

  /// Of a video that went no further, since the worker did not.
  [[nodiscard]] VideoReport broken(const Error& why) const;

  [[nodiscard]] double reached() const { return time_; }
  [[nodiscard]] std::optional<double> claimed() const { return claimed_; }

 private:
  [[nodiscard]] bool goes_on(double time) const;

  const VideoOptions& options_;
  double time_ = 0;
  std::size_t sampled_ = 0;
  int width_ = 0;  ///< of the first frame, as it was given
  int height_ = 0;
  std::optional<double> claimed_;
  std::optional<double> rate_;
};

}  // namespace reseau::detail
