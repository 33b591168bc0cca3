#include "index/inverted_lists.h"

#include <reseau/hash.h>
#include <reseau/index.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>
#include <set>

#include "index/int8_search.h"
#include "support/signatures.h"
#include "support/temp_dir.h"

using namespace reseau;
using namespace reseau::detail;

namespace {

// As wide as signatures of photographs are.
Signature picture(std::mt19937& random) {
  std::normal_distribution<double> value(0, 32);
  std::vector<std::uint8_t> bytes(width_of(Algorithm::grid));
  for (auto& byte : bytes)
    byte = static_cast<std::uint8_t>(
        static_cast<std::int8_t>(std::clamp(std::round(value(random)), -127.0, 127.0)));
  return test::signature_of(Algorithm::grid, bytes);
}

std::vector<Signature> views_of(const Signature& signature) {
  const auto views = grid_views(signature);
  return {views.begin(), views.end()};
}

struct World {
  std::mt19937 random{41};
  std::vector<std::int64_t> ids;
  std::vector<Signature> signatures;
  Index exact{Algorithm::grid};
  Index lists{Algorithm::grid, IndexKind::ivf};

  explicit World(std::size_t size) : ids(size) {
    std::iota(ids.begin(), ids.end(), std::int64_t{100});
    for (std::size_t i = 0; i < size; ++i) signatures.push_back(picture(random));
    add(ids, signatures);
    REQUIRE(lists.settle());
  }
  void add(const std::vector<std::int64_t>& some, const std::vector<Signature>& rows) {
    for (Index* index : {&exact, &lists}) REQUIRE(index->add(some, rows));
  }
  // Of all views of copies of every n-th: the share of what is there that is found.
  double recall(std::size_t n, MaxDistance limit) {
    std::size_t there = 0;
    std::size_t found = 0;
    for (std::size_t i = 0; i < signatures.size(); i += n) {
      const auto queries = views_of(test::near(signatures[i], 60, random));
      const auto all = exact.within(queries, limit).value();
      const auto some = lists.within(queries, limit, static_cast<int>(1 + i % 2)).value();
      for (std::size_t q = 0; q < queries.size(); ++q) {
        there += all[q].size();
        found += some[q].size();
        REQUIRE(
            std::includes(all[q].begin(), all[q].end(), some[q].begin(), some[q].end(), nearer));
      }
    }
    return static_cast<double>(found) / static_cast<double>(there);
  }
};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("Reading a few lists loses hardly anything, and finds nothing that is not there") {
  World world(40'000);
  CHECK(world.lists.kind() == IndexKind::ivf);
  CHECK(world.recall(100, {6'000}) > .99);
  CHECK(world.recall(1000, {60'000}) > .95);
  CHECK(world.exact.recall({12'000}).value() == 1);
  const double at_the_limit = world.lists.recall({12'000}, 500).value();
  CHECK(at_the_limit > .97);
  CHECK(at_the_limit <= 1);
  const auto nearest = world.lists.nearest(world.signatures[7], 3).value();
  REQUIRE(nearest.size() == 3);
  CHECK(nearest.front() == Hit{107, 0});
}

TEST_CASE("The recall that is told is of copies within the limit, however small that is") {
  World world(40'000);
  for (const int limit : {10, 100, 500}) {
    CAPTURE(limit);
    CHECK(world.lists.recall({limit}, 200).value() > .97);
  }
}

TEST_CASE("What is saved while nothing is left below its lists can be loaded") {
  World world(140'000);
  const std::size_t later = world.ids.size();
  std::vector<std::int64_t> ids(150'000);
  std::iota(ids.begin(), ids.end(), 1'000'000);
  std::vector<Signature> fresh;
  for (std::size_t i = 0; i < ids.size(); ++i) fresh.push_back(picture(world.random));
  world.add(ids, fresh);
  // The builder of new lists is busy; the old ones stand over holes alone.
  REQUIRE(world.lists.remove(std::span(world.ids).first(later)));
  const test::TempDir dir;
  const auto digest = world.lists.save(dir / "an.index").value();
  const auto loaded = Index::load(dir / "an.index", Algorithm::grid, digest, {}, 2, IndexKind::ivf);
  REQUIRE(loaded);
  CHECK(loaded->size() == ids.size());
  CHECK(loaded->within(fresh[7], {0}).value().size() == 1);
}

TEST_CASE("What no list is built over yet is searched whole") {
  World world(40'000);
  const std::vector<std::int64_t> ids = {7, 5, 6};  // before the others, and not in order
  std::vector<Signature> fresh;
  for (std::size_t i = 0; i < ids.size(); ++i) fresh.push_back(picture(world.random));
  world.add(ids, fresh);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    CHECK(world.lists.within(fresh[i], {0}).value() == std::vector<Hit>{{ids[i], 0}});
  }
  Index small(Algorithm::grid, IndexKind::ivf);
  REQUIRE(small.add(1, fresh[0]));
  REQUIRE(small.settle());
  CHECK(small.within(fresh[0], {0}).value().size() == 1);
  CHECK(small.recall({1'000}).value() == 1);
}

TEST_CASE("What was removed or replaced is not found in its list") {
  World world(20'000);
  std::vector<std::int64_t> gone;
  for (std::size_t i = 0; i < world.ids.size(); i += 3) gone.push_back(world.ids[i]);
  const std::vector<std::int64_t> moved = {101, 102};
  const std::vector<Signature> to = {picture(world.random), picture(world.random)};
  for (const bool settled : {false, true}) {
    for (Index* index : {&world.exact, &world.lists}) {
      if (!settled) {
        REQUIRE(index->remove(gone));
        REQUIRE(index->replace(moved, to));
      }
      REQUIRE(index->settle());
      CHECK(index->size() == world.ids.size() - gone.size());
    }
    CHECK(world.recall(50, {6'000}) > .98);
    CHECK(world.lists.within(world.signatures[0], {0}).value().empty());
    CHECK(world.lists.within(world.signatures[1], {0}).value().empty());
    CHECK(world.lists.within(to[1], {0}).value() == std::vector<Hit>{{102, 0}});
  }
  CHECK(world.lists.add(104, to[0]).error().code == Code::already_exists);
  CHECK(world.lists.remove(gone).error().code == Code::not_found);
  REQUIRE(world.lists.add(gone[1], to[0]));
  CHECK(world.lists.within(to[0], {0}).value().size() == 2);
}

TEST_CASE("Saved lists find the same when they are loaded, and holes are not saved") {
  World world(70'000);
  const test::TempDir dir;
  const std::string path = dir / "an.index";
  std::vector<std::int64_t> gone;
  for (std::size_t i = 0; i < world.ids.size(); i += 50) gone.push_back(world.ids[i]);
  const std::vector<std::int64_t> known_again = {world.ids[50], world.ids[51]};
  const std::vector<Signature> even = {test::even_signature(Algorithm::grid, 77),
                                       test::even_signature(Algorithm::grid, 55)};
  for (Index* index : {&world.exact, &world.lists}) {
    REQUIRE(index->replace(known_again, even));
    REQUIRE(index->settle());
    REQUIRE(index->remove(gone));
  }
  world.add({1, 2}, {picture(world.random), picture(world.random)});  // beside the lists
  const auto digest = world.lists.save(path).value();
  const std::string file = contents(path);
  CHECK_FALSE(test::has_even_grid(file, 77));
  CHECK(test::has_even_grid(file, 55));
  for (const IndexKind kind : {IndexKind::ivf, IndexKind::exact}) {
    const Index loaded = Index::load(path, Algorithm::grid, digest, {}, 2, kind).value();
    CHECK(loaded.kind() == kind);
    CHECK(loaded.size() == world.lists.size());
    const Index& same = kind == IndexKind::ivf ? world.lists : world.exact;
    for (std::size_t i = 0; i < world.ids.size(); i += 997) {
      const auto queries = views_of(test::near(world.signatures[i], 60, world.random));
      REQUIRE(loaded.within(queries, {20'000}).value() == same.within(queries, {20'000}).value());
    }
  }
}

TEST_CASE("Lists that make no sense are not read as lists") {
  const Int8Rows::Format format(std::vector<std::uint16_t>(96));
  const std::size_t lists = 32;
  const std::size_t whole = (29 + lists + 1) * 4 + lists * 96;
  std::vector<std::uint8_t> bytes(whole);
  const auto number = [&bytes](std::size_t at, std::uint32_t value) {
    std::memcpy(&bytes[at * 4], &value, sizeof value);
  };
  for (std::size_t i = 0; i < 29; ++i) number(i, 1);
  for (std::size_t i = 0; i <= lists; ++i) number(29 + i, static_cast<std::uint32_t>(i * 3));
  REQUIRE(InvertedLists::from(bytes, format, 96) != nullptr);
  CHECK(InvertedLists::from(bytes, format, 96)->saved({}) == bytes);
  CHECK(InvertedLists::from(bytes, format, 97) == nullptr);
  CHECK(InvertedLists::from(bytes, format, 0) == nullptr);
  for (const std::size_t size : {std::size_t{0}, std::size_t{4}, whole - 1, whole - 100})
    CHECK(InvertedLists::from(std::span(bytes).first(size), format, 96) == nullptr);
  number(0, 33);
  CHECK(InvertedLists::from(bytes, format, 96) == nullptr);
  number(0, 0);
  CHECK(InvertedLists::from(bytes, format, 96) == nullptr);
  number(0, 1);
  number(29 + 5, 90);
  CHECK(InvertedLists::from(bytes, format, 96) == nullptr);
}

TEST_CASE(
    "All views of a picture are looked for in the same lists, and none is further away there") {
  std::mt19937 random(42);
  std::vector<Int8Rows::Format::Swap> swaps;
  for (std::uint16_t i = 48; i < 58; ++i) swaps.emplace_back(i, i + 10);
  for (std::uint16_t i = 68; i < 82; ++i) swaps.emplace_back(i, i + 14);
  std::vector<std::uint16_t> order(96);
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  const Int8Rows::Format format(order, swaps);
  const auto canonical = [&](const Signature& s) {
    std::vector<std::int8_t> values(96);
    format.canonical(s.bytes().data(), values.data());
    return values;
  };
  for (int i = 0; i < 200; ++i) {
    const Signature one = picture(random);
    const Signature other = i % 2 == 0 ? picture(random) : test::near(one, 40, random);
    const auto a = canonical(one);
    const auto b = canonical(other);
    int apart = 0;
    for (std::size_t v = 0; v < 96; ++v) apart += (a[v] - b[v]) * (a[v] - b[v]);
    for (const Signature& view : views_of(one)) {
      REQUIRE(canonical(view) == a);
      REQUIRE(apart <= distance(view, other).value());
    }
  }
}

TEST_CASE("Entries that are all equal, or of two sorts, still make lists") {
  for (const int sorts : {1, 2}) {
    Index index(Algorithm::grid, IndexKind::ivf);
    std::mt19937 random(43);
    const std::vector<Signature> kinds = {picture(random), picture(random)};
    std::vector<std::int64_t> ids(9'000);
    std::iota(ids.begin(), ids.end(), std::int64_t{0});
    std::vector<Signature> rows;
    for (const auto id : ids) rows.push_back(kinds[static_cast<std::size_t>(id % sorts)]);
    REQUIRE(index.add(ids, rows));
    REQUIRE(index.settle());
    const auto hits = index.within(kinds[0], {0}).value();
    CHECK(hits.size() == ids.size() / static_cast<std::size_t>(sorts));
    CHECK(std::is_sorted(hits.begin(), hits.end(), nearer));
  }
}

TEST_CASE("An index of pdq is exact, whatever kind is asked for") {
  Index index(Algorithm::pdq, IndexKind::ivf);
  CHECK(index.kind() == IndexKind::exact);
  CHECK(index.recall({31}).value() == 1);
  CHECK(index_kind("ivf") == IndexKind::ivf);
  CHECK_FALSE(index_kind("hnsw"));
}

TEST_CASE("Means are the nearest of all, and none is left without anything near it") {
  std::mt19937 random(44);
  std::vector<std::int8_t> sample(500 * 8);
  for (auto& value : sample) value = static_cast<std::int8_t>(random() % 128);
  Centroids centroids(48, 8);
  centroids.train(sample, {});
  std::vector<std::int32_t> distances(48);
  std::set<std::size_t> used;
  for (std::size_t v = 0; v < 500; ++v) {
    centroids.distances(&sample[v * 8], distances.data());
    const auto best = std::min_element(distances.begin(), distances.end()) - distances.begin();
    REQUIRE(centroids.nearest(&sample[v * 8]) == static_cast<std::size_t>(best));
    used.insert(static_cast<std::size_t>(best));
  }
  CHECK(used.size() > 40);
}

TEST_CASE("FAISS's calls work on an index with lists") {
  Int8Search::How how;
  how.lists = true;
  IndexInt8 index(6, how);
  std::mt19937 random(45);
  std::vector<float> known(5'000 * 6);
  for (auto& value : known) value = static_cast<float>(static_cast<int>(random() % 200) - 100);
  index.add(5'000, known.data());
  index.search().live().settle();
  const std::vector<std::int64_t> gone = {0, 17, 4'999};
  CHECK(index.remove_ids(faiss::IDSelectorBatch(gone.size(), gone.data())) == 3);
  CHECK(index.ntotal == 4'997);
  float distance = -1;
  std::int64_t label = -1;
  index.search(1, &known[6 * 6], 1, &distance, &label);
  CHECK(distance == 0);
  CHECK(label == 5);  // one before it is gone
  std::vector<float> row(6);
  index.reconstruct(5, row.data());
  CHECK(std::equal(row.begin(), row.end(), known.begin() + 36));
}
