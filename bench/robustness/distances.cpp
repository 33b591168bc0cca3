#include "distances.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "parallel.h"

namespace reseau::bench {
namespace {

constexpr int kGridBin = 25;
constexpr std::size_t kGridBins = 40'000;  // to a squared distance of a million; beyond: the last
constexpr std::size_t kPdqBins = 257;

int squared_length(const GridValues& a) {
  int sum = 0;
  for (std::size_t i = 0; i < kGridValues; ++i) sum += a[i] * a[i];
  return sum;
}

int dot(const GridValues& a, const GridValues& b) {
  int sum = 0;
  for (std::size_t i = 0; i < kGridValues; ++i) sum += a[i] * b[i];
  return sum;
}

int bits_between(const PdqWords& a, const PdqWords& b) {
  int bits = 0;
  for (std::size_t i = 0; i < kPdqWords; ++i) bits += std::popcount(a[i] ^ b[i]);
  return bits;
}

/// In the nearest of the first `count` views.
template <typename Looks, typename Distance>
int nearest(const Looks& looks, std::size_t count, Distance distance) {
  int best = std::numeric_limits<int>::max();
  for (std::size_t view = 0; view < count; ++view) best = std::min(best, distance(looks[view]));
  return best;
}

int nearest_grid(const std::array<GridValues, kViews.size()>& looks, const GridValues& known,
                 std::size_t count = kViews.size()) {
  // The views only change the order and the signs of the values, so their lengths are one.
  const int lengths = squared_length(looks[0]) + squared_length(known);
  return nearest(looks, count,
                 [&](const GridValues& look) { return lengths - 2 * dot(look, known); });
}

int nearest_pdq(const std::array<PdqWords, kViews.size()>& looks, const PdqWords& known,
                std::size_t count = kViews.size()) {
  return nearest(looks, count, [&](const PdqWords& look) { return bits_between(look, known); });
}

/// The lesser, where one of them may not have been compared.
int lesser(int a, int b) {
  if (a == kNotCompared || b == kNotCompared) return std::max(a, b);
  return std::min(a, b);
}

bool is_unseen(const Query& query) { return query.edit >= static_cast<int>(standard_edit_count()); }

}  // namespace

Distances distances(const Query& query, const Known& known) {
  Distances result;
  if (known.grid_worth.matched) {
    int all = kNotCompared;
    if (query.grid_worth.matched) {
      result.grid[0] = nearest_grid(query.grid, known.grid, 1);
      result.grid[1] = all = nearest_grid(query.grid, known.grid);
      if (known.grid_trimmed) all = lesser(all, nearest_grid(query.grid, *known.grid_trimmed));
    }
    if (query.grid_trimmed) {
      all = lesser(all, nearest_grid(*query.grid_trimmed, known.grid));
      if (known.grid_trimmed) {
        all = lesser(all, nearest_grid(*query.grid_trimmed, *known.grid_trimmed));
      }
    }
    result.grid[kAllViews] = all;
  }
  if (known.pdq_worth.matched) {
    int all = kNotCompared;
    if (query.pdq_worth.matched) {
      result.pdq[0] = nearest_pdq(query.pdq, known.pdq, 1);
      result.pdq[1] = all = nearest_pdq(query.pdq, known.pdq);
    }
    if (query.pdq_trimmed) all = lesser(all, nearest_pdq(*query.pdq_trimmed, known.pdq));
    result.pdq[kAllViews] = all;
  }
  return result;
}

bool are_same(const SamePairs& same, std::size_t a, std::size_t b) {
  return same.count({std::min(a, b), std::max(a, b)}) != 0;
}

Scan scan(const std::vector<Known>& gallery, const std::vector<Query>& queries,
          const SamePairs& same, unsigned threads) {
  Scan empty;
  empty.grid.assign(kViewCounts.size(), Histogram(kGridBin, kGridBins));
  empty.pdq.assign(kViewCounts.size(), Histogram(1, kPdqBins));
  std::vector<Scan> parts(threads, empty);
  std::vector<Distances> related(queries.size());
  parallel(queries.size(), threads, [&](std::size_t q, unsigned thread) {
    const Query& query = queries[q];
    related[q] = distances(query, gallery[query.known]);
    if (is_unseen(query)) return;
    Scan& part = parts[thread];
    for (std::size_t k = 0; k < gallery.size(); ++k) {
      if (k == query.known || are_same(same, k, query.known)) continue;
      const Distances found = distances(query, gallery[k]);
      for (std::size_t i = 0; i < kViewCounts.size(); ++i) {
        if (found.grid[i] != kNotCompared) part.grid[i].add(found.grid[i]);
        if (found.pdq[i] != kNotCompared) part.pdq[i].add(found.pdq[i]);
      }
      ++part.comparisons;
    }
  });
  Scan all = empty;
  all.related = std::move(related);
  for (const Scan& part : parts) {
    for (std::size_t i = 0; i < kViewCounts.size(); ++i) {
      all.grid[i].add(part.grid[i]);
      all.pdq[i].add(part.pdq[i]);
    }
    all.comparisons += part.comparisons;
  }
  return all;
}

std::vector<Near> near_pairs(const std::vector<Known>& gallery, const std::vector<Query>& queries,
                             const SamePairs& same, int grid_limit, int pdq_limit,
                             unsigned threads) {
  std::vector<std::vector<Near>> parts(threads);
  parallel(queries.size(), threads, [&](std::size_t q, unsigned thread) {
    const Query& query = queries[q];
    for (std::size_t k = 0; k < gallery.size(); ++k) {
      if (k == query.known || are_same(same, k, query.known)) continue;
      const Distances found = distances(query, gallery[k]);
      const int grid = found.grid[kAllViews];
      const int pdq = found.pdq[kAllViews];
      if ((grid != kNotCompared && grid <= grid_limit) ||
          (pdq != kNotCompared && pdq <= pdq_limit)) {
        parts[thread].push_back(
            {static_cast<std::uint32_t>(q), static_cast<std::uint32_t>(k), grid, pdq});
      }
    }
  });
  std::vector<Near> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end(), [](const Near& a, const Near& b) {
    return std::tie(a.query, a.known) < std::tie(b.query, b.known);
  });
  return all;
}

}  // namespace reseau::bench
