#include "index/hamming_search.h"

#include <numeric>

#include "core/parallel.h"
#include "index/hamming_kernel.h"

namespace reseau::detail {
namespace {

using State = HammingSearch::Entries::State;
using Codes = std::vector<HammingCode>;

// Nanoseconds a code, as MultiIndex counts them: alone, a scan waits for memory; together, queries
// share what it brings.
double scan_cost(std::size_t queries) { return std::max(3.0 / static_cast<double>(queries), 0.4); }

Codes codes_of(const std::uint8_t* rows, std::size_t n) {
  Codes codes(n);
  if (n > 0) std::memcpy(codes.data(), rows, n * kHammingBytes);
  return codes;
}

int distance(const HammingCode& a, const HammingCode& b) {
  int apart = 0;
  const HammingCode* const code = &b;
  hamming_distances(a, &code, 1, &apart);
  return apart;
}

// Of one chunk, for some of the queries, each within its own limit.
void scan(const Chunk<HammingRows>& chunk, const Codes& queries,
          const std::vector<std::size_t>& which, const std::vector<int>& limits, HitLists& lists) {
  std::vector<const HammingCode*> codes;
  std::vector<int> those_limits;
  std::vector<std::vector<std::uint32_t>> near(which.size());
  std::vector<std::vector<std::uint32_t>*> lists_near;
  for (std::size_t w = 0; w < which.size(); ++w) {
    codes.push_back(&queries[which[w]]);
    those_limits.push_back(limits[which[w]]);
    lists_near.push_back(&near[w]);
  }
  hamming_scan(chunk.rows().codes(), chunk.size(), codes.data(), those_limits.data(), codes.size(),
               lists_near.data());
  for (std::size_t w = 0; w < which.size(); ++w) {
    for (const std::uint32_t place : near[w]) {
      if (!chunk.alive(place)) continue;
      const int apart = distance(queries[which[w]], chunk.rows().codes()[place]);
      lists[which[w]].push_back({chunk.ids()[place], apart});
    }
  }
}

}  // namespace

HitLists HammingSearch::within(const std::uint8_t* rows, std::size_t n, int limit,
                               int threads) const {
  HitLists lists(n);
  if (n == 0 || limit < 0) return lists;
  limit = std::min(limit, kHammingBits);
  const auto state = live_.state();
  const Codes queries = codes_of(rows, n);
  std::vector<HitLists> found;  // of each worker
  const auto gather = [&] {
    for (HitLists& some : found) {
      for (std::size_t q = 0; q < some.size(); ++q)
        lists[q].insert(lists[q].end(), some[q].begin(), some[q].end());
    }
  };

  std::vector<std::size_t> firsts;  // chunk of each cover
  std::size_t first = 0;
  for (const auto& cover : state->covers) {
    firsts.push_back(first);
    first += cover->chunks();
  }
  std::vector<std::vector<char>> done(state->covers.size(), std::vector<char>(n));
  const std::size_t lookups = state->covers.size() * n;
  found.assign(workers_for(lookups, threads), HitLists(n));
  in_parallel(lookups, threads, [&](std::size_t item, std::size_t worker) {
    const std::size_t c = item / n;
    const std::size_t q = item % n;
    const bool answered = state->covers[c]->within(&state->chunks[firsts[c]], queries[q], limit,
                                                   scan_cost(n), found[worker][q]);
    done[c][q] = answered ? 1 : 0;
  });
  gather();

  const std::vector<int> limits(n, limit);
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), 0);
  std::vector<std::vector<std::size_t>> left(state->covers.size());
  for (std::size_t c = 0; c < left.size(); ++c) {
    std::copy_if(all.begin(), all.end(), std::back_inserter(left[c]),
                 [&](std::size_t q) { return done[c][q] == 0; });
  }
  found.assign(workers_for(state->chunks.size(), threads), HitLists(n));
  in_parallel(state->chunks.size(), threads, [&](std::size_t chunk, std::size_t worker) {
    const std::vector<std::size_t>* which = &all;
    if (chunk < state->covered) {
      const auto cover = std::upper_bound(firsts.begin(), firsts.end(), chunk) - firsts.begin() - 1;
      which = &left[static_cast<std::size_t>(cover)];
    }
    if (!which->empty()) scan(*state->chunks[chunk], queries, *which, limits, found[worker]);
  });
  gather();
  sort_hits(lists);
  return lists;
}

HitLists HammingSearch::nearest(const std::uint8_t* rows, std::size_t n, std::size_t k, int limit,
                                int threads) const {
  HitLists lists(n);
  if (k == 0) return lists;
  limit = std::min(limit, kHammingBits);
  in_parallel(n, threads, [&](std::size_t q, std::size_t) {
    const std::uint8_t* const row = rows + q * kHammingBytes;
    // Near ones are quickly looked up; where there are enough of them, they are the nearest.
    for (const int near : {15, 31, 47}) {
      const int here = std::min(near, limit);
      auto hits = std::move(within(row, 1, here, 1).front());
      if (hits.size() < k && here < limit) continue;
      hits.resize(std::min(hits.size(), k));
      lists[q] = std::move(hits);
      return;
    }
    const auto state = live_.state();
    const Codes query = codes_of(row, 1);
    std::vector<int> limits = {limit};
    HitLists one(1);
    for (const auto& chunk : state->chunks) {
      scan(*chunk, query, {0}, limits, one);
      limits[0] = keep_nearest(one[0], k, limits[0]);
    }
    sort_hits(one);
    lists[q] = std::move(one[0]);
  });
  return lists;
}

}  // namespace reseau::detail
