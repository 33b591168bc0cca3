#include "video/evidence.h"

#include <algorithm>
#include <cmath>

namespace reseau::detail {
namespace {

using Track = std::vector<TrackFrame>;

/// Squared L2 from which two frames of one video count as two looks and not as one.
constexpr double kOtherLook = 80'000;
constexpr double kOtherLookPdq = 4 * 90;
/// Known frames within the tolerance of a line, and the lines that two pairs allow.
constexpr double kPlaces = 8;
/// How alike what changes must change: the correlation of frames less their means.
constexpr double kAlike = 0.6;
constexpr double kAlikeOfFew = 0.75;
constexpr std::size_t kFew = 4;
/// Mean squared change from the stretch's mean frame below which nothing moves.
constexpr double kStill = 1'500;
constexpr double kStillPdq = 4 * 4;

double newness(const Pair& pair, const Pair& before) {
  if (pair.of_query->values.size() != before.of_query->values.size() ||
      pair.of_entry->values.size() != before.of_entry->values.size())
    return 1;
  const double whole = pair.of_query->values.size() == kBits ? kOtherLookPdq : kOtherLook;
  const int apart = std::min(squared(pair.of_query->values, before.of_query->values),
                             squared(pair.of_entry->values, before.of_entry->values));
  return std::min(1.0, apart / whole);
}

/// The entry's frame that is shown when the line says; none if there is none near then.
const TrackFrame* shown_at(const Track& entry, double time) {
  const auto after = std::upper_bound(entry.begin(), entry.end(), time,
                                      [](double t, const TrackFrame& f) { return t < f.time; });
  const TrackFrame* nearest = nullptr;
  double least = kTolerance;
  for (const auto* frame : {after == entry.begin() ? nullptr : &*(after - 1),
                            after == entry.end() ? nullptr : &*after}) {
    if (frame == nullptr) continue;
    const double off = std::max({0.0, frame->time - time, time - frame->until});
    if (off <= least) {
      least = off;
      nearest = frame;
    }
  }
  return nearest;
}

/// Which looks most of a run's pairs are of.
struct Kind {
  const Look TrackFrame::*query = &TrackFrame::whole;
  const Look TrackFrame::*entry = &TrackFrame::whole;
};

Kind kind_of(const Run& run, const Track& query, const Track& entry) {
  Kind best;
  std::ptrdiff_t most = 0;
  for (const auto of_query : kLooks) {
    for (const auto of_entry : kLooks) {
      const auto count = std::count_if(run.pairs.begin(), run.pairs.end(), [&](const Pair& pair) {
        return pair.of_query == &(query[pair.query].*of_query) &&
               pair.of_entry == &(entry[pair.entry].*of_entry);
      });
      if (count <= most) continue;
      most = count;
      best = {of_query, of_entry};
    }
  }
  return best;
}

/// Correlates the two sides' frames less their means: an edit adds the same to all frames, and so
/// drops out; another scene before the same background changes otherwise. Frames are paired by
/// their times alone: pairs chosen for their likeness would always be alike.
void compare_changes(Run& run, const Track& query, const Track& entry) {
  const Kind kind = kind_of(run, query, entry);
  std::vector<std::pair<const Values*, const Values*>> shown;
  for (std::size_t q = run.pairs.front().query; q <= run.pairs.back().query; ++q) {
    const TrackFrame& here = query[q];
    const TrackFrame* there = shown_at(entry, run.line.offset + run.line.speed * here.time);
    if (there == nullptr) continue;
    const Values& a = (here.*kind.query).values;
    const Values& b = (there->*kind.entry).values;
    if (!a.empty() && a.size() == b.size()) shown.emplace_back(&a, &b);
  }
  if (shown.size() < 2) return;
  const std::size_t size = shown.front().first->size();
  const auto count = static_cast<double>(shown.size());
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < size; ++i) {
    double mean_a = 0, mean_b = 0;
    for (const auto& [a, b] : shown) {
      mean_a += (*a)[i] / count;
      mean_b += (*b)[i] / count;
    }
    for (const auto& [a, b] : shown) {
      const double da = (*a)[i] - mean_a;
      const double db = (*b)[i] - mean_b;
      aa += da * da;
      bb += db * db;
      ab += da * db;
    }
  }
  const double still = (size == kBits ? kStillPdq : kStill) * count;
  run.moves = aa > still && bb > still;
  run.still = aa <= still && bb <= still;
  run.likeness = aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

}  // namespace

void judge(Run& run, const std::vector<TrackFrame>& query, const std::vector<TrackFrame>& entry) {
  run.log_chance = 0;
  // Of each pair only what is new in it counts: a scene that stands still is one look, however
  // many frames show it.
  constexpr std::size_t kRemembered = 48;
  for (std::size_t i = 0; i < run.pairs.size(); ++i) {
    const Pair& pair = run.pairs[i];
    double fresh = 1;
    const std::size_t first = i > kRemembered ? i - kRemembered : 0;
    for (std::size_t j = first; j < i; ++j) fresh = std::min(fresh, newness(pair, run.pairs[j]));
    const double places = i == 0 ? 0 : std::log10(kPlaces);
    run.log_chance -= fresh * std::max(0.0, pair.weight - places);
  }
  compare_changes(run, query, entry);
}

bool changes_alike(const Run& run) {
  return run.moves && run.likeness >= (run.pairs.size() < kFew ? kAlikeOfFew : kAlike);
}

}  // namespace reseau::detail
