/// The process that workers are forked from: it never sees a byte of any file, has one thread, and
/// none of the memory of the program that uses the library.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace reseau::detail {

/// Where the zygote finds its socket.
inline constexpr int kZygoteSocket = 3;

/// To the zygote, with a worker's socket, input and output.
struct SpawnRequest {
  std::int32_t reap = 0;       ///< the worker that this one is to replace; 0: none
  std::int32_t reap_wait = 0;  ///< milliseconds that it is given to die by itself
};
struct SpawnReply {
  std::int32_t pid = 0;  ///< 0: there is none, see error
  std::int32_t error = 0;
  std::int32_t status = 0;  ///< of the one that was replaced, as waitpid() gives it
};

/// The status of a child of this process, so that no other can have its number meanwhile. Gives it
/// `patience` milliseconds to end, and then ends it.
int reap(pid_t pid, int patience);

/// Forks a worker for every request, until the broker is gone; each calls `work`, which does not
/// come back. What main() returns.
int serve_as_zygote(void (*work)());

}  // namespace reseau::detail
