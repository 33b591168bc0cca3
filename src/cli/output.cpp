#include "cli/output.h"

#include <poll.h>
#include <reseau/result.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <utility>

#include "cli/escape.h"
#include "cli/exit.h"
#include "cli/progress.h"

namespace reseau::cli {
namespace {

constexpr std::size_t kMuch = 64UL << 10;

[[noreturn]] void fail(int error) {
  if (error == EPIPE) throw BrokenPipe();
  throw Fatal("cannot write to standard output: " + system_message(error) +
              "; the results are cut short");
}

}  // namespace

int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd wait{fd, POLLOUT, 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

void message(std::string_view text) {
  // If even standard error cannot be written to, there is nobody left to tell.
  [[maybe_unused]] const int error = write_all(STDERR_FILENO, "reseau: " + printable(text) + '\n');
}

Output::Output() { pending_.reserve(kMuch); }

void Output::write(std::string_view text) {
  pending_ += text;
  if (pending_.size() >= kMuch) flush();
}

void Output::flush() {
  if (pending_.empty()) return;
  std::unique_lock<std::mutex> quiet;
  if (progress_ != nullptr) quiet = progress_->hidden();
  write_out();
}

void Output::write_out() {
  const std::string text = std::exchange(pending_, {});
  if (const int error = write_all(STDOUT_FILENO, text); error != 0) fail(error);
}

void Output::close() {
  flush();
  if (::close(STDOUT_FILENO) != 0 && errno != EINTR && errno != EBADF) fail(errno);
}

}  // namespace reseau::cli
