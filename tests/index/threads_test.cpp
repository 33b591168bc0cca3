#include <reseau/index.h>

#include <omp.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <climits>
#include <filesystem>
#include <numeric>
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

TEST_CASE("Tables and lists that are built while others change and search lose and keep nothing") {
  const Algorithm algorithm = GENERATE(Algorithm::pdq, Algorithm::grid);
  std::mt19937 random(23);
  Index index(algorithm, IndexKind::ivf);
  constexpr std::int64_t kEntries = 140'000;  // more than are left to be scanned
  std::vector<std::int64_t> ids;
  std::vector<Signature> signatures;
  for (std::int64_t id = 0; id < kEntries; ++id) {
    ids.push_back(id);
    signatures.push_back(random_signature(algorithm, random));
  }
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  REQUIRE(index.add(ids, signatures));  // wakes the builder
  std::thread reader([&] {
    std::mt19937 picks(24);
    while (!stop) {
      const auto pick = static_cast<std::size_t>(picks() % kEntries) | 1;  // odd ones stay
      const auto hits = index.within(signatures[pick], {20});
      const bool found = hits && std::count(hits->begin(), hits->end(),
                                            Hit{static_cast<std::int64_t>(pick), 0}) == 1;
      if (!found) ++wrong;
    }
  });
  for (std::int64_t id = 0; id < kEntries; id += 14'000) {
    const std::vector<std::int64_t> gone = {id, id + 2, id + 4};
    REQUIRE(index.remove(gone));
    REQUIRE(index.within(signatures[static_cast<std::size_t>(id)], {0})->empty());
  }
  REQUIRE(index.settle());
  stop = true;
  reader.join();
  REQUIRE(wrong == 0);
  REQUIRE(index.size() == kEntries - 30);
  for (std::int64_t id = 0; id < kEntries; id += 14'000) {
    REQUIRE(index.within(signatures[static_cast<std::size_t>(id)], {20})->empty());
    REQUIRE(index.within(signatures[static_cast<std::size_t>(id) + 1], {20})->size() == 1);
  }
}

TEST_CASE("An index that is dropped while it builds ends without waiting for all of them") {
  std::mt19937 random(25);
  for (std::size_t round = 0; round < 4; ++round) {
    const Algorithm algorithm = kAlgorithms.at(round % 2);
    Index index(algorithm, IndexKind::ivf);
    std::vector<std::int64_t> ids(140'000);
    std::iota(ids.begin(), ids.end(), 0);
    const std::vector<Signature> same(ids.size(), random_signature(algorithm, random));
    REQUIRE(index.add(ids, same));
  }
}
