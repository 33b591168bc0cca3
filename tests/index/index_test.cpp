#include <reseau/hash.h>
#include <reseau/index.h>

#include <omp.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <climits>
#include <map>

#include "support/signatures.h"

using namespace reseau;
using test::near;
using test::random_signature;
using test::signature_of;

namespace {

using Model = std::map<std::int64_t, Signature>;

// The oracle: every pair, one by one, with core's plain metric.
std::vector<Hit> brute_force(const Model& model, const Signature& query, MaxDistance limit) {
  std::vector<Hit> hits;
  for (const auto& [id, signature] : model) {
    const int d = distance(query, signature).value();
    if (d <= limit.value) hits.push_back({id, d});
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const Hit& a, const Hit& b) { return a.distance < b.distance; });
  return hits;
}

std::vector<Hit> brute_nearest(const Model& model, const Signature& query, std::size_t k) {
  auto hits = brute_force(model, query, {INT_MAX});
  if (hits.size() > k) hits.resize(k);
  return hits;
}

Index index_of(Algorithm algorithm, const Model& model) {
  Index index(algorithm);
  std::vector<std::int64_t> ids;
  std::vector<Signature> signatures;
  for (const auto& [id, signature] : model) {
    ids.push_back(id);
    signatures.push_back(signature);
  }
  REQUIRE(index.add(ids, signatures));
  return index;
}

// Ids in no order of insertion, so that ties by id differ from ties by place.
std::int64_t scattered_id(int i) { return (i * 7919LL) % 100'003 - 50'000; }

// As many byte values of 80 and 7f as there are: the farthest grids, where floats would round
// first.
Signature extreme_grid(std::mt19937& random) {
  std::vector<std::uint8_t> bytes(width_of(Algorithm::grid));
  for (auto& byte : bytes) byte = random() % 8 == 0 ? 0x7f : 0x80;
  return signature_of(Algorithm::grid, bytes);
}

std::vector<Model> worlds(Algorithm algorithm) {
  std::mt19937 random(11);
  std::vector<Model> all(4);
  const Signature same = random_signature(algorithm, random);
  for (int i = 0; i < 600; ++i) {
    const auto id = scattered_id(i);
    all[0].emplace(id, random_signature(algorithm, random));
    const Signature centre =
        i % 20 == 0 ? random_signature(algorithm, random) : all[1].rbegin()->second;
    all[1].emplace(id, near(centre, static_cast<int>(random() % 40), random));
    all[2].emplace(id, same);
    all[3].emplace(id,
                   algorithm == Algorithm::grid ? extreme_grid(random) : near(same, i % 3, random));
  }
  return all;
}

}  // namespace

TEST_CASE("Nothing that a brute-force scan finds is missed, and nothing else is found") {
  std::mt19937 random(12);
  for (const Algorithm algorithm : kAlgorithms) {
    for (const Model& model : worlds(algorithm)) {
      const Index index = index_of(algorithm, model);
      std::vector<Signature> queries;
      for (int i = 0; i < 45; ++i) {  // past FAISS's change of method at 20 queries
        auto found = model.lower_bound(scattered_id(static_cast<int>(random() % 600)));
        queries.push_back(i % 3 == 0 ? random_signature(algorithm, random)
                                     : near(found->second, i % 7, random));
      }
      const auto& some = brute_nearest(model, queries[1], model.size());
      for (const int limit : {0, 1, 31, 4000, some[some.size() / 2].distance, INT_MAX}) {
        const auto lists = index.within(queries, {limit}).value();
        REQUIRE(lists.size() == queries.size());
        for (std::size_t q = 0; q < queries.size(); ++q) {
          REQUIRE(lists[q] == brute_force(model, queries[q], {limit}));
          if (q % 11 == 0) REQUIRE(index.within(queries[q], {limit}).value() == lists[q]);
        }
      }
    }
  }
}

TEST_CASE("DistanceEqualToLimitIsAHit: the limit is inclusive for every kind of index") {
  std::mt19937 random(13);
  for (const Algorithm algorithm : kAlgorithms) {
    for (const Model& model : worlds(algorithm)) {
      const Index index = index_of(algorithm, model);
      const Signature query = random_signature(algorithm, random);
      for (const auto& [id, signature] : model) {
        const int exactly = distance(query, signature).value();
        const auto at = index.within(query, {exactly}).value();
        REQUIRE(std::find(at.begin(), at.end(), Hit{id, exactly}) != at.end());
        const auto below = index.within(query, {exactly - 1}).value();
        REQUIRE(std::none_of(below.begin(), below.end(),
                             [i = id](const Hit& hit) { return hit.id == i; }));
      }
    }
  }
}

