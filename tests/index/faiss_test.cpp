// Our indexes in FAISS's place: by themselves, under its id maps, as its shards.
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexShards.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/IDSelector.h>
#include <omp.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "index/hamming_search.h"
#include "index/int8_search.h"

using namespace reseau::detail;

namespace {

// ThreadSanitizer cannot see how FAISS's own threads wait for each other.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

using Hits = std::vector<std::pair<std::int64_t, float>>;

std::vector<float> random_components(std::size_t count, int most, std::mt19937& random) {
  std::uniform_int_distribution<int> component(-most - 1, most);
  std::vector<float> x(count);
  std::generate(x.begin(), x.end(), [&] { return static_cast<float>(component(random)); });
  return x;
}

std::size_t width_of(const faiss::Index& index) { return static_cast<std::size_t>(index.d); }
std::size_t width_of(const faiss::IndexBinary&) { return kHammingBytes; }

/// For each query, sorted.
template <typename Index>
std::vector<Hits> within(const Index& index, const std::vector<typename Index::component_t>& x,
                         typename Index::distance_t radius) {
  const auto n = static_cast<std::int64_t>(x.size() / width_of(index));
  faiss::RangeSearchResult found(n);
  index.range_search(n, x.data(), radius, &found);
  std::vector<Hits> all(static_cast<std::size_t>(n));
  for (std::size_t q = 0; q < all.size(); ++q) {
    for (std::size_t i = found.lims[q]; i < found.lims[q + 1]; ++i)
      all[q].emplace_back(found.labels[i], found.distances[i]);
    std::sort(all[q].begin(), all[q].end());
  }
  return all;
}

}  // namespace

TEST_CASE("Bytes find what FAISS's floats find, at every radius and after removals") {
  const OneThread alone;  // ThreadSanitizer cannot see how FAISS's own threads wait for each other
  std::mt19937 random(2);
  for (const int dimension : {3, 96, 100}) {
    const auto d = static_cast<std::size_t>(dimension);
    IndexInt8 bytes(dimension);
    faiss::IndexFlatL2 floats(dimension);
    // Few values, so that many pairs are equally far, and blocks are left partly filled.
    const auto known = random_components(300 * d, 2, random);
    auto queries = random_components(37 * d, 2, random);
    std::copy_n(known.begin(), d, queries.begin());
    for (faiss::Index* index :
         {static_cast<faiss::Index*>(&bytes), static_cast<faiss::Index*>(&floats)}) {
      index->add(100, known.data());
      index->add(200, known.data() + 100 * d);
      const std::vector<std::int64_t> gone = {0, 17, 18, 299};
      index->remove_ids(faiss::IDSelectorBatch(gone.size(), gone.data()));
      REQUIRE(index->ntotal == 296);
    }
    // FAISS switches to a product of matrices, which rounds, at 20 queries.
    const std::vector<float> few(queries.begin(),
                                 queries.begin() + static_cast<std::ptrdiff_t>(10 * d));
    for (const float radius : {0.0F, 1.0F, 8.0F, 100.0F, 1e9F})
      CHECK(within(bytes, few, radius) == within(floats, few, radius));
    CHECK(within(bytes, queries, 1e9F)[36].size() == 296);
    for (const std::int64_t k : {1, 7, 296, 400}) {
      const auto count = static_cast<std::size_t>(10 * k);
      std::vector<float> near(count), wanted(count);
      std::vector<std::int64_t> labels(count), others(count);
      bytes.search(10, few.data(), k, near.data(), labels.data());
      floats.search(10, few.data(), k, wanted.data(), others.data());
      CHECK(near == wanted);  // which of the equally far comes first is each index's own
      CHECK(std::count(labels.begin(), labels.end(), -1) ==
            std::count(others.begin(), others.end(), -1));
    }
    std::vector<float> one(d);
    bytes.reconstruct(0, one.data());
    CHECK(std::equal(one.begin(), one.end(), known.begin() + static_cast<std::ptrdiff_t>(d)));
    bytes.reset();
    CHECK(within(bytes, few, 1e9F)[0].empty());
  }
}

namespace {

std::vector<std::uint8_t> random_codes(std::size_t count, std::mt19937& random) {
  std::vector<std::uint8_t> codes(count * kHammingBytes);
  for (auto& byte : codes) byte = static_cast<std::uint8_t>(random() % 2 == 0 ? random() : 0);
  return codes;
}

}  // namespace

