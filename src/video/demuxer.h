/// The packets of a video's one track, out of a container.
#pragma once

#include <optional>

#include "video/budget.h"
#include "video/input.h"
#include "video/libav.h"

namespace reseau::detail {

/// Pictures of which the containers may have a sequence of them, that is a video: HEIC, HEIF.
[[nodiscard]] bool may_hold_sequence(const Format& format);

class Demuxer {
 public:
  /// All must outlive it. Fails: empty, unsupported_format, corrupt, io_error, limit_*.
  static Result<Demuxer> open(Input& input, const Format& format, const VideoLimits& limits,
                              const Budget& budget);

  [[nodiscard]] const AVStream& stream() const { return *stream_; }
  [[nodiscard]] int tracks() const { return tracks_; }  ///< of video, cover pictures not counted
  /// Seconds that the track, or else the file, claims.
  [[nodiscard]] std::optional<double> claimed_duration() const;
  /// Frames a second that are claimed, if they make sense.
  [[nodiscard]] std::optional<double> claimed_rate() const;
  /// Seconds, of a time in the track's unit; none for AV_NOPTS_VALUE.
  [[nodiscard]] std::optional<double> seconds(std::int64_t time) const;

  /// The next packet of the track: 0, or FFmpeg's error.
  [[nodiscard]] int read(AVPacket& packet);

  /// For key frames only: reading goes on at the first that the container's own index has at or
  /// after `time` (in the track's unit), if it has one; otherwise where it stands.
  /// Whether it went somewhere. Where indexes and timestamps disagree, it may go back.
  bool skip_to_key(std::int64_t time);
  void skip_no_more() { can_seek_ = false; }

 private:
  Demuxer() = default;
  static int interrupt(void* budget);

  Libav<AVFormatContext> context_;
  AVStream* stream_ = nullptr;
  int tracks_ = 0;
  bool can_seek_ = false;
};

}  // namespace reseau::detail
