// From a distance to a match.
#include "match/kinds.h"
#include "match/videos.h"

namespace reseau::detail {

Measure measure_of(Algorithm algorithm) {
  return algorithm == Algorithm::grid ? Measure::grid : Measure::pdq;
}

Match exact_match(EntryId entry, MatchKind kind) {
  Match match;
  match.entry = entry;
  match.kind = kind;
  match.verdict = Verdict::exact;
  return match;
}

Match perceptual_match(Measure measure, EntryId entry, int distance, MaxDistance limit,
                       const View& view, std::size_t entries, Level level) {
  Match match;
  match.entry = entry;
  match.kind = measure == Measure::pdq ? MatchKind::pdq : MatchKind::grid;
  match.distance = distance;
  match.limit = limit;
  match.view = view;
  match.expected_false = static_cast<double>(entries) * measures_of_kind(measure) *
                         false_positive_rate(measure, distance, level);
  match.verdict = match.expected_false <= kNearExpected ? Verdict::near : Verdict::similar;
  return match;
}

void name_frame(Match& match, const Candidate& candidate, const EntryData& known) {
  const auto place = static_cast<std::size_t>(candidate.frame);
  if (!known.video || place >= known.video->frames.size()) return;
  match.entry_media = Media::video;
  match.stretches = {one_look(match, known.video->frames[place])};
  // A single look is never more than similar.
  if (match.verdict == Verdict::near) match.verdict = Verdict::similar;
}

Match plain_match(const Looks& looks, const Candidate& candidate, const EntryData& known,
                  MaxDistance limit, std::size_t entries) {
  View view = looks.views[candidate.look];
  const bool of_video = candidate.frame >= 0 && known.video;
  const Window* window = of_video ? nullptr : reseau::window_of(known, candidate.window);
  if (window != nullptr) view.rectangle = window->where;
  Match match = perceptual_match(measure_of(looks.signatures[candidate.look].algorithm()),
                                 candidate.entry, candidate.distance, limit, view, entries);
  if (of_video) name_frame(match, candidate, known);
  return match;
}

}  // namespace reseau::detail