TEST_CASE("The farthest possible pair is found at its distance and not one below") {
  const auto check = [](Algorithm algorithm, std::uint8_t low, std::uint8_t high, int farthest) {
    const std::size_t width = width_of(algorithm);
    Index index(algorithm);
    REQUIRE(index.add(1, signature_of(algorithm, std::vector<std::uint8_t>(width, low))));
    const auto query = signature_of(algorithm, std::vector<std::uint8_t>(width, high));
    REQUIRE(index.within(query, {farthest}).value() == std::vector<Hit>{{1, farthest}});
    REQUIRE(index.within(query, {farthest - 1}).value().empty());
    REQUIRE(index.within(query, {INT_MAX}).value() == std::vector<Hit>{{1, farthest}});
    REQUIRE(index.nearest(query, 1).value() == std::vector<Hit>{{1, farthest}});
  };
  check(Algorithm::grid, 0x80, 0x7f, 96 * 255 * 255);
  check(Algorithm::pdq, 0x00, 0xff, 256);
}

TEST_CASE(
    "The nearest are the nearest, and those that tie for the last place are told apart by id") {
  std::mt19937 random(14);
  for (const Algorithm algorithm : kAlgorithms) {
    for (const Model& model : worlds(algorithm)) {
      const Index index = index_of(algorithm, model);
      for (const std::size_t k : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{150},
                                  std::size_t{599}, std::size_t{600}, std::size_t{601}, SIZE_MAX}) {
        const Signature query = near(model.begin()->second, 3, random);
        REQUIRE(index.nearest(query, k).value() == brute_nearest(model, query, k));
      }
    }
  }
}

TEST_CASE("An empty index and a negative limit find nothing instead of reading past an end") {
  std::mt19937 random(15);
  for (const Algorithm algorithm : kAlgorithms) {
    Index index(algorithm);
    const Signature query = random_signature(algorithm, random);
    REQUIRE(index.within(query, {INT_MAX}).value().empty());
    REQUIRE(index.nearest(query, 5).value().empty());
    REQUIRE(index.within(std::span<const Signature>(), {3}).value().empty());
    REQUIRE(index.add(1, query));
    REQUIRE(index.within(query, {-1}).value().empty());
    REQUIRE(index.within(query, {INT_MIN}).value().empty());
    REQUIRE(index.within(query, {0}).value().size() == 1);
    const std::vector<std::int64_t> one = {1};
    REQUIRE(index.remove(one));
    REQUIRE(index.size() == 0);
    REQUIRE(index.within(query, {INT_MAX}).value().empty());
  }
}

