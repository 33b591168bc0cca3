/// Lists of hits, as all our indexes make them.
#pragma once

#include <faiss/impl/AuxIndexStructures.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include <reseau/index.h>

namespace reseau::detail {

using HitLists = std::vector<std::vector<Hit>>;  ///< one a query

/// Nearest first; ties by id.
inline bool nearer(const Hit& a, const Hit& b) {
  return std::tie(a.distance, a.id) < std::tie(b.distance, b.id);
}

inline void sort_hits(HitLists& lists) {
  for (auto& hits : lists) std::sort(hits.begin(), hits.end(), nearer);
}

/// Keeps the nearest `k`; at most how far others may be to be among them.
inline int keep_nearest(std::vector<Hit>& hits, std::size_t k, int limit) {
  if (hits.size() < k) return limit;
  std::sort(hits.begin(), hits.end(), nearer);
  hits.resize(k);
  return k == 0 ? -1 : hits.back().distance;
}

/// As faiss::Index::range_search gives them.
template <typename Lists>
void give(const Lists& lists, faiss::RangeSearchResult& result) {
  for (std::size_t q = 0; q < lists.size(); ++q) result.lims[q] = lists[q].size();
  result.do_allocation();  // makes offsets of the counts
  for (std::size_t q = 0; q < lists.size(); ++q) {
    std::size_t at = result.lims[q];
    for (const Hit& hit : lists[q]) {
      result.labels[at] = hit.id;
      result.distances[at++] = static_cast<float>(hit.distance);
    }
  }
}

/// As faiss::Index::search gives them: rows of `k`, filled up with -1.
template <typename Distance>
void give(const HitLists& lists, std::size_t k, Distance farthest, Distance* distances,
          std::int64_t* labels) {
  for (const auto& hits : lists) {
    for (std::size_t i = 0; i < k; ++i) {
      *distances++ = i < hits.size() ? static_cast<Distance>(hits[i].distance) : farthest;
      *labels++ = i < hits.size() ? hits[i].id : -1;
    }
  }
}

}  // namespace reseau::detail
