#include "video/input.h"

#include <algorithm>
#include <limits>

namespace reseau::detail {
namespace {

constexpr int kBuffer = 64 << 10;
constexpr auto kFarthest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

}  // namespace

Input::Input(const VideoReader& reader) : reader_(reader) {
  while (started_ < start_.size()) {
    const int count = read_on(std::span(start_).subspan(started_));
    if (count <= 0) break;
    started_ += static_cast<std::size_t>(count);
  }
  auto* buffer = static_cast<unsigned char*>(allocated(av_malloc(kBuffer)));
  context_.reset(avio_alloc_context(buffer, kBuffer, 0, this, &Input::read, nullptr,
                                    reader_.seek ? &Input::seek : nullptr));
  if (!context_) {
    av_free(buffer);
    throw std::bad_alloc();
  }
}

// What a caller's function throws must not pass through FFmpeg.
int Input::read_on(std::span<std::uint8_t> into) try {
  const std::int64_t count = reader_.read ? reader_.read(into) : 0;
  failed_ = failed_ || count < 0 || count > static_cast<std::int64_t>(into.size());
  return failed_ ? AVERROR(EIO) : static_cast<int>(count);
} catch (...) {
  failed_ = true;
  return AVERROR(EIO);
}

int Input::read(void* self, std::uint8_t* into, int size) {
  auto& input = *static_cast<Input*>(self);
  const std::span<std::uint8_t> room(into, static_cast<std::size_t>(std::max(size, 0)));
  int count = 0;
  if (input.position_ < input.started_) {  // the start of a stream was read already
    const std::size_t left = input.started_ - static_cast<std::size_t>(input.position_);
    const std::size_t taken = std::min(left, room.size());
    std::copy_n(input.start_.begin() + static_cast<std::ptrdiff_t>(input.position_), taken, into);
    count = static_cast<int>(taken);
  } else {
    count = input.read_on(room);
  }
  if (count <= 0) return count == 0 ? AVERROR_EOF : count;
  input.position_ += static_cast<std::uint64_t>(count);
  return count;
}

std::int64_t Input::seek(void* self, std::int64_t offset, int whence) {
  auto& input = *static_cast<Input*>(self);
  const VideoReader& reader = input.reader_;
  if ((whence & AVSEEK_SIZE) != 0) {
    const bool known = reader.size && *reader.size <= kFarthest;
    return known ? static_cast<std::int64_t>(*reader.size) : AVERROR(ENOSYS);
  }
  std::int64_t base = 0;
  if ((whence & 3) == SEEK_CUR) base = static_cast<std::int64_t>(input.position_);
  if ((whence & 3) == SEEK_END) {
    if (!reader.size || *reader.size > kFarthest) return AVERROR(ENOSYS);
    base = static_cast<std::int64_t>(*reader.size);
  }
  std::int64_t place = 0;
  if (__builtin_add_overflow(base, offset, &place) || place < 0) return AVERROR(EINVAL);
  try {
    // What stands in start_ is not read again, so reading goes on behind it.
    const auto from =
        std::max(static_cast<std::uint64_t>(place), static_cast<std::uint64_t>(input.started_));
    if (!reader.seek(from)) return AVERROR(EIO);
  } catch (...) {
    return AVERROR(EIO);
  }
  input.position_ = static_cast<std::uint64_t>(place);
  return place;
}

}  // namespace reseau::detail
