#include <reseau/match.h>
#include <reseau/testcard.h>
#include <algorithm>
#include <map>
#include <tuple>

#include "match/kinds.h"

namespace reseau {
namespace {

using detail::Looks;
using detail::looks_of;
using detail::nearest_look;
using detail::perceptual_match;

const Examined& known_testcard() {
  static const Examined kTestCard = examine(Bytes(testcard_png()));
  return kTestCard;
}

/// What each kind's distances are held to; none for a kind that is not asked.
struct Held {
  std::optional<MaxDistance> grid;
  std::optional<MaxDistance> pdq;

  Held(const MatchOptions& options, std::size_t entries)
      : grid(resolve(Algorithm::grid, options.grid, entries)),
        pdq(resolve(Algorithm::pdq, options.pdq, entries)) {}

  [[nodiscard]] std::optional<MaxDistance> to(Algorithm algorithm) const {
    return algorithm == Algorithm::grid ? grid : pdq;
  }

 private:
  static std::optional<MaxDistance> resolve(Algorithm algorithm, const Asked& asked,
                                            std::size_t entries) {
    if (!asked.ask) return std::nullopt;
    return asked.limit.value_or(default_limit(algorithm, entries));
  }
};

Match exact_match(EntryId entry, MatchKind kind) {
  Match match;
  match.entry = entry;
  match.kind = kind;
  match.verdict = Verdict::exact;
  return match;
}

MatchKind kind_of(Bank::DigestKind kind) {
  switch (kind) {
    case Bank::DigestKind::sha256:
      return MatchKind::sha256;
    case Bank::DigestKind::sha1:
      return MatchKind::sha1;
    case Bank::DigestKind::md5:
      break;
  }
  return MatchKind::md5;
}

Status add_digest_matches(const Bank& bank, const Examined& query, std::vector<Match>& found) {
  const auto hits = bank.find(*query.digests);
  if (!hits) return hits.error();
  for (const auto& hit : *hits) found.push_back(exact_match(hit.id, kind_of(hit.kind)));
  return success();
}

/// One match an entry: of all views, the one in which the query is nearest to it.
Status add_perceptual_matches(const Bank& bank, const Looks& looks, MaxDistance limit,
                              std::vector<Match>& found) {
  const auto hits = bank.within(looks.signatures, limit);
  if (!hits) return hits.error();
  std::map<EntryId, std::tuple<int, std::size_t, int>> nearest;  // distance, look, window
  for (std::size_t look = 0; look < hits->size(); ++look) {
    for (const EntryHit& hit : (*hits)[look]) {
      const std::tuple here{hit.distance, look, hit.window};
      const auto [place, fresh] = nearest.try_emplace(hit.id, here);
      if (!fresh) place->second = std::min(place->second, here);
    }
  }
  for (const auto& [entry, best] : nearest) {
    const auto [distance, look, window] = best;
    View view = looks.views[look];
    if (window > 0) {
      const auto known = bank.get(entry);
      if (!known && known.error().code == Code::not_found) continue;  // removed meanwhile
      if (!known) return known.error();
      view.rectangle = known->data.windows.at(static_cast<std::size_t>(window) - 1).where;
    }
    found.push_back(perceptual_match(looks.signatures[look].algorithm(), entry, distance, limit,
                                     view, bank.size()));
  }
  return success();
}

/// Every bank knows the test card, by whatever kinds it is asked for.
std::vector<Match> testcard_matches(const Examined& query, bool digests, const Held& held,
                                    std::size_t entries) {
  const Examined& card = known_testcard();
  std::vector<Match> matches;
  if (digests && query.digests && query.digests->sha256 == card.digests->sha256) {
    matches.push_back(exact_match(kTestCardEntry, MatchKind::sha256));
  }
  for (const Algorithm algorithm : kAlgorithms) {
    const auto limit = held.to(algorithm);
    if (!limit) continue;
    const auto match = nearest_look(looks_of(query, algorithm), card.entry_data(), kTestCardEntry,
                                    *limit, entries);
    if (match) matches.push_back(*match);
  }
  for (Match& match : matches) match.verdict = Verdict::test;
  return matches;
}

/// Whether an entry of the bank is the test card itself, put there by somebody's trial.
bool is_testcard(const Bank& bank, EntryId id, const Held& held) {
  const auto entry = bank.get(id);
  if (!entry) return false;
  const Examined& card = known_testcard();
  if (entry->data.sha256 == card.digests->sha256) return true;
  return std::ranges::any_of(kAlgorithms, [&](Algorithm algorithm) {
    const MaxDistance limit = held.to(algorithm).value_or(default_limit(algorithm, bank.size()));
    return nearest_look(looks_of(card, algorithm), entry->data, id, limit, 1).has_value();
  });
}

/// Digests before distances, then by how seldom chance comes so near, then by entry.
bool stronger(const Match& a, const Match& b) {
  const auto rank = [](const Match& m) {
    const bool by_distance = m.kind == MatchKind::grid || m.kind == MatchKind::pdq;
    return std::tuple(by_distance, m.expected_false, m.distance, m.entry, m.kind);
  };
  return rank(a) < rank(b);
}

/// Of each entry's matches only the first.
void keep_strongest(std::vector<Match>& sorted) {
  std::map<EntryId, bool> seen;
  std::erase_if(
      sorted, [&seen](const Match& match) { return !seen.try_emplace(match.entry, true).second; });
}

}  // namespace

std::string_view name(Verdict verdict) {
  constexpr std::array<std::string_view, 4> kNames = {"exact", "near", "similar", "test"};
  return kNames.at(static_cast<std::size_t>(verdict));
}

std::string_view name(MatchKind kind) {
  constexpr std::array<std::string_view, 5> kNames = {"grid", "pdq", "sha256", "sha1", "md5"};
  return kNames.at(static_cast<std::size_t>(kind));
}

Result<Matches> match(const Bank& bank, const Examined& query, const MatchOptions& options) {
  Matches matches{query, {}};
  const Held held(options, bank.size());
  if (options.digests && query.digests) {
    if (const Status added = add_digest_matches(bank, query, matches.found); !added)
      return added.error();
  }
  for (const Algorithm algorithm : kAlgorithms) {
    const auto limit = held.to(algorithm);
    const Looks looks = limit ? looks_of(query, algorithm) : Looks();
    if (looks.empty()) continue;
    const Status added = add_perceptual_matches(bank, looks, *limit, matches.found);
    if (!added) return added.error();
  }
  std::vector<Match> card = testcard_matches(query, options.digests, held, bank.size());
  if (!card.empty()) {
    for (Match& match : matches.found) {
      if (is_testcard(bank, match.entry, held)) match.verdict = Verdict::test;
    }
  }
  matches.found.insert(matches.found.end(), card.begin(), card.end());
  std::sort(matches.found.begin(), matches.found.end(), stronger);
  if (!options.all) keep_strongest(matches.found);
  return matches;
}

Result<Matches> match(const Bank& bank, Bytes file, const MatchOptions& options) {
  auto matches = match(bank, examine(file, options.limits), options);
  if (matches && matches->empty() && !matches->query.fully_examined()) {
    return Error{matches->query.outcome, "not examined: " + matches->query.message};
  }
  return matches;
}

}  // namespace reseau
