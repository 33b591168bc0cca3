/// Of many hits, what is to be looked at of each entry.
#pragma once

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "match/kinds.h"

namespace reseau::detail {

/// The nearest candidate of each entry within a limit, by the order that is asked for.
class Nearest {
 public:
  explicit Nearest(MaxDistance limit) : limit_(limit) {}

  void take(int order, const Candidate& candidate) {
    if (order > limit_.value) return;
    const Ordered here{order, candidate};
    const auto [place, fresh] = entries_.try_emplace(candidate.entry, here);
    if (!fresh && before(here, place->second)) place->second = here;
  }

  /// Nearest first; ties by entry.
  [[nodiscard]] std::vector<Candidate> sorted() const {
    std::vector<Ordered> all;
    for (const auto& [entry, nearest] : entries_) all.push_back(nearest);
    std::sort(all.begin(), all.end(), before);
    std::vector<Candidate> candidates;
    candidates.reserve(all.size());
    for (const auto& [order, candidate] : all) candidates.push_back(candidate);
    return candidates;
  }

 private:
  using Ordered = std::pair<int, Candidate>;
  static bool before(const Ordered& a, const Ordered& b) {
    const auto rank = [](const Ordered& o) {
      return std::tuple(o.first, o.second.entry, o.second.look, o.second.window, o.second.frame);
    };
    return rank(a) < rank(b);
  }

  MaxDistance limit_;
  std::map<EntryId, Ordered> entries_;
};

}  // namespace reseau::detail