TEST_CASE("Bits find what FAISS's flat index finds, at every radius, after removals and id maps") {
  const OneThread alone;
  std::mt19937 random(3);
  IndexHamming ours(kHammingBits);
  faiss::IndexBinaryFlat theirs(kHammingBits);
  faiss::IndexBinaryIDMap our_map(&ours);
  faiss::IndexBinaryIDMap their_map(&theirs);
  const auto known = random_codes(500, random);
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < 500; ++i) ids.push_back(i * 37 % 501 + 1'000'000'000'000);
  const std::vector<std::int64_t> gone = {ids[0], ids[3], ids[498], ids[499]};
  for (auto* map : {&our_map, &their_map}) {
    map->add_with_ids(200, known.data(), ids.data());
    map->add_with_ids(300, known.data() + 200 * kHammingBytes, ids.data() + 200);
    REQUIRE(map->remove_ids(faiss::IDSelectorBatch(gone.size(), gone.data())) == 4);
    REQUIRE(map->ntotal == 496);
  }
  REQUIRE(ours.ntotal == 496);
  const auto queries = random_codes(9, random);
  for (const int radius : {0, 1, 40, 64, 100, 256, 257})
    CHECK(within(our_map, queries, radius) == within(their_map, queries, radius));
  for (const std::int64_t k : {1, 20, 600}) {
    std::vector<std::int32_t> near(static_cast<std::size_t>(9 * k)), wanted(near.size());
    std::vector<std::int64_t> labels(near.size()), others(near.size());
    our_map.search(9, queries.data(), k, near.data(), labels.data());
    their_map.search(9, queries.data(), k, wanted.data(), others.data());
    CHECK(near == wanted);
  }
  std::vector<std::uint8_t> one(kHammingBytes);
  ours.reconstruct(0, one.data());
  CHECK(std::equal(one.begin(), one.end(), known.begin() + kHammingBytes));
}

TEST_CASE("An index that is emptied or renumbered while it builds tables keeps to what it holds") {
  std::mt19937 random(5);
  constexpr std::int64_t kEntries = 140'000;  // more than are left to be scanned
  const auto known = random_codes(kEntries, random);
  for (const bool empty : {true, false}) {
    IndexHamming index(kHammingBits);
    index.add(kEntries, known.data());  // wakes the builder
    if (empty) {
      index.reset();
      CHECK(index.ntotal == 0);
    } else {
      const std::vector<std::int64_t> gone = {0, kEntries - 1};
      CHECK(index.remove_ids(faiss::IDSelectorBatch(gone.size(), gone.data())) == 2);
    }
    index.search().live().settle();
    const std::vector<std::uint8_t> second(known.begin() + kHammingBytes,
                                           known.begin() + 2 * kHammingBytes);
    const auto found = within(index, second, 1)[0];
    CHECK(std::count(found.begin(), found.end(), std::pair(std::int64_t{0}, 0.0F)) ==
          (empty ? 0 : 1));
    CHECK(index.search().live().state()->size == (empty ? 0U : 139'998U));
  }
}

TEST_CASE("An id is refused that is taken or unknown, and a width that is not 256 bits") {
  const std::vector<std::uint8_t> code(2 * kHammingBytes);
  IndexHamming index(kHammingBits);
  const std::vector<std::int64_t> twice = {4, 4};
  const std::vector<std::int64_t> ids = {4, 5};
  CHECK_THROWS_AS(index.add_with_ids(2, code.data(), twice.data()), faiss::FaissException);
  index.add_with_ids(2, code.data(), ids.data());
  CHECK_THROWS_AS(index.add_with_ids(1, code.data(), ids.data()), faiss::FaissException);
  std::vector<std::uint8_t> one(kHammingBytes);
  CHECK_THROWS_AS(index.reconstruct(6, one.data()), faiss::FaissException);
  CHECK(index.ntotal == 2);
  CHECK_THROWS_AS(IndexHamming(128), faiss::FaissException);
  CHECK_THROWS_AS(IndexInt8(0), faiss::FaissException);
  CHECK_THROWS_AS(IndexInt8(1 << 15), faiss::FaissException);
  IndexInt8 bytes(2);
  const std::vector<float> bad = {1, std::nanf("")};
  CHECK_THROWS_AS(bytes.add(1, bad.data()), faiss::FaissException);
}

TEST_CASE("FAISS's shards over ours give the k nearest of one FAISS index") {
  const OneThread alone;
  std::mt19937 random(4);
  constexpr std::size_t kDimension = 96;
  IndexInt8 a(kDimension);
  IndexInt8 b(kDimension);
  faiss::IndexShards shards(std::int64_t{kDimension}, false, true);
  shards.add_shard(&a);
  shards.add_shard(&b);
  faiss::IndexFlatL2 flat(kDimension);
  const auto known = random_components(400 * kDimension, 50, random);
  const auto queries = random_components(6 * kDimension, 50, random);
  shards.add(400, known.data());
  flat.add(400, known.data());
  std::vector<float> near(60), wanted(60);
  std::vector<std::int64_t> labels(60), others(60);
  shards.search(6, queries.data(), 10, near.data(), labels.data());
  flat.search(6, queries.data(), 10, wanted.data(), others.data());
  CHECK(near == wanted);
  CHECK(labels == others);
}
