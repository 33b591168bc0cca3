/// The broker's side of a set of workers that are started from one program: who is free, who has
/// died, how long an answer is waited for.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <reseau/isolate.h>

#include "isolate/channel.h"
#include "isolate/launcher.h"

namespace reseau::detail {

struct Worker {
  pid_t pid = 0;
  Descriptor socket;
  SharedMemory input;
  SharedMemory output;
  std::uint64_t addresses = 0;  ///< what it may have of them
};

/// How a worker's answer was waited for in vain.
enum class Failed : std::uint8_t { died, lied, cpu, wall };

/// How long a worker may take.
struct Patience {
  std::chrono::milliseconds cpu_before{0};  ///< used up when the file was begun
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::chrono::milliseconds max_cpu{0};   ///< since then
  std::chrono::milliseconds max_wall{0};  ///< since `start`
};

/// The processor time of a process and of all its threads.
[[nodiscard]] std::chrono::milliseconds cpu_time(pid_t pid);

/// Threads: any number.
class Workers {
 public:
  Workers(IsolationOptions options, std::string program);

  /// Starts the first, which tells what confinement there is. The others, and all if this is not
  /// called, are started when so many are needed at once.
  [[nodiscard]] Status start();

  /// A worker for the time of one call; waits until one is free. Whoever throws meanwhile leaves it
  /// in the middle of a file: then another takes its place, before the next file.
  class Lease {
   public:
    explicit Lease(Workers& workers);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&&) = delete;
    Lease& operator=(Lease&&) = delete;
    [[nodiscard]] Worker& worker() const { return *worker_; }

   private:
    Workers& workers_;
    Worker* worker_ = nullptr;
    const int exceptions_;
  };

  /// Alive, and with memories of these sizes. Fails: worker_crashed, limit_memory.
  [[nodiscard]] Status prepare(Worker& worker, std::uint64_t input, std::uint64_t output);

  /// If all else fails, the kernel ends it when it has used so much processor time in all.
  static void bound_cpu(const Worker& worker, std::chrono::milliseconds most);

  /// Until the worker's next word is there; or how it failed to say one.
  [[nodiscard]] static std::optional<Failed> listen(const Worker& worker, const Patience& patience);

  /// Ends a worker that failed, wipes its memory, and puts another in its place. What to say of it.
  [[nodiscard]] Error replace(Worker& worker, Failed how, const Patience& patience);

  /// Of `enum Confinement`: what every worker so far has said of itself.
  [[nodiscard]] std::uint32_t confinement() const { return confinement_.load(); }
  [[nodiscard]] std::uint64_t replaced() const { return replaced_.load(); }
  [[nodiscard]] std::vector<int> process_ids() const;

 private:
  [[nodiscard]] Status launch(Worker& worker, std::chrono::milliseconds to_die,
                              std::optional<int>* status);
  [[nodiscard]] Status greet(Worker& worker);
  void abandon(Worker& worker);
  std::optional<int> renew(Worker& worker, std::chrono::milliseconds to_die);

  const IsolationOptions options_;
  Launcher launcher_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> idle_;
  std::atomic<std::uint32_t> confinement_ = ~std::uint32_t{0};
  std::atomic<std::uint64_t> replaced_ = 0;
};

}  // namespace reseau::detail
