#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <climits>
#include <random>
#include <vector>

#include "index/hamming_kernel.h"
#include "index/int8_kernel.h"
#include "index/int8_rows.h"

using namespace reseau::detail;

namespace {

/// Calls `check` once for every instruction set of this processor that Highway was compiled for.
template <typename Check>
void on_every_target(const Check& check) {
  int targets = 0;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    check();
    ++targets;
  }
  hwy::SetSupportedTargetsForTest(0);
  CHECK(targets > 0);
}

QueryPart part_of(const std::vector<std::int8_t>& values) {
  QueryPart part{values.data(), 0, 0};
  for (const int v : values) {
    part.sum += v;
    part.squares += v * v;
  }
  return part;
}

void check_int8(const Int8Kernel& kernel, const Int8Kernel& plain) {
  CAPTURE(kernel.name);
  std::mt19937 random(1);
  constexpr std::array<int, 6> kExtremes = {-128, -127, 0, 1, 126, 127};
  for (const std::size_t quads : {1U, 8U, 24U, 65U}) {
    constexpr std::size_t kGroups = 5;
    std::vector<std::uint8_t> groups(kGroups * quads * kQuadBytes);
    for (const bool extreme : {false, true}) {
      const auto value = [&] {
        return static_cast<std::int8_t>(extreme ? kExtremes.at(random() % 6) : random() % 256);
      };
      for (auto& byte : groups) byte = static_cast<std::uint8_t>(value());
      std::vector<std::int8_t> query(quads * kQuad);
      std::generate(query.begin(), query.end(), value);
      std::vector<std::int8_t> magnitudes;
      for (const int v : query)
        magnitudes.push_back(static_cast<std::int8_t>(std::min(std::abs(v), 127)));
      const QueryPart signs = part_of(query);
      const QueryPart sizes = part_of(magnitudes);
      using Sums = std::array<std::int32_t, kGroup>;
      std::vector<std::int32_t> limits = {-1, 0, INT_MAX};
      for (std::size_t g = 0; g < kGroups; ++g) {
        const std::uint8_t* const group = &groups[g * quads * kQuadBytes];
        Sums got{7}, wanted{7}, bounds{}, wanted_bounds{};
        kernel.add_distances(group, quads, signs, got.data());
        plain.add_distances(group, quads, signs, wanted.data());
        CHECK(got == wanted);
        kernel.add_bounds(group, quads, sizes, bounds.data());
        plain.add_bounds(group, quads, sizes, wanted_bounds.data());
        CHECK(bounds == wanted_bounds);
        wanted[0] -= 7;
        for (std::size_t c = 0; c < kGroup; ++c) CHECK(bounds[c] <= wanted[c]);
        limits.push_back(bounds[g]);
        limits.push_back(bounds[g] - 1);
      }
      std::vector<std::int32_t> distances(limits.size() * kGroup);
      for (auto& distance : distances)
        distance = extreme ? limits[random() % limits.size()] : value();
      std::vector<GroupMask> within_limits(limits.size());
      auto wanted_within = within_limits;
      kernel.within(distances.data(), limits.data(), limits.size(), within_limits.data());
      plain.within(distances.data(), limits.data(), limits.size(), wanted_within.data());
      CHECK(within_limits == wanted_within);
      const std::size_t at_once = std::min(kGroups, Int8Kernel::kBlock / quads);
      const std::vector<QueryPart> queries(limits.size(), sizes);
      std::vector<GroupMask> near(limits.size() * at_once), wanted(near.size());
      plain.bound({groups.data(), quads}, at_once, queries.data(), limits.data(), limits.size(),
                  wanted.data());
      // The same groups, the last of their quads elsewhere.
      for (const std::size_t apart : {std::size_t{0}, quads / 3, quads - 1}) {
        std::vector<std::uint8_t> head, rest;
        for (std::size_t g = 0; g < kGroups; ++g) {
          const auto group = groups.begin() + static_cast<std::ptrdiff_t>(g * quads * kQuadBytes);
          const auto split = group + static_cast<std::ptrdiff_t>((quads - apart) * kQuadBytes);
          head.insert(head.end(), group, split);
          rest.insert(rest.end(), split, group + static_cast<std::ptrdiff_t>(quads * kQuadBytes));
        }
        kernel.bound({head.data(), quads - apart, rest.data(), apart}, at_once, queries.data(),
                     limits.data(), limits.size(), near.data());
        CHECK(near == wanted);
      }
    }
  }
}

