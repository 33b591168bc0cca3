#include <reseau/match.h>
#include <reseau/testcard.h>
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "match/kinds.h"
#include "match/videos.h"

namespace reseau {
namespace {

using detail::Candidate;
using detail::Looks;
using detail::looks_of;

const Examined& known_testcard() {
  static const Examined kTestCard = examine(Bytes(testcard_png()));
  return kTestCard;
}

/// What each kind's distances are held to.
struct Held {
  bool grid;
  bool pdq;
  MaxDistance to_grid;
  MaxDistance to_aligned;
  MaxDistance to_pdq;

  Held(const MatchOptions& options, std::size_t entries, Level level)
      : grid(options.grid.ask),
        pdq(options.pdq.ask),
        to_grid(options.grid.limit.value_or(default_limit(Measure::grid, entries))),
        to_aligned(aligned_limit(options, entries, level)),
        to_pdq(options.pdq.limit.value_or(default_limit(Measure::pdq, entries))) {}

  static MaxDistance aligned_limit(const MatchOptions& options, std::size_t entries, Level level) {
    if (options.alignment.limit) return *options.alignment.limit;
    if (options.grid.limit) return detail::as_rare_aligned(*options.grid.limit, level);
    return default_limit(Measure::grid_aligned, entries, level);
  }

