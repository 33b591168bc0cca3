/// A loop over independent items on a few threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace reseau::evaluation {

/// Calls `work(item, thread)` for every item below `items`, each once; `thread` is below `threads`.
/// What one of them throws is thrown when all have stopped; what is left then is left undone.
template <typename Work>
void parallel(std::size_t items, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&](unsigned thread) {
    try {
      for (std::size_t item = next++; item < items; item = next++) work(item, thread);
    } catch (...) {
      next = items;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> running;
    for (unsigned thread = 0; thread < threads; ++thread) running.emplace_back(run, thread);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace reseau::evaluation
