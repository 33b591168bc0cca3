#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

#include <reseau/video.h>

namespace reseau {
namespace {

constexpr auto kFarthest = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

}  // namespace

VideoReader video_reader(Bytes file) {
  const auto at = std::make_shared<std::size_t>(0);
  VideoReader reader;
  reader.read = [file, at](std::span<std::uint8_t> into) {
    const std::size_t count = std::min(into.size(), file.size() - *at);
    if (count > 0) std::memcpy(into.data(), file.data() + *at, count);
    *at += count;
    return static_cast<std::int64_t>(count);
  };
  reader.seek = [file, at](std::uint64_t place) {
    *at = static_cast<std::size_t>(std::min<std::uint64_t>(place, file.size()));
    return true;
  };
  reader.size = file.size();
  return reader;
}

VideoReader video_reader(int descriptor) {
  VideoReader reader;
  struct stat status = {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    reader.read = [descriptor](std::span<std::uint8_t> into) -> std::int64_t {
      for (;;) {
        const ssize_t count = read(descriptor, into.data(), into.size());
        if (count >= 0 || errno != EINTR) return count;
      }
    };
    return reader;
  }
  const auto at = std::make_shared<std::uint64_t>(0);
  reader.read = [descriptor, at](std::span<std::uint8_t> into) -> std::int64_t {
    for (;;) {
      const ssize_t count = pread(descriptor, into.data(), into.size(), static_cast<off_t>(*at));
      if (count < 0 && errno == EINTR) continue;
      if (count > 0) *at += static_cast<std::uint64_t>(count);
      return count;
    }
  };
  reader.seek = [at](std::uint64_t place) {
    if (place > kFarthest) return false;
    *at = place;
    return true;
  };
  reader.size = static_cast<std::uint64_t>(status.st_size);
  return reader;
}

}  // namespace reseau
