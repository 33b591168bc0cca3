// Files are hostile too: a FIFO never ends, a device may act when it is opened, a sparse file
// claims a terabyte, and a file may grow while it is read.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

#include <reseau/image.h>

namespace reseau {
namespace {

Error failed(const std::string& what) {
  return {Code::io_error, what + ": " + system_message(errno)};
}

Error not_a_file(mode_t mode) {
  std::string kind = "something else";
  if (S_ISDIR(mode)) kind = "a directory";
  if (S_ISFIFO(mode)) kind = "a FIFO";
  if (S_ISSOCK(mode)) kind = "a socket";
  if (S_ISCHR(mode) || S_ISBLK(mode)) kind = "a device";
  return {Code::policy_filetype, "it is " + kind + ", and only regular files are read"};
}

Error too_large(const std::string& size, const Limits& limits) {
  return {Code::limit_bytes, "it is " + size + " bytes, over the limit of " +
                                 std::to_string(limits.max_bytes) +
                                 "; raise it with --max-bytes if the file is trusted"};
}

int open_quietly(const char* path) {
  constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
  // The time of last access is evidence; only a file's owner may leave it alone.
  const int number = open(path, kFlags | O_NOATIME);
  return number >= 0 || errno != EPERM ? number : open(path, kFlags);
}

Result<std::vector<std::uint8_t>> read_all(int number, std::uint64_t expected,
                                           const Limits& limits) {
  constexpr std::size_t kStep = 1 << 20;
  std::vector<std::uint8_t> bytes;
  bytes.reserve(expected + 1);  // one more, so that the end is seen without growing
  for (;;) {
    const std::size_t have = bytes.size();
    bytes.resize(have < bytes.capacity() ? bytes.capacity() : have + kStep);
    const ssize_t count = read(number, bytes.data() + have, bytes.size() - have);
    if (count < 0 && errno != EINTR) return failed("it cannot be read");
    bytes.resize(have + static_cast<std::size_t>(count < 0 ? 0 : count));
    if (bytes.size() > limits.max_bytes)
      return too_large("at least " + std::to_string(bytes.size()), limits);
    if (count == 0) return bytes;
  }
}

}  // namespace

OpenFile::OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<OpenFile> open_file(const std::string& path) {
  if (path.find('\0') != std::string::npos)
    return Error{Code::io_error, "it cannot be opened: no file's name holds a zero byte"};
  struct stat status = {};
  // Asked for before opening, since to open a device is to use it; and again after, since the file
  // of that name may be another one by then.
  if (stat(path.c_str(), &status) != 0) return failed("it cannot be opened");
  if (!S_ISREG(status.st_mode)) return not_a_file(status.st_mode);
  OpenFile file(open_quietly(path.c_str()));
  if (file.descriptor() < 0 || fstat(file.descriptor(), &status) != 0)
    return failed("it cannot be opened");
  if (!S_ISREG(status.st_mode)) return not_a_file(status.st_mode);
  return {std::move(file)};
}

Result<std::vector<std::uint8_t>> read_file(const std::string& path, const Limits& limits) {
  const auto file = open_file(path);
  if (!file) return file.error();
  struct stat status = {};
  if (fstat(file->descriptor(), &status) != 0) return failed("it cannot be opened");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > limits.max_bytes) return too_large(std::to_string(size), limits);
  try {
    return read_all(file->descriptor(), size, limits);
  } catch (const std::bad_alloc&) {
    return Error{Code::limit_memory,
                 "memory ran out at its " + std::to_string(size) + " bytes; examine it by itself"};
  }
}

}  // namespace reseau
