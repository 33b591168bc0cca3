#include "cli/signals.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>

namespace reseau::cli {
namespace {

std::atomic<int> g_signal{0};
std::atomic<int> g_event{-1};
static_assert(std::atomic<int>::is_always_lock_free);  // or a handler may not touch it

void on_signal(int signal) {
  g_signal = signal;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(g_event, &one, sizeof one);
}

}  // namespace

void install_signals() {
  g_event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    ::sigaction(signal, nullptr, &old);
    if (old.sa_handler == SIG_IGN) continue;  // started by nohup, or in the background
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int interruption() { return g_signal; }
int interruption_fd() { return g_event; }

}  // namespace reseau::cli
