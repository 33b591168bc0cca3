#include <reseau/match.h>
#include <algorithm>
#include <map>
#include <tuple>

#include "match/card.h"
#include "match/held.h"
#include "match/kinds.h"
#include "match/nearest.h"
#include "match/videos.h"

namespace reseau {
namespace {

using detail::Candidate;
using detail::Held;
using detail::Looks;
using detail::looks_of;
using detail::Nearest;

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
  for (const auto& hit : *hits) found.push_back(detail::exact_match(hit.id, kind_of(hit.kind)));
  return success();
}

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
  const auto passed = [start = Clock::now()] {  // so that no budget is too large to be added
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  };
  const std::vector<Candidate> candidates = near.sorted();
  detail::Alignments alignments(matches.query, looks, bank.level());
  std::size_t done = 0;
  for (; done < candidates.size(); ++done) {
    if (done >= alignment.most || passed() >= alignment.budget) break;
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

/// One pass over the index: for the queries that are aligned, or for all others, which are searched
/// for less far away.
struct Pass {
  Algorithm algorithm;
  bool align;
  MaxDistance limit;  ///< of matches
  MaxDistance worth;  ///< of candidates for alignment

  [[nodiscard]] bool takes(const Matches& matches, const Alignment& alignment) const {
    return align == (algorithm == Algorithm::grid && alignment.on && matches.query.plane);
  }
};

/// `hits`: of each of the looks.
Status add_hits(const Bank& bank, const Pass& pass, const Looks& looks,
                std::span<const std::vector<EntryHit>> hits, const Held& held,
                const Alignment& alignment, Matches& matches) {
  Nearest wholes(pass.limit);
  Nearest windows(pass.worth);
  for (std::size_t look = 0; look < hits.size(); ++look) {
    for (const EntryHit& hit : hits[look]) {
      const Candidate candidate{hit.id, hit.distance, look, hit.window, hit.frame};
      if (hit.whole()) wholes.take(hit.distance, candidate);
      windows.take(looks.handicapped(hit.distance, look), candidate);
    }
  }
  Status added = add_plain_matches(bank, looks, wholes, pass.limit, matches.found);
  if (!added || !pass.align) return added;
  return add_aligned_matches(bank, looks, windows, held.to_aligned, alignment, matches);
}

Status add_perceptual_matches(const Bank& bank, const Pass& pass, const Held& held,
                              const Alignment& alignment, std::span<Matches> each) {
  std::vector<std::pair<Looks, Matches*>> asked;
  std::vector<Signature> all;
  for (Matches& matches : each) {
    if (!pass.takes(matches, alignment)) continue;
    const Looks& looks =
        asked.emplace_back(looks_of(matches.query, pass.algorithm), &matches).first;
    all.insert(all.end(), looks.signatures.begin(), looks.signatures.end());
  }
  if (all.empty()) return success();
  const auto hits = bank.within(all, {std::max(pass.limit.value, pass.worth.value)},
                                pass.align ? Bank::Among::all : Bank::Among::wholes);
  if (!hits) return hits.error();
  std::span<const std::vector<EntryHit>> rest(*hits);
  for (const auto& [looks, matches] : asked) {
    const std::size_t own = looks.signatures.size();
    Status added = add_hits(bank, pass, looks, rest.first(own), held, alignment, *matches);
    if (!added) return added;
    rest = rest.subspan(own);
  }
  return success();
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

/// What was found in each of its pictures.
Matches of_one_file(std::span<const Matches> pictures, bool all) {
  Matches file;
  for (const Matches& matches : pictures) {
    file.found.insert(file.found.end(), matches.begin(), matches.end());
    file.unaligned += matches.unaligned;
  }
  std::stable_sort(file.found.begin(), file.found.end(), stronger);
  if (!all) keep_strongest(file.found);
  return file;
}

/// Agreement, the test card, partial pictures; then in their order.
Status judge(const Bank& bank, const MatchOptions& options, const Held& of_card, Matches& matches) {
  if (options.agree) {
    Status agreed = hold_to_agreement(bank, *options.agree, matches);
    if (!agreed) return agreed;
  }
  std::vector<Match> card =
      detail::testcard_matches(matches.query, options, of_card, bank.pictures(), bank.level());
  if (!card.empty()) {
    for (Match& match : matches.found) {
      if (detail::is_testcard(bank, match.entry, of_card)) match.verdict = Verdict::test;
    }
  }
  if (matches.query.outcome == Code::ok_partial) {
    for (Match& match : matches.found) mark_partial(match);
  }
  matches.found.insert(matches.found.end(), card.begin(), card.end());
  for (Match& match : matches.found) match.part = matches.query.part;
  std::sort(matches.found.begin(), matches.found.end(), stronger);
  if (!options.all) keep_strongest(matches.found);
  return success();
}

/// What is known of each query.
Status find(const Bank& bank, const MatchOptions& options, std::span<Matches> each) {
  Status caught_up = bank.catch_up();
  if (!caught_up) return caught_up;
  for (Matches& matches : each) {
    if (!options.digests || !matches.query.digests) continue;
    Status added = add_digest_matches(bank, matches.query, matches.found);
    if (!added) return added;
  }
  const Held held(options, bank.pictures(), bank.level());
  const MaxDistance worth =
      detail::candidate_limit(bank.pictures(), options.alignment.most, bank.level());
  constexpr std::size_t kAtOnce = 16;  // hits of an animation's frames are not kept all together
  for (std::size_t first = 0; first < each.size(); first += kAtOnce) {
    const auto some = each.subspan(first, std::min(kAtOnce, each.size() - first));
    for (const Algorithm algorithm : kAlgorithms) {
      if (!held.asks(algorithm)) continue;
      for (const bool align : {true, false}) {
        const Pass pass{algorithm, align, held.to(algorithm), align ? worth : MaxDistance{-1}};
        Status added = add_perceptual_matches(bank, pass, held, options.alignment, some);
        if (!added) return added;
      }
    }
  }
  const Held of_card = held.of_card(bank.level());
  for (Matches& matches : each) {
    Status added = detail::add_video_matches(bank, options, matches);
    if (added) added = judge(bank, options, of_card, matches);
    if (!added) return added;
  }
  return success();
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

Result<std::vector<Matches>> match_each(const Bank& bank, std::span<const Examined> queries,
                                        const MatchOptions& options) {
  std::vector<Matches> each;
  for (const Examined& query : queries) each.push_back({query, {}, 0});
  const Status found = find(bank, options, each);
  if (!found) return found.error();
  return each;
}

std::size_t worth_together(const Bank& bank, const MatchOptions& options) {
  constexpr std::size_t kManySignatures = 500'000;
  constexpr std::size_t kLot = 8;  // more take hardly less time
  constexpr std::array<std::size_t, kLevels.size()> kOfEach = {1, 30, 98};
  const std::size_t signatures =
      bank.pictures() * kOfEach.at(static_cast<std::size_t>(bank.level()));
  const bool searches = options.grid.ask || options.pdq.ask;
  return searches && signatures >= kManySignatures ? kLot : 1;
}

Result<Matches> match(const Bank& bank, const Examined& query, const MatchOptions& options) {
  auto each = match_each(bank, {&query, 1}, options);
  if (!each) return each.error();
  return std::move(each->front());
}

Result<Matches> match_all(const Bank& bank, std::span<const Examined> pictures,
                          const MatchOptions& options) {
  const auto each = match_each(bank, pictures, options);
  if (!each) return each.error();
  return of_one_file(*each, options.all);
}

Result<std::vector<Matches>> match_files(const Bank& bank,
                                         std::span<const std::vector<Examined>> files,
                                         const MatchOptions& options) {
  std::vector<Matches> each;
  for (const auto& file : files) {
    for (const Examined& picture : file) each.push_back({picture, {}, 0});
  }
  const Status found = find(bank, options, each);
  if (!found) return found.error();
  std::vector<Matches> of_files;
  std::span<const Matches> rest(each);
  for (const auto& file : files) {
    of_files.push_back(of_one_file(rest.first(file.size()), options.all));
    rest = rest.subspan(file.size());
  }
  return of_files;
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
