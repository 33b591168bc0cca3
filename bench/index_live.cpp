// reseau_index_live ENTRIES SECONDS
//
// A service's day: an index of ENTRIES pdq signatures to which a thousand are added every second,
// and from which, after the first half, a thousand are removed, while another thread searches a
// thousand times a second. Says how long the slowest of each took, how much of that was its own
// work and how often it waited for anybody (the rest is the machine's), and how the memory grew.
// Beside it runs a loop that does the same little work a thousand times a second and nothing else:
// what that takes at the slowest is what this machine does to anybody.
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

#include "index_data.h"
#include "index_peers.h"

namespace {

using namespace reseau;
using namespace reseau::bench;
using Clock = std::chrono::steady_clock;

constexpr int kEverySecond = 1000;

/// Of this thread, so far.
struct Used {
  double milliseconds = 0;  ///< of processor time
  long waits = 0;           ///< for a lock, memory or a disk; not for a processor

  static Used now() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);  // its times were found to be wrong
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return {1e3 * static_cast<double>(used.tv_sec) + 1e-6 * static_cast<double>(used.tv_nsec),
            usage.ru_nvcsw};
  }
};

struct Times {
  std::vector<float> milliseconds;
  float slowest = 0;
  Used by_slowest;
  double most_used = 0;

  template <typename Work>
  void time(const Work& work) {
    const Used before = Used::now();
    const auto start = Clock::now();
    work();
    const float took = std::chrono::duration<float, std::milli>(Clock::now() - start).count();
    const Used after = Used::now();
    const Used used = {after.milliseconds - before.milliseconds, after.waits - before.waits};
    most_used = std::max(most_used, used.milliseconds);
    milliseconds.push_back(took);
    if (took <= slowest) return;
    slowest = took;
    by_slowest = used;
  }
  void print(const char* what) {
    if (milliseconds.empty()) return;
    std::sort(milliseconds.begin(), milliseconds.end());
    const auto at = [&](double share) {
      return milliseconds[static_cast<std::size_t>(share *
                                                   static_cast<double>(milliseconds.size() - 1))];
    };
    std::printf(
        "%-9s %8zu   p50 %.3f   p99 %.3f   p99.9 %.3f   slowest %.2f ms, of which %.2f "
        "its own and %ld waits; most of its own in any %.2f\n",
        what, milliseconds.size(), at(.5), at(.99), at(.999), slowest, by_slowest.milliseconds,
        by_slowest.waits, most_used);
  }
};

/// Some hundredths of a millisecond.
void little_work() {
  volatile unsigned number = 1;
  for (int i = 0; i < 20'000; ++i) number = number * 1'664'525U + 1'013'904'223U;
}

void require(bool holds) {
  if (holds) return;
  std::fputs("reseau_index_live: the index failed\n", stderr);
  std::exit(1);
}

void run(std::size_t entries, int seconds) {
  const IndexData data(Algorithm::pdq, Spread::random, entries);
  Index index = indexed(data);
  std::printf("%zu entries, %.0f MB\n", index.size(), static_cast<double>(index.bytes()) / 1e6);
  std::atomic<bool> stop = false;
  const auto keep_at = [&stop](Times& times, const auto& work) {
    auto next = Clock::now();
    for (std::size_t i = 0; !stop; ++i) {
      std::this_thread::sleep_until(next += std::chrono::microseconds(1'000'000 / kEverySecond));
      times.time([&] { work(i); });
    }
  };
  Times searches;
  std::thread searcher([&] {
    keep_at(searches, [&](std::size_t i) {
      require(index.within(data.queries()[i % data.queries().size()], {31}).ok());
    });
  });
  Times loops;
  std::thread looper([&] { keep_at(loops, [](std::size_t) { little_work(); }); });
  Times additions;
  Times removals;
  auto next = Clock::now();
  auto fresh = static_cast<std::int64_t>(entries);
  std::int64_t oldest = 0;
  for (int second = 0; second < seconds; ++second) {
    const auto some = data.some(static_cast<std::size_t>(fresh), kEverySecond);
    for (const Signature& signature : some) {
      std::this_thread::sleep_until(next += std::chrono::microseconds(1'000'000 / kEverySecond));
      additions.time([&] { require(index.add(fresh++, signature).ok()); });
      if (second < seconds / 2) continue;
      const std::int64_t gone = oldest++;
      removals.time([&] { require(index.remove(std::span(&gone, 1)).ok()); });
    }
    if (second % std::max(1, seconds / 10) == 0) {
      std::printf("%5d s: %zu entries, %.0f MB\n", second, index.size(),
                  static_cast<double>(index.bytes()) / 1e6);
      std::fflush(stdout);
    }
  }
  stop = true;
  searcher.join();
  looper.join();
  searches.print("searches");
  additions.print("additions");
  removals.print("removals");
  loops.print("loops");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: reseau_index_live ENTRIES SECONDS\n", stderr);
    return 2;
  }
  try {
    run(std::strtoull(argv[1], nullptr, 10), std::atoi(argv[2]));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "reseau_index_live: %s\n", e.what());
    return 2;
  }
  return 0;
}
