#include "match/card.h"

#include <reseau/testcard.h>

#include <algorithm>

namespace reseau::detail {
namespace {

const Examined& known_testcard() {
  static const Examined kTestCard = examine(Bytes(testcard_png()));
  return kTestCard;
}

}  // namespace

std::vector<Match> testcard_matches(const Examined& query, const MatchOptions& options,
                                    const Held& held, std::size_t entries, Level level) {
  const Examined& card = known_testcard();
  const EntryData known = card.entry_data();
  std::vector<Match> matches;
  if (options.digests && query.digests && query.digests->sha256 == card.digests->sha256) {
    matches.push_back(exact_match(kTestCardEntry, MatchKind::sha256));
  }
  for (const Algorithm algorithm : kAlgorithms) {
    const Looks looks = held.asks(algorithm) ? looks_of(query, algorithm) : Looks();
    const auto candidate = nearest(looks, known, kTestCardEntry);
    if (!candidate) continue;
    const auto add = [&matches](const Match& match) {
      if (match.distance <= match.limit.value) matches.push_back(match);
    };
    add(plain_match(looks, *candidate, known, held.to(algorithm), entries));
    const bool align =
        algorithm == Algorithm::grid && options.alignment.on && query.plane &&
        candidate->distance <= candidate_limit(entries, options.alignment.most, level).value;
    if (align) {
      add(Alignments(query, looks, level)
              .match(*candidate, known, held.to_aligned, entries)
              .value());
    }
  }
  for (Match& match : matches) match.verdict = Verdict::test;
  return matches;
}

bool is_testcard(const Bank& bank, EntryId id, const Held& held) {
  const auto entry = bank.get(id);
  if (!entry) return false;
  const Examined& card = known_testcard();
  if (entry->data.sha256 == card.digests->sha256) return true;
  return std::ranges::any_of(kAlgorithms, [&](Algorithm algorithm) {
    const auto candidate = nearest(looks_of(card, algorithm), entry->data, id);
    return candidate && candidate->distance <= held.to(algorithm).value;
  });
}

}  // namespace reseau::detail
