#include <reseau/match.h>
#include <limits>

#include "match/kinds.h"

namespace reseau {
namespace detail {

namespace {

void add_looks(const std::array<Signature, kViews.size()>& signatures, const Rectangle& trim,
               Looks& looks) {
  for (std::size_t v = 0; v < kViews.size(); ++v) {
    looks.signatures.push_back(signatures[v]);
    looks.views.push_back(kViews[v]);
    looks.views.back().trim = trim;
  }
}

/// The nearest so far.
struct Nearest {
  int distance = std::numeric_limits<int>::max();
  View view;

  void take(const Looks& looks, const Signature& known, const Rectangle& where) {
    for (std::size_t i = 0; i < looks.views.size(); ++i) {
      const auto apart = reseau::distance(looks.signatures[i], known);
      if (!apart || *apart >= distance) continue;
      distance = *apart;
      view = looks.views[i];
      view.rectangle = where;
    }
  }
};

}  // namespace

Looks looks_of(const Examined& query, Algorithm algorithm) {
  Looks looks;
  const bool looked_at = query.outcome == Code::ok || query.outcome == Code::limit_frames;
  if (!looked_at) return looks;
  const auto add = [&](int quality, const std::optional<Signature>& grid,
                       const std::optional<HashedViews>& pdq, const Rectangle& trim) {
    if (!grid || quality < kMinQuality) return;
    if (algorithm == Algorithm::grid) {
      add_looks(grid_views(*grid), trim, looks);
    } else if (pdq && pdq->quality >= kMinPdqQuality) {
      add_looks(pdq->signatures, trim, looks);
    }
  };
  add(query.quality.value_or(0), query.grid, query.pdq_views, {});
  if (const auto& inside = query.trimmed) {
    add(inside->grid.quality, inside->grid.signature, inside->pdq_views, inside->where);
  }
  return looks;
}

MatchKind kind_of(Algorithm algorithm) {
  return algorithm == Algorithm::grid ? MatchKind::grid : MatchKind::pdq;
}

Match perceptual_match(Algorithm algorithm, EntryId entry, int distance, MaxDistance limit,
                       const View& view, std::size_t entries) {
  // One accident in a million queries, if the fitted tail holds.
  constexpr double kNear = 1e-6;
  Match match;
  match.entry = entry;
  match.kind = kind_of(algorithm);
  match.distance = distance;
  match.limit = limit;
  match.view = view;
  match.expected_false = static_cast<double>(entries) * false_positive_rate(algorithm, distance);
  match.verdict = match.expected_false <= kNear ? Verdict::near : Verdict::similar;
  return match;
}

std::optional<Match> nearest_look(const Looks& looks, const EntryData& known, EntryId entry,
                                  MaxDistance limit, std::size_t entries) {
  if (looks.empty()) return std::nullopt;
  const Algorithm algorithm = looks.signatures.front().algorithm();
  Nearest nearest;
  if (const auto& whole = algorithm == Algorithm::grid ? known.grid : known.pdq) {
    nearest.take(looks, *whole, {});
  }
  for (const Window& window : known.windows) nearest.take(looks, window.grid, window.where);
  if (nearest.distance > limit.value) return std::nullopt;
  return perceptual_match(algorithm, entry, nearest.distance, limit, nearest.view, entries);
}

}  // namespace detail

Comparison compare(const Examined& a, const Examined& b) {
  Comparison comparison;
  comparison.same_bytes = a.digests && b.digests && a.digests->sha256 == b.digests->sha256;
  comparison.same_picture = comparison.same_bytes;
  for (const Algorithm algorithm : kAlgorithms) {
    const MaxDistance limit = default_limit(algorithm, 1);
    constexpr MaxDistance kAny{std::numeric_limits<int>::max() - 1};
    auto found = detail::nearest_look(detail::looks_of(a, algorithm), b.entry_data(), 0, kAny, 1);
    if (!found) continue;
    found->limit = limit;
    comparison.same_picture |= found->distance <= limit.value;
    (algorithm == Algorithm::grid ? comparison.grid : comparison.pdq) = found;
  }
  return comparison;
}

}  // namespace reseau
