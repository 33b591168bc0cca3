#include "cli/source.h"

#include <fcntl.h>
#include <poll.h>
#include <reseau/result.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "cli/exit.h"
#include "cli/signals.h"

namespace reseau::cli {
namespace {

constexpr int kPatienceMilliseconds = 500;
constexpr std::size_t kLongestPath = 64UL << 10;  // PATH_MAX is 4,096

[[noreturn]] void fail(const std::string& name, int error) {
  throw Fatal("cannot read " + name + ": " + system_message(error));
}

}  // namespace

Source::Source(int fd, std::string name, std::function<void()> idle)
    : fd_(fd), name_(std::move(name)), idle_(std::move(idle)) {}

Source Source::open(const std::string& path, std::function<void()> idle) {
  if (path == "-") return Source(STDIN_FILENO, "standard input", std::move(idle));
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(path, errno);
  return Source(fd, path, std::move(idle));
}

Source::Source(Source&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      name_(std::move(other.name_)),
      idle_(std::move(other.idle_)),
      buffer_(other.buffer_),
      next_(other.next_),
      filled_(other.filled_) {}

Source::~Source() {
  if (fd_ > STDERR_FILENO) ::close(fd_);
}

/// Until there are bytes to read. False after an interruption.
bool Source::wait() {
  std::array<pollfd, 2> watched = {{{.fd = fd_, .events = POLLIN, .revents = 0},
                                    {.fd = interruption_fd(), .events = POLLIN, .revents = 0}}};
  for (;;) {
    const int ready = ::poll(watched.data(), watched.size(), kPatienceMilliseconds);
    if (interruption() != 0) return false;
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) fail(name_, errno);
    if (ready == 0 && idle_) idle_();
  }
}

bool Source::fill() {
  while (wait()) {
    const ssize_t count = ::read(fd_, buffer_.data(), buffer_.size());
    if (count >= 0) {
      next_ = 0;
      filled_ = static_cast<std::size_t>(count);
      return count > 0;
    }
    if (errno != EINTR && errno != EAGAIN) fail(name_, errno);
  }
  return false;
}

bool Source::holds_item(char separator) const {
  const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(filled_);
  const auto ends = [separator](unsigned char byte) {
    return byte == static_cast<unsigned char>(separator);
  };
  const auto item =
      std::find_if_not(buffer_.begin() + static_cast<std::ptrdiff_t>(next_), end, ends);
  return std::find_if(item, end, ends) != end;
}

std::optional<std::string> read_until(Source& source, char separator) {
  std::string text;
  int byte = source.get();
  if (byte < 0) return std::nullopt;
  for (; byte >= 0 && byte != static_cast<unsigned char>(separator); byte = source.get()) {
    if (text.size() == kLongestPath) {
      throw Fatal(source.name() +
                  " has a line of more than 65,536 bytes, and no item of such a list is that long; "
                  "is it the right file (and if its items end in NUL, not in line feeds: --null)?");
    }
    text += static_cast<char>(byte);
  }
  if (interruption() != 0) return std::nullopt;  // perhaps but half of it
  return text;
}

}  // namespace reseau::cli
