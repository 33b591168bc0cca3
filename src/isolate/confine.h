/// What a process does to itself before it looks at the first byte of a file.
#pragma once

#include <cstdint>

namespace reseau::detail {

/// The descriptors that a worker has; all others are closed.
inline constexpr int kWorkerSocket = 3;
inline constexpr int kWorkerInput = 4;
inline constexpr int kWorkerOutput = 5;

/// What becomes of a process that asks for a file to be opened, which it never is.
enum class Opening : std::uint8_t {
  ends,   ///< it, as most other calls do
  fails,  ///< as if permission were denied: FFmpeg asks for tables of old character sets
};

/// From here on the process can compute, get memory, start threads, and talk over kWorkerSocket: no
/// other system call is let through, and most of them end it (SIGSYS). No path can be opened, no
/// address reached, nothing executed, no privilege gained, no core dumped, and it dies with its
/// parent. Gives what of that this kernel could do, of Confinement. Cannot be taken back.
[[nodiscard]] std::uint32_t confine(Opening opening = Opening::ends);

}  // namespace reseau::detail
