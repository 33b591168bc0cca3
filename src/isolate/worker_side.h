/// What workers of every kind do: confine themselves, hear and say, map shared memory.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "isolate/confine.h"

namespace reseau::detail {

/// Ends the process: the broker is gone, or does not make sense.
[[noreturn]] inline void give_up() { ::_exit(1); }

// read() and write(), since they are all that the filter lets through.
template <typename T>
bool hear(T& message, std::uint32_t magic) {
  for (;;) {
    const ssize_t got = ::read(kWorkerSocket, &message, sizeof(message));
    if (got == static_cast<ssize_t>(sizeof(message))) return message.magic == magic;
    if (got >= 0 || errno != EINTR) return false;
  }
}

template <typename T>
void say(const T& message) {
  for (;;) {
    const ssize_t sent = ::write(kWorkerSocket, &message, sizeof(message));
    if (sent == static_cast<ssize_t>(sizeof(message))) return;
    if (sent >= 0 || errno != EINTR) give_up();
  }
}

/// A shared memory as this side sees it.
struct Mapping {
  void* data = nullptr;
  std::uint64_t capacity = 0;

  [[nodiscard]] bool map(int file, int protection, std::uint64_t wanted);
};

/// Confines the process, and says hello.
void begin_work(Opening opening);

}  // namespace reseau::detail
