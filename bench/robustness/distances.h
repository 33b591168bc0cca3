/// Every query against every known picture, by brute force.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "gallery.h"
#include "histogram.h"

namespace reseau::bench {

/// How a query is looked at: as it is; in all 16 of kViews; in these with and without its borders,
/// as the library does, and the known pictures with and without theirs.
inline constexpr std::array kViewCounts = {1, 16, 32};
inline constexpr std::size_t kAllViews = 2;  ///< in kViewCounts

/// In the nearest of so many views; inner index as in kViewCounts.
struct Distances {
  std::array<int, kViewCounts.size()> grid{kNotCompared, kNotCompared, kNotCompared};
  std::array<int, kViewCounts.size()> pdq{kNotCompared, kNotCompared, kNotCompared};
};

[[nodiscard]] Distances distances(const Query& query, const Known& known);

/// A pair of unrelated pictures that came near.
struct Near {
  std::uint32_t query = 0;
  std::uint32_t known = 0;
  int grid = kNotCompared;  ///< in the nearest of all views
  int pdq = kNotCompared;
};

/// Pairs of known pictures that show the same and must count neither as found nor as false.
using SamePairs = std::set<std::pair<std::size_t, std::size_t>>;
[[nodiscard]] bool are_same(const SamePairs& same, std::size_t a, std::size_t b);

struct Scan {
  std::vector<Distances> related;  ///< of each query to its own picture
  /// Of unrelated pairs, by view count. Standard edits and originals only.
  std::vector<Histogram> grid;
  std::vector<Histogram> pdq;
  std::uint64_t comparisons = 0;  ///< unrelated pairs, compared by either kind or not
};

[[nodiscard]] Scan scan(const std::vector<Known>& gallery, const std::vector<Query>& queries,
                        const SamePairs& same, unsigned threads);

/// The unrelated pairs within either of the limits, in all views; of unseen edits too.
[[nodiscard]] std::vector<Near> near_pairs(const std::vector<Known>& gallery,
                                           const std::vector<Query>& queries, const SamePairs& same,
                                           int grid_limit, int pdq_limit, unsigned threads);

}  // namespace reseau::bench