HammingCode random_code(std::mt19937_64& random) {
  HammingCode code{};
  for (auto& word : code) word = random();
  return code;
}

int plain_distance(const HammingCode& a, const HammingCode& b) {
  int apart = 0;
  for (int bit = 0; bit < kHammingBits; ++bit) {
    const auto w = static_cast<std::size_t>(bit / 64);
    apart += static_cast<int>((a[w] ^ b[w]) >> (bit % 64) & 1);
  }
  return apart;
}

}  // namespace

TEST_CASE("Every kernel for bytes gives what a plain loop gives, the extremes included") {
  const Int8Kernel& plain = int8_kernels().front();
  for (const Int8Kernel& kernel : int8_kernels()) check_int8(kernel, plain);
  on_every_target([&] {
    const Int8Kernel kernel = int8_highway_kernel();
    if (!kernel.name.empty()) check_int8(kernel, plain);
  });
}

TEST_CASE("Every kernel for bits finds what is within each query's limit, in blocks of any size") {
  std::mt19937_64 random(2);
  std::vector<HammingCode> codes(kHammingBlock * 2 + 13);
  for (auto& code : codes) code = random_code(random);
  codes[5] = codes[700];
  const std::vector<HammingCode> queries = {codes[5], codes.back(), random_code(random)};
  std::vector<const HammingCode*> asked;
  for (const auto& query : queries) asked.push_back(&query);
  on_every_target([&] {
    for (const std::size_t count :
         {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, kHammingBlock,
          kHammingBlock + 1, codes.size()}) {
      for (const int limit : {-1, 0, 110, 128, 255, 256}) {
        const std::vector<int> limits = {limit, std::max(-1, limit - 1), limit};
        std::vector<std::vector<std::uint32_t>> near(queries.size());
        std::vector<std::vector<std::uint32_t>*> lists;
        for (auto& list : near) lists.push_back(&list);
        hamming_scan(codes.data(), count, asked.data(), limits.data(), queries.size(),
                     lists.data());
        for (std::size_t q = 0; q < queries.size(); ++q) {
          std::vector<std::uint32_t> wanted;
          for (std::uint32_t i = 0; i < count; ++i) {
            if (plain_distance(codes[i], queries[q]) <= limits[q]) wanted.push_back(i);
          }
          CHECK(near[q] == wanted);
        }
      }
    }
    std::vector<const HammingCode*> some;
    for (const auto& code : codes) some.push_back(&code);
    std::vector<int> distances(codes.size());
    hamming_distances(queries[0], some.data(), some.size(), distances.data());
    for (std::size_t i = 0; i < codes.size(); ++i)
      CHECK(distances[i] == plain_distance(queries[0], codes[i]));
  });
}

TEST_CASE("Sketches beyond the end of a run are never taken for its own") {
  std::mt19937_64 random(3);
  std::vector<std::uint16_t> sketches(200 + 32);
  for (auto& sketch : sketches) sketch = static_cast<std::uint16_t>(random());
  on_every_target([&] {
    for (const std::int16_t most : {std::int16_t{0}, std::int16_t{6}, std::int16_t{16}}) {
      std::vector<Probe> probes;
      std::vector<std::uint32_t> wanted;
      std::vector<std::uint32_t> wanted_counts;
      for (const std::uint32_t first : {0U, 3U, 150U, 199U}) {
        for (const std::uint32_t count : {0U, 1U, 8U, 31U, 32U, 33U, 200U}) {
          if (first + count > 200) continue;
          probes.push_back({&sketches[first], first, count, sketches[7], most});
          const std::size_t before = wanted.size();
          for (std::uint32_t i = first; i < first + count; ++i) {
            if (__builtin_popcount(sketches[i] ^ sketches[7]) <= most) wanted.push_back(i);
          }
          wanted_counts.push_back(static_cast<std::uint32_t>(wanted.size() - before));
        }
      }
      std::vector<std::uint32_t> places;
      std::vector<std::uint32_t> counts(probes.size());
      sketch_scan(probes.data(), probes.size(), places, counts.data());
      CHECK(places == wanted);
      CHECK(counts == wanted_counts);
    }
  });
}
