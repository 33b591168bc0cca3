#include <reseau/match.h>
#include <limits>

#include "match/kinds.h"

namespace reseau {
namespace detail {

std::optional<Views> matchable_views(const Examined& query, Algorithm algorithm) {
  const bool looked_at = query.outcome == Code::ok || query.outcome == Code::limit_frames;
  if (!looked_at || !query.grid || query.quality < kMinQuality) return std::nullopt;
  if (algorithm == Algorithm::grid) return grid_views(*query.grid);
  if (!query.pdq_views || query.pdq_views->quality < kMinPdqQuality) return std::nullopt;
  return query.pdq_views->signatures;
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

std::optional<Match> nearest_view(const Views& views, const Signature& known, EntryId entry,
                                  MaxDistance limit, std::size_t entries) {
  int nearest = std::numeric_limits<int>::max();
  View view;
  for (std::size_t v = 0; v < views.size(); ++v) {
    const auto apart = distance(views[v], known);
    if (!apart || *apart >= nearest) continue;
    nearest = *apart;
    view = kViews[v];
  }
  if (nearest > limit.value) return std::nullopt;
  return perceptual_match(known.algorithm(), entry, nearest, limit, view, entries);
}

}  // namespace detail

Comparison compare(const Examined& a, const Examined& b) {
  Comparison comparison;
  comparison.same_bytes = a.digests && b.digests && a.digests->sha256 == b.digests->sha256;
  comparison.same_picture = comparison.same_bytes;
  for (const Algorithm algorithm : kAlgorithms) {
    const auto views = detail::matchable_views(a, algorithm);
    const auto other = detail::matchable_views(b, algorithm);
    if (!views || !other) continue;
    const MaxDistance limit = default_limit(algorithm, 1);
    constexpr MaxDistance kAny{std::numeric_limits<int>::max()};
    auto found = detail::nearest_view(*views, (*other)[0], 0, kAny, 1);
    if (!found) continue;
    found->limit = limit;
    comparison.same_picture |= found->distance <= limit.value;
    (algorithm == Algorithm::grid ? comparison.grid : comparison.pdq) = found;
  }
  return comparison;
}

}  // namespace reseau