  [[nodiscard]] bool asks(Algorithm algorithm) const {
    return algorithm == Algorithm::grid ? grid : pdq;
  }
  [[nodiscard]] MaxDistance to(Algorithm algorithm) const {
    return algorithm == Algorithm::grid ? to_grid : to_pdq;
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

/// None for an entry that another process has removed meanwhile.
Result<std::optional<EntryData>> known_data(const Bank& bank, EntryId entry) {
  auto known = bank.get(entry);
  if (known) return std::optional(std::move(known->data));
  if (known.error().code == Code::not_found) return std::optional<EntryData>();
  return known.error();
}

/// One match an entry of those whose whole pictures lie within the limit.
Status add_plain_matches(const Bank& bank, const Looks& looks, const Nearest& near,
                         MaxDistance limit, std::vector<Match>& found) {
  for (const Candidate& candidate : near.sorted()) {
    EntryData data;
    if (candidate.window != 0 || candidate.frame >= 0) {
      auto known = known_data(bank, candidate.entry);
      if (!known) return known.error();
      if (!*known) continue;
      data = std::move(**known);
    }
    found.push_back(detail::plain_match(looks, candidate, data, limit, bank.pictures()));
  }
  return success();
}

/// One match an entry of those that lie within the limit once they are aligned.
Status add_aligned_matches(const Bank& bank, const Looks& looks, const Nearest& near,
                           MaxDistance limit, const Alignment& alignment, Matches& matches) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + alignment.budget;
  const std::vector<Candidate> candidates = near.sorted();
  detail::Alignments alignments(matches.query, looks, bank.level());
  std::size_t done = 0;
  for (; done < candidates.size(); ++done) {
    if (done >= alignment.most || Clock::now() >= end) break;
    const auto known = known_data(bank, candidates[done].entry);
    if (!known) return known.error();
    if (!*known) continue;
    auto match = alignments.match(candidates[done], **known, limit, bank.pictures());
    if (!match) {
      return Error{Code::bank_damaged,
                   "the index that is saved beside the bank names a part of entry " +
                       std::to_string(candidates[done].entry) +
                       " that the entry does not have; delete the files whose names are the bank's "
                       "with -grid and -pdq behind, and they are made again"};
    }
    if (candidates[done].frame >= 0) detail::name_frame(*match, candidates[done], **known);
    if (match->distance <= limit.value) matches.found.push_back(*std::move(match));
  }
  matches.unaligned = candidates.size() - done;
  return success();
}

Status add_perceptual_matches(const Bank& bank, Algorithm algorithm, const Held& held,
                              const Alignment& alignment, Matches& matches) {
  const Looks looks = looks_of(matches.query, algorithm);
  if (looks.empty()) return success();
  const bool align = algorithm == Algorithm::grid && alignment.on && matches.query.plane;
  const MaxDistance limit = held.to(algorithm);
  const MaxDistance worth = align ? detail::candidate_limit(bank.pictures()) : MaxDistance{-1};
  const auto hits = bank.within(looks.signatures, {std::max(limit.value, worth.value)},
                                align ? Bank::Among::all : Bank::Among::wholes);
  if (!hits) return hits.error();
  Nearest wholes(limit);
  Nearest windows(worth);
  for (std::size_t look = 0; look < hits->size(); ++look) {
    for (const EntryHit& hit : (*hits)[look]) {
      const Candidate candidate{hit.id, hit.distance, look, hit.window, hit.frame};
      if (hit.whole()) wholes.take(hit.distance, candidate);
      windows.take(looks.handicapped(hit.distance, look), candidate);
    }
  }
  Status added = add_plain_matches(bank, looks, wholes, limit, matches.found);
  if (!added || !align) return added;
  return add_aligned_matches(bank, looks, windows, held.to_aligned, alignment, matches);
}

/// Drops the matches by grid that pdq does not agree with.
Status hold_to_agreement(const Bank& bank, MaxDistance within, Matches& matches) {
  const Looks looks = looks_of(matches.query, Algorithm::pdq);
  if (looks.empty()) return success();
  std::vector<Match> kept;
  for (const Match& match : matches.found) {
    bool agrees = true;
    if (match.kind == MatchKind::grid) {
      const auto known = known_data(bank, match.entry);
      if (!known) return known.error();
      if (!*known) continue;
      const auto nearest = detail::nearest(looks, **known, match.entry);
      agrees = !nearest || nearest->distance <= within.value;
    }
    if (agrees) kept.push_back(match);
  }
  matches.found = std::move(kept);
  return success();
}

/// Every bank knows the test card, by whatever kinds it is asked for.
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
    const auto candidate = detail::nearest(looks, known, kTestCardEntry);
    if (!candidate) continue;
    const auto add = [&matches](const Match& match) {
      if (match.distance <= match.limit.value) matches.push_back(match);
    };
    add(detail::plain_match(looks, *candidate, known, held.to(algorithm), entries));
    const bool align = algorithm == Algorithm::grid && options.alignment.on && query.plane &&
                       candidate->distance <= detail::candidate_limit(entries).value;
    if (align) {
      add(detail::Alignments(query, looks, level)
              .match(*candidate, known, held.to_aligned, entries)
              .value());
    }
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
    const auto candidate = detail::nearest(looks_of(card, algorithm), entry->data, id);
    return candidate && candidate->distance <= held.to(algorithm).value;
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

/// What was found by a part of a picture is for review.
void mark_partial(Match& match) {
  if (match.kind != MatchKind::grid && match.kind != MatchKind::pdq) return;
  match.partial = true;
  if (match.verdict == Verdict::near) match.verdict = Verdict::similar;
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
  Matches matches{query, {}, 0};
  const Held held(options, bank.pictures(), bank.level());
  if (options.digests && query.digests) {
    if (const Status added = add_digest_matches(bank, query, matches.found); !added)
      return added.error();
  }
  for (const Algorithm algorithm : kAlgorithms) {
    if (!held.asks(algorithm)) continue;
    const Status added = add_perceptual_matches(bank, algorithm, held, options.alignment, matches);
    if (!added) return added.error();
  }
  if (const Status added = detail::add_video_matches(bank, options, matches); !added)
    return added.error();
  if (options.agree) {
    const Status agreed = hold_to_agreement(bank, *options.agree, matches);
    if (!agreed) return agreed.error();
  }
  std::vector<Match> card = testcard_matches(query, options, held, bank.pictures(), bank.level());
  if (!card.empty()) {
    for (Match& match : matches.found) {
      if (is_testcard(bank, match.entry, held)) match.verdict = Verdict::test;
    }
  }
  if (query.outcome == Code::ok_partial) {
    for (Match& match : matches.found) mark_partial(match);
  }
  matches.found.insert(matches.found.end(), card.begin(), card.end());
  std::sort(matches.found.begin(), matches.found.end(), stronger);
  if (!options.all) keep_strongest(matches.found);
  return matches;
}

Result<Matches> match_all(const Bank& bank, std::span<const Examined> pictures,
                          const MatchOptions& options) {
  Matches all;
  for (const Examined& picture : pictures) {
    auto matches = match(bank, picture, options);
    if (!matches) return matches.error();
    for (Match& found : matches->found) found.part = picture.part;
    all.found.insert(all.found.end(), matches->found.begin(), matches->found.end());
    all.unaligned += matches->unaligned;
  }
  std::stable_sort(all.found.begin(), all.found.end(), stronger);
  if (!options.all) keep_strongest(all.found);
  return all;
}

Result<Matches> match(const Bank& bank, Bytes file, const MatchOptions& options) {
  std::vector<Examined> pictures =
      examine_all(file, {options.limits, Level::base, options.decoder});
  auto all = match_all(bank, pictures, options);
  if (!all) return all;
  // That there is nothing to look at is no answer to who asks of one file.
  const auto unexamined =
      std::find_if(pictures.begin(), pictures.end(), [](const Examined& picture) {
        return picture.outcome != Code::ok && picture.outcome != Code::low_information;
      });
  if (all->empty() && unexamined != pictures.end())
    return Error{unexamined->outcome, "not examined: " + unexamined->message};
  all->query = std::move(pictures.front());
  return all;
}

}  // namespace reseau
