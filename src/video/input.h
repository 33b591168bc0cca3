/// A VideoReader as FFmpeg reads.
#pragma once

#include <array>

#include <reseau/video.h>

#include "video/libav.h"

namespace reseau::detail {

class Input {
 public:
  /// `reader` must outlive it. Throws std::bad_alloc.
  explicit Input(const VideoReader& reader);

  [[nodiscard]] AVIOContext* context() const { return context_.get(); }
  /// The first bytes, by which a format is told; they are read again from here afterwards.
  [[nodiscard]] Bytes start() const { return {start_.data(), started_}; }
  [[nodiscard]] bool can_seek() const { return static_cast<bool>(reader_.seek); }
  [[nodiscard]] const std::optional<std::uint64_t>& size() const { return reader_.size; }
  /// Whether a read has failed, which FFmpeg takes for the end of the file.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  static int read(void* self, std::uint8_t* into, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);
  int read_on(std::span<std::uint8_t> into);

  const VideoReader& reader_;
  std::array<std::uint8_t, 512> start_{};
  std::size_t started_ = 0;  ///< bytes in start_
  std::uint64_t position_ = 0;
  bool failed_ = false;
  Libav<AVIOContext> context_;
};

}  // namespace reseau::detail
