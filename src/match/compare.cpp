#include "match/kinds.h"

namespace reseau {

Comparison compare(const Examined& a, const Examined& b) {
  Comparison comparison;
  comparison.same_bytes = a.digests && b.digests && a.digests->sha256 == b.digests->sha256;
  comparison.same_picture = comparison.same_bytes;
  const EntryData known = b.entry_data();
  for (const Algorithm algorithm : kAlgorithms) {
    const detail::Looks looks = detail::looks_of(a, algorithm);
    const auto candidate = detail::nearest(looks, known, 0);
    if (!candidate) continue;
    const MaxDistance limit = default_limit(detail::measure_of(algorithm), 1);
    const Match found = detail::plain_match(looks, *candidate, known, limit, 1);
    comparison.same_picture |= found.distance <= limit.value;
    (algorithm == Algorithm::grid ? comparison.grid : comparison.pdq) = found;
  }
  return comparison;
}

}  // namespace reseau
