#include <reseau/index.h>

#include <omp.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <climits>
#include <filesystem>
#include <thread>

#include "support/signatures.h"

using namespace reseau;
using test::random_signature;

namespace {

std::size_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

}  // namespace

TEST_CASE("Searches see all of a batch or none of it, and never keep the writer waiting for ever") {
  for (const Algorithm algorithm : kAlgorithms) {
    std::mt19937 random(21);
    Index index(algorithm);
    std::vector<std::int64_t> ids;
    std::vector<Signature> signatures;
    for (int i = 0; i < 50; ++i) {
      ids.push_back(i);
      signatures.push_back(random_signature(algorithm, random));
    }
    const Signature query = signatures.front();
    const Signature steady = random_signature(algorithm, random);
    REQUIRE(index.add(1000, steady));
    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> readers;
    readers.reserve(3);
    for (int t = 0; t < 3; ++t) {
      readers.emplace_back([&, t] {
        while (!stop) {
          const auto hits =
              t == 0 ? index.nearest(query, SIZE_MAX) : index.within(query, {INT_MAX});
          const bool whole = hits && (hits->size() == 1 || hits->size() == 51);
          if (!whole || !index.within(steady, {0}) || index.within(steady, {0})->size() != 1)
            ++wrong;
          if (index.size() == 0) ++wrong;
        }
      });
    }
    for (int round = 0; round < 100; ++round) {
      REQUIRE(index.add(ids, signatures));
      REQUIRE(index.remove(ids));
    }
    stop = true;
    for (auto& reader : readers) reader.join();
    REQUIRE(wrong == 0);
  }
}

TEST_CASE("A search starts no threads of its own, however many queries it is given") {
  const int before = omp_get_max_threads();
  omp_set_num_threads(8);
  for (const Algorithm algorithm : kAlgorithms) {
    std::mt19937 random(22);
    Index index(algorithm);
    std::vector<Signature> queries;
    for (int i = 0; i < 64; ++i) {
      queries.push_back(random_signature(algorithm, random));
      REQUIRE(index.add(i, queries.back()));
    }
    const std::size_t threads = threads_of_this_process();
    REQUIRE(index.within(queries, {INT_MAX})->size() == 64);
    REQUIRE(index.nearest(queries[0], 3)->size() == 3);
    const std::vector<std::int64_t> gone = {1, 2};
    REQUIRE(index.remove(gone));
    REQUIRE(threads_of_this_process() == threads);
  }
  omp_set_num_threads(before);
}
