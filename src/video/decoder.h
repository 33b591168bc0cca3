/// Packets to frames, by a decoder that is on the list.
#pragma once

#include <optional>

#include <reseau/video.h>

#include "video/libav.h"

namespace reseau::detail {

class Decoder {
 public:
  /// Fails: unsupported_format, limit_*.
  static Result<Decoder> open(const AVStream& stream, VideoMode mode, const VideoLimits& limits);

  /// Null at the end. 0, or FFmpeg's error.
  [[nodiscard]] int send(const AVPacket* packet);
  /// 0, or FFmpeg's error: AVERROR(EAGAIN) asks for another packet.
  [[nodiscard]] int receive(AVFrame& frame);
  /// Set once a frame was larger than it may be, so that no memory was given to it.
  [[nodiscard]] const std::optional<Error>& refused() const { return guard_->refused; }

 private:
  struct Guard {
    VideoLimits limits;
    std::optional<Error> refused;
  };
  Decoder() = default;
  static int give_buffer(AVCodecContext* context, AVFrame* frame, int flags);

  std::unique_ptr<Guard> guard_;  ///< the context knows its address
  Libav<AVCodecContext> context_;
};

/// What is wrong with frames of this size; none if nothing is.
[[nodiscard]] std::optional<Error> check_frame_size(int width, int height,
                                                    const VideoLimits& limits);

}  // namespace reseau::detail
