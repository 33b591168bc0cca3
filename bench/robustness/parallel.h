/// A loop over independent items on a few threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace reseau::bench {

/// Calls `work(item, thread)` for every item below `items`, each once; `thread` is below `threads`.
template <typename Work>
void parallel(std::size_t items, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> running;
  for (unsigned thread = 0; thread < threads; ++thread) {
    running.emplace_back([&, thread] {
      for (std::size_t item = next++; item < items; item = next++) work(item, thread);
    });
  }
  for (auto& one : running) one.join();
}

}  // namespace reseau::bench
