#include "index/index_int8.h"

#include <faiss/IndexFlat.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/IDSelector.h>

#include <hwy/targets.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "index/int8_kernel.h"
#include "index/one_thread.h"

using namespace reseau::detail;

namespace {

using Hits = std::vector<std::pair<std::int64_t, float>>;

std::vector<float> random_components(std::size_t count, int most, std::mt19937& random) {
  std::uniform_int_distribution<int> component(-most - 1, most);
  std::vector<float> x(count);
  std::generate(x.begin(), x.end(), [&] { return static_cast<float>(component(random)); });
  return x;
}

std::vector<Hits> within(const faiss::Index& index, const std::vector<float>& x, float radius) {
  const std::int64_t n = static_cast<std::int64_t>(x.size()) / index.d;
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

TEST_CASE("Every kernel gives the distances of a plain loop, the extremes included") {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> byte(-128, 127);
  for (const std::size_t width : {32U, 96U, 160U}) {
    constexpr std::size_t kQueries = 5;
    constexpr std::size_t kCodes = 7;
    std::vector<std::int16_t> queries(kQueries * width);
    std::vector<std::int8_t> codes(kCodes * width);
    for (auto& c : queries) c = static_cast<std::int16_t>(byte(random));
    for (auto& c : codes) c = static_cast<std::int8_t>(byte(random));
    std::fill_n(queries.begin(), width, std::int16_t{-128});
    std::fill_n(codes.begin(), width, std::int8_t{127});
    std::vector<std::int32_t> wanted(kQueries * kCodes);
    squared_distances_plain(queries.data(), kQueries, codes.data(), kCodes, width, wanted.data());
    CHECK(wanted[0] == static_cast<std::int32_t>(width) * 255 * 255);
    int kernels = 0;
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      std::vector<std::int32_t> got(wanted.size());
      squared_distances(queries.data(), kQueries, codes.data(), kCodes, width, got.data());
      CHECK(got == wanted);
      ++kernels;
    }
    hwy::SetSupportedTargetsForTest(0);
    CHECK(kernels > 0);
  }
}

TEST_CASE("Bytes find what FAISS's floats find, at every radius and after removals") {
  const OneThread alone;  // ThreadSanitizer cannot see how FAISS's own threads wait for each other
  std::mt19937 random(2);
  for (const int dimension : {3, 96, 100}) {
    const auto d = static_cast<std::size_t>(dimension);
    IndexInt8Flat bytes(dimension);
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
