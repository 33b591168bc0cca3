/// Work on several threads, each item once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace reseau::detail {

/// Calls `work(item, worker)` for every item below `items`, on `threads` threads (0: as many as the
/// machine has) of which the caller's is worker 0. `worker` is below workers_for(items, threads).
/// Throws what the first that failed has thrown, after all have ended; what is left then is left
/// undone.
inline std::size_t workers_for(std::size_t items, std::ptrdiff_t threads) {
  const std::size_t wanted =
      threads > 0 ? static_cast<std::size_t>(threads) : std::thread::hardware_concurrency();
  return std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(items, 1));
}

template <typename Work>
void in_parallel(std::size_t items, std::ptrdiff_t threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex failing;
  const auto run = [&](std::size_t worker) {
    try {
      for (std::size_t item = next++; item < items; item = next++) work(item, worker);
    } catch (...) {
      next = items;
      const std::lock_guard lock(failing);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t worker = 1; worker < workers_for(items, threads); ++worker) {
      try {
        others.emplace_back(run, worker);
      } catch (const std::system_error&) {
        break;  // no more threads are to be had: those that are do it all
      }
    }
    run(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace reseau::detail
