/// The broker's side of the zygote.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "isolate/channel.h"

namespace reseau::detail {

/// Starts workers. Threads: any number.
class Launcher {
 public:
  explicit Launcher(std::string program) : program_(std::move(program)) {}
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;
  Launcher(Launcher&&) = delete;
  Launcher& operator=(Launcher&&) = delete;
  ~Launcher();

  struct Started {
    pid_t pid = 0;
    /// As waitpid() gives it, of the worker that was replaced; none if nobody knows any more.
    std::optional<int> status;
  };
  /// A worker at the other end of `socket`. `reap`: the one whose place it takes, or 0; it is
  /// killed if it has not died by itself within `patience`.
  [[nodiscard]] Result<Started> start(const Descriptor& socket, const SharedMemory& input,
                                      const SharedMemory& output, pid_t reap,
                                      std::chrono::milliseconds patience);

 private:
  [[nodiscard]] Status start_zygote();
  void end_zygote();

  const std::string program_;
  std::mutex mutex_;
  Descriptor control_;
  pid_t zygote_ = 0;
  const pid_t owner_ = ::getpid();  ///< a fork's copy leaves the processes alone
};

/// The program beside the library (or beside the program that the library is linked into).
[[nodiscard]] std::string default_decoder();

}  // namespace reseau::detail
