#include "core/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>

namespace reseau::detail {
namespace {

// From `begin` up to, not with, `end`; whether all of it is on the disk.
bool overwrite(int file, std::size_t begin, std::size_t end) {
  static constexpr std::array<std::uint8_t, 1 << 16> kZeros{};
  while (begin < end) {
    const ssize_t written = pwrite(file, kZeros.data(), std::min(end - begin, kZeros.size()),
                                   static_cast<off_t>(begin));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    begin += static_cast<std::size_t>(written);
  }
  return fsync(file) == 0;
}

}  // namespace

std::optional<std::uint64_t> size_of_file(const std::string& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(about.st_size);
}

int sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int handle =
      open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return errno;
  const int error = fsync(handle) == 0 ? 0 : errno;
  close(handle);
  return error == EINVAL || error == ENOTSUP ? 0 : error;
}

void overwrite_and_delete(const std::string& path, std::size_t head) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file >= 0) {
    struct stat about {};
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode)) {
      const auto size = static_cast<std::size_t>(about.st_size);
      if (size <= head || overwrite(file, head, size)) overwrite(file, 0, std::min(head, size));
    }
    close(file);
  }
  unlink(path.c_str());
}

}  // namespace reseau::detail
