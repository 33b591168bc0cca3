#include "match/kinds.h"
#include "match/videos.h"

namespace reseau {
namespace {

/// The nearest of what is known of `b` after alignment: of the whole, and of its nearest window.
std::optional<Match> align(const Examined& a, const detail::Looks& looks, const EntryData& known,
                           const detail::Candidate& whole, Level level) {
  const MaxDistance worth = Alignment::kFarthest;
  const MaxDistance limit = default_limit(Measure::grid_aligned, 1, level);
  detail::Alignments alignments(a, looks, level);
  std::optional<Match> best;
  for (const auto& candidate : {std::optional(whole), detail::nearest_window(looks, known, 0)}) {
    if (!candidate || candidate->distance > worth.value) continue;
    const auto match = alignments.match(*candidate, known, limit, 1);
    if (match && (!best || match->distance < best->distance)) best = match;
  }
  return best;
}

}  // namespace

Comparison compare(const Examined& a, const Examined& b, Level level) {
  Comparison comparison;
  if (a.digests && b.digests) comparison.same_bytes = a.digests->sha256 == b.digests->sha256;
  const bool same_bytes = comparison.same_bytes.value_or(false);
  if (a.video || b.video) {
    comparison.stretches = detail::compare_videos(a, b);
    const bool same = same_bytes || !comparison.stretches.empty();
    const auto seen = [](const Examined& e) {
      return (e.video || e.grid) && e.outcome != Code::low_information;
    };
    if (same || (seen(a) && seen(b))) comparison.same_picture = same;
    return comparison;
  }
  const EntryData known = b.entry_data();
  for (const Algorithm algorithm : kAlgorithms) {
    const detail::Looks looks = detail::looks_of(a, algorithm);
    const auto candidate = detail::nearest(looks, known, 0);
    if (!candidate) continue;
    const MaxDistance limit = default_limit(detail::measure_of(algorithm), 1);
    const Match found = detail::plain_match(looks, *candidate, known, limit, 1);
    (algorithm == Algorithm::grid ? comparison.grid : comparison.pdq) = found;
    if (algorithm == Algorithm::grid && a.plane) {
      comparison.aligned = align(a, looks, known, *candidate, level);
    }
  }
  const auto is_within = [](const std::optional<Match>& match) {
    return match && match->distance <= match->limit.value;
  };
  if (same_bytes || comparison.grid || comparison.pdq) {
    comparison.same_picture = same_bytes || is_within(comparison.grid) ||
                              is_within(comparison.aligned) || is_within(comparison.pdq);
  }
  return comparison;
}

}  // namespace reseau
