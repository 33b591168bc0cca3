#include "index/multi_index.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "support/hamming.h"

using namespace reseau::detail;
using reseau::Hit;
using reseau::test::chunks_of;
using reseau::test::plain_within;

namespace {

HammingCode random_code(std::mt19937_64& random) {
  HammingCode code{};
  for (auto& word : code) word = random();
  return code;
}

HammingCode flipped(HammingCode code, int bits, std::mt19937_64& random) {
  std::set<unsigned> places;
  while (static_cast<int>(places.size()) < bits) places.insert(random() % kHammingBits);
  for (const unsigned p : places) code[p / 64] ^= std::uint64_t{1} << p % 64;
  return code;
}

}  // namespace

TEST_CASE("Tables miss nothing at the limit and give nothing beyond it, however codes differ") {
  std::mt19937_64 random(1);
  const HammingCode centre = random_code(random);
  std::vector<HammingCode> codes;
  for (int apart = 0; apart <= kHammingBits; ++apart) {
    for (int i = 0; i < 6; ++i) codes.push_back(flipped(centre, apart, random));
  }
  // All that differs in one place, or is spread evenly: what a cut into pieces might miss.
  for (int apart = 0; apart <= 80; ++apart) {
    for (const unsigned start : {0U, 13U, 63U, 128U, 250U}) {
      HammingCode run = centre;
      HammingCode spread = centre;
      for (unsigned i = 0; i < static_cast<unsigned>(apart); ++i) {
        const unsigned p = (start + i) % kHammingBits;
        const unsigned s = (start + i * 16 + i / 16) % kHammingBits;
        run[p / 64] ^= std::uint64_t{1} << p % 64;
        spread[s / 64] ^= std::uint64_t{1} << s % 64;
      }
      codes.push_back(run);
      codes.push_back(spread);
    }
  }
  for (int i = 0; i < 100; ++i) codes.push_back(codes[3]);
  std::shuffle(codes.begin(), codes.end(), random);
  // Short ones, so that there are more than one byte can tell apart.
  const auto many = chunks_of(codes, 5);
  REQUIRE(many.size() > 256);
  REQUIRE(many.size() <= MultiIndex::kMostChunks);
  const auto few = chunks_of(codes, 700);
  for (const auto& [chunks, pieces] : {std::pair(&few, 13U), {&few, 16U}, {&many, 16U}}) {
    const auto index = MultiIndex::build(*chunks, {}, pieces);
    REQUIRE(index->chunks() == chunks->size());
    int answered = 0;
    for (int limit = 0; limit <= 95; ++limit) {
      std::vector<Hit> hits;
      if (!index->within(chunks->data(), centre, limit, 1e9, hits)) continue;
      ++answered;
      std::sort(hits.begin(), hits.end());
      REQUIRE(hits == plain_within(codes, centre, limit));
    }
    CHECK(answered >= 77);  // up to six pieces' radius of five
  }
}

TEST_CASE("A search that would cost more than a scan is refused and leaves no hits behind") {
  const std::vector<HammingCode> codes(5000);  // all in one run of every table
  const auto chunks = chunks_of(codes, kChunk);
  const auto index = MultiIndex::build(chunks, {});
  std::vector<Hit> hits;
  CHECK_FALSE(index->within(chunks.data(), codes[0], 31, 0.4, hits));
  CHECK(hits.empty());
  CHECK(index->within(chunks.data(), codes[0], 31, 1e9, hits));
  CHECK(hits.size() == codes.size());
}

TEST_CASE("Building stops where it is asked to") {
  std::stop_source stop;
  stop.request_stop();
  CHECK(MultiIndex::build(chunks_of(std::vector<HammingCode>(3), kChunk), stop.get_token()) ==
        nullptr);
}