TEST_CASE("Additions and removals in any order leave what a map would hold") {
  for (const Algorithm algorithm : kAlgorithms) {
    std::mt19937 random(16);
    Index index(algorithm);
    Model model;
    for (int round = 0; round < 150; ++round) {
      std::vector<std::int64_t> ids;
      std::vector<Signature> signatures;
      std::vector<std::int64_t> gone;
      for (auto i = random() % 20; i > 0; --i) {
        const auto id = static_cast<std::int64_t>(random() % 400);
        if (model.contains(id)) gone.push_back(id);  // maybe twice in one call
        if (model.contains(id) || std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
        ids.push_back(id);
        signatures.push_back(random_signature(algorithm, random));
      }
      REQUIRE(index.add(ids, signatures));
      for (std::size_t i = 0; i < ids.size(); ++i) model.emplace(ids[i], signatures[i]);
      REQUIRE(index.remove(gone));
      for (const auto id : gone) model.erase(id);
      REQUIRE(index.size() == model.size());
      const Signature query = random_signature(algorithm, random);
      REQUIRE(index.within(query, {INT_MAX}).value() == brute_force(model, query, {INT_MAX}));
    }
  }
}

TEST_CASE(
    "A refused addition or removal changes nothing, not even for the ids before the bad one") {
  std::mt19937 random(17);
  for (const Algorithm algorithm : kAlgorithms) {
    const Algorithm other = algorithm == Algorithm::grid ? Algorithm::pdq : Algorithm::grid;
    Index index(algorithm);
    const auto make = [&] { return random_signature(algorithm, random); };
    REQUIRE(index.add(5, make()));
    const std::vector<std::int64_t> present = {4, 5};
    const std::vector<std::int64_t> twice = {7, 7};
    const std::vector<std::int64_t> fresh = {8, 9};
    const std::vector<Signature> good = {make(), make()};
    const std::vector<Signature> mixed = {make(), random_signature(other, random)};
    const std::vector<Signature> blank = {make(), Signature()};
    REQUIRE(index.add(present, good).error().code == Code::already_exists);
    REQUIRE(index.add(twice, good).error().code == Code::already_exists);
    REQUIRE(index.add(fresh, mixed).error().code == Code::unlike_signatures);
    REQUIRE(index.add(fresh, blank).error().code == Code::unlike_signatures);
    REQUIRE(index.remove(present).error().code == Code::not_found);
    REQUIRE(index.size() == 1);
    REQUIRE(index.within(make(), {INT_MAX}).value().size() == 1);
    REQUIRE(index.add(present.front(), make()));  // a refused id is free
    REQUIRE(index.add(fresh, good));
    REQUIRE(index.within(make(), {INT_MAX}).value().size() == 4);
    for (const auto& queries : {mixed, blank})
      REQUIRE(index.within(queries, {5}).error().code == Code::unlike_signatures);
    REQUIRE(index.nearest(mixed[1], 1).error().code == Code::unlike_signatures);
  }
}

TEST_CASE("A replaced signature is found by its new bytes only, under the same id") {
  std::mt19937 random(19);
  for (const Algorithm algorithm : kAlgorithms) {
    Index index(algorithm);
    Model model;
    for (int i = 0; i < 300; ++i) model.emplace(i, random_signature(algorithm, random));
    index = index_of(algorithm, model);
    const std::vector<std::int64_t> ids = {3, 299, 0};
    std::vector<Signature> fresh;
    for (const auto id : ids) {
      fresh.push_back(random_signature(algorithm, random));
      model.at(id) = fresh.back();
    }
    REQUIRE(index.replace(ids, fresh));
    REQUIRE(index.within(fresh[0], {INT_MAX}).value() == brute_force(model, fresh[0], {INT_MAX}));
    const std::vector<std::int64_t> unknown = {3, 300, 0};
    REQUIRE(index.replace(unknown, fresh).error().code == Code::not_found);
    const std::vector<std::int64_t> twice = {3, 3, 0};
    REQUIRE(index.replace(twice, fresh).error().code == Code::already_exists);
    REQUIRE(index.size() == 300);
    REQUIRE(index.within(fresh[0], {INT_MAX}).value() == brute_force(model, fresh[0], {INT_MAX}));
  }
}

TEST_CASE("Many queries on many threads find what one alone finds, and the nearest under a limit") {
  std::mt19937 random(20);
  for (const Algorithm algorithm : kAlgorithms) {
    for (const Model& model : worlds(algorithm)) {
      const Index index = index_of(algorithm, model);
      std::vector<Signature> queries;
      for (int i = 0; i < 20; ++i) queries.push_back(near(model.begin()->second, i, random));
      const MaxDistance limit{brute_nearest(model, queries[0], 300)[200].distance};
      const auto alone = index.within(queries, limit).value();
      const auto nearest = index.nearest(queries, 7, limit).value();
      for (const int threads : {0, 2, 64}) {
        REQUIRE(index.within(queries, limit, threads).value() == alone);
        REQUIRE(index.nearest(queries, 7, limit, threads).value() == nearest);
      }
      for (std::size_t q = 0; q < queries.size(); ++q) {
        auto wanted = brute_force(model, queries[q], limit);
        wanted.resize(std::min<std::size_t>(wanted.size(), 7));
        REQUIRE(nearest[q] == wanted);
      }
    }
  }
}

TEST_CASE("All views of a picture, asked together, find what each finds alone") {
  std::mt19937 random(22);
  Model model;
  for (std::int64_t id = 0; id < 500; ++id)
    model.emplace(id, random_signature(Algorithm::grid, random));
  std::vector<Signature> pictures;
  for (const int extreme : {0, 0, 1, 2}) {
    auto known = model.at(static_cast<std::int64_t>(random() % 500));
    std::vector<std::uint8_t> bytes(known.bytes().begin(), known.bytes().end());
    // Zeros have no sign; -128 has no opposite.
    for (std::size_t i = 0; extreme > 0 && i < bytes.size(); i += 5)
      bytes[i] = extreme == 1 ? 0 : 0x80;
    pictures.push_back(signature_of(Algorithm::grid, bytes));
  }
  std::vector<Signature> queries;
  for (const Signature& picture : pictures) {
    for (const Signature& view : grid_views(picture)) queries.push_back(view);
  }
  queries.push_back(queries[3]);
  // Known views of them, so that there is something near.
  for (std::int64_t id = 500; id < 560; ++id)
    model.emplace(id, near(queries[random() % queries.size()], 5, random));
  const Index index = index_of(Algorithm::grid, model);
  for (const int limit : {0, 50, 300'000, 700'000, INT_MAX}) {
    const auto lists = index.within(queries, {limit}).value();
    for (std::size_t q = 0; q < queries.size(); ++q)
      REQUIRE(lists[q] == brute_force(model, queries[q], {limit}));
  }
}

TEST_CASE("A search leaves the host's own OpenMP threads as it found them") {
  std::mt19937 random(18);
  Index index(Algorithm::pdq);
  REQUIRE(index.add(1, random_signature(Algorithm::pdq, random)));
  const int before = omp_get_max_threads();
  for (const int threads : {1, 2, 5}) {
    omp_set_num_threads(threads);
    REQUIRE(index.nearest(random_signature(Algorithm::pdq, random), 1).value().size() == 1);
    REQUIRE(omp_get_max_threads() == threads);
  }
  omp_set_num_threads(before);
}
