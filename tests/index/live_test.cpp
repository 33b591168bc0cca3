#include "index/live.h"

#include <array>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <numeric>
#include <random>
#include <thread>

#include "index/hamming_search.h"
#include "index/int8_search.h"

using namespace reseau::detail;

namespace {

using Row = std::array<std::uint8_t, kHammingBytes>;
using Model = std::map<Id, Row>;

Row random_row(std::mt19937& random) {
  Row row{};
  for (auto& byte : row) byte = static_cast<std::uint8_t>(random());
  return row;
}

std::vector<std::uint8_t> rows_of(const std::vector<Row>& rows) {
  std::vector<std::uint8_t> bytes;
  for (const Row& row : rows) bytes.insert(bytes.end(), row.begin(), row.end());
  return bytes;
}

template <typename Search>
void check(const Search& search, const Model& model, std::mt19937& random) {
  const auto state = search.live().state();
  REQUIRE(state->size == model.size());
  Model held;
  for (const auto& chunk : state->chunks) {
    for (std::size_t i = 0; i < chunk->size(); ++i) {
      if (!chunk->alive(i)) continue;
      Row row{};
      chunk->rows().get(i, row.data());
      REQUIRE(held.emplace(chunk->ids()[i], row).second);
    }
  }
  REQUIRE(held == model);
  for (int i = 0; i < 10 && !model.empty(); ++i) {
    auto entry = model.lower_bound(static_cast<Id>(random() % 100'000));
    if (entry == model.end()) entry = model.begin();
    const auto hits = search.within(entry->second.data(), 1, 20, 1).front();
    REQUIRE(std::count(hits.begin(), hits.end(), reseau::Hit{entry->first, 0}) == 1);
  }
}

template <typename Search>
std::size_t holes_of(const Search& search) {
  std::size_t holes = 0;
  for (const auto& chunk : search.live().state()->chunks) holes += chunk->size() - chunk->live();
  return holes;
}

template <typename Search>
void hold_to_a_map(Search& search) {
  std::mt19937 random(1);
  Model model;
  Id next = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Id> ids;
    std::vector<Row> rows;
    for (auto n = random() % 2000; n > 0; --n) {
      ids.push_back(round % 5 == 0 ? static_cast<Id>(1'000'000'000'000 - next) : next);
      ++next;
      rows.push_back(random_row(random));
    }
    search.live().add(ids, rows_of(rows).data());
    for (std::size_t i = 0; i < ids.size(); ++i) model.emplace(ids[i], rows[i]);
    if (round % 7 == 6) search.live().settle();
    std::vector<Id> gone;
    for (const auto& [id, row] : model) {
      if (random() % 4 == 0) gone.push_back(id);
    }
    std::shuffle(gone.begin(), gone.end(), random);
    search.live().remove(gone);
    for (const Id id : gone) model.erase(id);
    if (!model.empty()) {
      const std::vector<Id> changed = {model.begin()->first, model.rbegin()->first};
      const std::vector<Row> fresh = {random_row(random), random_row(random)};
      if (changed[0] != changed[1]) {
        search.live().replace(changed, rows_of(fresh).data());
        model[changed[0]] = fresh[0];
        model[changed[1]] = fresh[1];
      }
    }
    check(search, model, random);
  }
  search.live().settle();
  check(search, model, random);
  CHECK(holes_of(search) == 0);
  CHECK(search.live().state()->covered > 0);
}

}  // namespace

TEST_CASE("What is added, replaced and removed around tables is what a map would hold") {
  HammingSearch search;
  hold_to_a_map(search);
}

TEST_CASE("What is added, replaced and removed around lists is what a map would hold") {
  Int8Search::How how;
  how.lists = true;
  Int8Search search(kHammingBytes, how);
  hold_to_a_map(search);
}

TEST_CASE("An index that is emptied and filled again and again stays as small as it was") {
  std::mt19937 random(2);
  HammingSearch search;
  std::size_t most = 0;
  for (Id round = 0; round < 40; ++round) {
    std::vector<Id> ids(5000);
    std::vector<Row> rows(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      ids[i] = static_cast<Id>(i) + round * 5000;
      rows[i] = random_row(random);
    }
    search.live().add(ids, rows_of(rows).data());
    if (round % 2 == 0) search.live().settle();
    if (round < 2) most = std::max(most, 2 * search.live().bytes());
    if (round > 1) REQUIRE(search.live().bytes() <= most);
    search.live().remove(ids);
  }
  CHECK(search.live().state()->size == 0);
  search.live().settle();
  CHECK(search.live().state()->chunks.empty());
  CHECK(search.live().bytes() == 0);
}

TEST_CASE("A removed signature's bytes are gone once no search can see them") {
  std::mt19937 random(3);
  HammingSearch search;
  std::vector<Id> ids(5000);
  std::vector<Row> rows(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ids[i] = static_cast<Id>(i);
    rows[i] = random_row(random);
  }
  search.live().add(ids, rows_of(rows).data());
  search.live().settle();  // so that a hole is made, where tables know the places
  auto running = search.live().state();
  const auto* const place =
      reinterpret_cast<const std::uint8_t*>(running->chunks[0]->rows().codes() + 7);
  REQUIRE(std::equal(rows[7].begin(), rows[7].end(), place));
  const std::vector<Id> gone = {7};
  search.live().remove(gone);
  CHECK(std::equal(rows[7].begin(), rows[7].end(), place));  // a search under way still has it
  auto now = search.live().state();
  for (std::size_t i = 0; i < now->chunks[0]->size(); ++i) {
    const auto* const row =
        reinterpret_cast<const std::uint8_t*>(now->chunks[0]->rows().codes() + i);
    CHECK_FALSE(std::equal(rows[7].begin(), rows[7].end(), row));
  }
  CHECK(search.within(rows[7].data(), 1, 0, 1).front().empty());
  // Zeros, which fill the hole, are nobody's signature.
  const Row zeros{};
  CHECK(search.within(zeros.data(), 1, 0, 1).front().empty());
  running.reset();
  now.reset();
  CHECK(holes_of(search) == 1);
  search.live().settle();
  CHECK(holes_of(search) == 0);
}

TEST_CASE("A short search does not pay for freeing the tables that it was the last to see") {
  std::mt19937 random(5);
  HammingSearch search;
  std::vector<Id> ids(10'000);
  std::iota(ids.begin(), ids.end(), Id{0});
  std::vector<Row> rows(ids.size());
  for (Row& row : rows) row = random_row(random);
  search.live().add(ids, rows_of(rows).data());
  search.live().settle();
  search.live().remove(std::span(ids).first(1));
  auto running = search.live().state();  // as a search has it
  const std::weak_ptr<const MultiIndex> cover = running->covers[0];
  const std::weak_ptr<const Chunk<HammingRows>> chunk = running->chunks[0];
  std::atomic<bool> settled = false;
  std::thread settling([&] {
    search.live().settle();
    settled = true;
  });
  while (search.live().state() == running) std::this_thread::yield();
  // New tables are in; whoever put them in waits for the search before it frees the old ones.
  const bool kept = running->covers[0].use_count() > 1 && running->chunks[0].use_count() > 1;
  const bool waits = !settled;
  running.reset();
  settling.join();
  CHECK(kept);
  CHECK(waits);
  CHECK(cover.expired());
  CHECK(chunk.expired());
}

TEST_CASE("A removal copies the piece that it is in, and no other") {
  std::mt19937 random(6);
  HammingSearch search;
  Id fresh = 0;
  const auto add = [&](std::size_t count) {
    std::vector<Id> ids(count);
    std::iota(ids.begin(), ids.end(), fresh);
    fresh += static_cast<Id>(count);
    std::vector<Row> rows(count);
    for (Row& row : rows) row = random_row(random);
    search.live().add(ids, rows_of(rows).data());
  };
  add(5000);
  search.live().settle();
  add(1024);
  add(1);
  const auto before = search.live().state();
  REQUIRE(before->chunks.size() == 3);
  const Id oldest = 0;
  search.live().remove(std::span(&oldest, 1));
  const auto after = search.live().state();
  REQUIRE(after->chunks.size() == 3);
  CHECK(after->chunks[0] != before->chunks[0]);
  CHECK(after->chunks[1] == before->chunks[1]);
  CHECK(after->chunks[2] == before->chunks[2]);
}

TEST_CASE("Many single removals leave few pieces to pass over") {
  std::mt19937 random(7);
  Int8Search search(8);
  const std::vector<std::uint8_t> row(8, 1);
  std::vector<Id> ids(3000);
  for (Id id = 0; id < 3000; ++id) {
    ids[static_cast<std::size_t>(id)] = id;
    search.live().add(std::span(&id, 1), row.data());
  }
  std::shuffle(ids.begin(), ids.end(), random);
  for (const Id id : ids) {
    search.live().remove(std::span(&id, 1));
    REQUIRE(search.live().state()->chunks.size() <= 13);
  }
}

TEST_CASE("Many single additions are joined, so that a search passes over few pieces") {
  std::mt19937 random(4);
  Int8Search search(8);
  std::vector<std::uint8_t> row(8);
  for (Id id = 0; id < 3000; ++id) {
    for (auto& byte : row) byte = static_cast<std::uint8_t>(random());
    search.live().add(std::span(&id, 1), row.data());
    REQUIRE(search.live().state()->chunks.size() <= 13);
  }
  CHECK(search.live().state()->size == 3000);
}
