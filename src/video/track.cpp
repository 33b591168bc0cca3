#include "video/track.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <reseau/hash.h>

#include "video/look_table.h"

namespace reseau::detail {
namespace {

constexpr std::size_t kKept = 8;    // pairs of one frame of the query
constexpr double kLeastWeight = 2;  // nearer than all but a hundredth of strangers
constexpr int kBit = 4;             // what a bit of pdq adds to squared()

Values numbers(const Signature& grid, std::size_t view) {
  const Signature seen = view == 0 ? grid : grid_views(grid).at(view);
  const Bytes bytes = seen.bytes();
  Values values(bytes.size());
  std::transform(bytes.begin(), bytes.end(), values.begin(),
                 [](std::uint8_t byte) { return static_cast<std::int8_t>(byte); });
  return values;
}

Values bits(const Signature& pdq, std::size_t view) {
  const Signature seen = view == 0 ? pdq : pdq_views(pdq).at(view);
  Values values;
  for (const std::uint8_t byte : seen.bytes()) {
    for (int bit = 0; bit < 8; ++bit)
      values.push_back(static_cast<std::int16_t>((byte >> bit & 1) != 0 ? 1 : -1));
  }
  return values;
}

/// The furthest at which `rate` is rare enough to count; it rises with the distance.
int furthest(const StretchRules& rules, Algorithm algorithm) {
  int within = 0;
  int beyond = algorithm == Algorithm::grid ? 400'000 : 257;
  while (beyond - within > 1) {
    const int middle = within + (beyond - within) / 2;
    (-std::log10(rules.rate(algorithm, middle)) >= kLeastWeight ? within : beyond) = middle;
  }
  return within;
}

/// Of the query's frame and one of the entry's.
struct Nearest {
  float distance = 0;
  const Look* query = nullptr;  ///< none if they are further apart than counts
  const Look* entry = nullptr;
};

/// Holds a look against all of a table, for the frames that `counts(frame)`.
template <typename Counts>
void compare(const Look& query, LookTable& table, int furthest, std::vector<Nearest>& nearest,
             const Counts& counts) {
  if (query.values.empty() || table.size() == 0) return;
  const std::vector<float>& distances = table.squared_to(query.values);
  const auto most = static_cast<float>(furthest);
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (distances[i] > most) continue;
    const std::size_t frame = table.frame(i);
    Nearest& best = nearest[frame];
    if (!counts(frame) || (best.query != nullptr && distances[i] >= best.distance)) continue;
    best = {distances[i], &query, &table.look(i)};
  }
}

bool has_grid(const TrackFrame& frame) {
  return !frame.whole.values.empty() || !frame.inside.values.empty();
}

}  // namespace

bool stronger(const Pair& a, const Pair& b) {
  // Nearer than the nearest strangers, rates are all the same.
  if (a.weight != b.weight) return a.weight > b.weight;
  if (a.distance != b.distance) return a.distance < b.distance;
  return a.entry < b.entry;
}

int squared(const Values& a, const Values& b) {
  int sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int difference = a[i] - b[i];
    sum += difference * difference;
  }
  return sum;
}

std::vector<TrackFrame> track_of(const VideoSignature& video, std::size_t view,
                                 const StretchRules& rules) {
  std::vector<TrackFrame> track;
  track.reserve(video.frames.size());
  for (const VideoFrame& frame : video.frames) {
    TrackFrame& made = track.emplace_back();
    made.time = frame.time;
    made.until = frame.until;
    made.shot = frame.shot;
    const bool has_grid = !frame.grid.bytes().empty();
    if (has_grid && frame.quality >= rules.min_quality)
      made.whole.values = numbers(frame.grid, view);
    if (frame.inside && frame.inside->quality >= rules.min_inside_quality) {
      made.inside.values = numbers(frame.inside->grid, view);
      made.inside.where = frame.inside->where;
    }
    const bool has_pdq =
        !frame.pdq.bytes().empty() && (!has_grid || frame.quality >= rules.min_quality);
    if (has_pdq && frame.pdq_quality >= rules.min_pdq_quality)
      made.pdq.values = bits(frame.pdq, view);
  }
  return track;
}

std::vector<Pair> pairs_of(const std::vector<TrackFrame>& query,
                           const std::vector<TrackFrame>& entry, const StretchRules& rules) {
  const int far_grid = furthest(rules, Algorithm::grid);
  const int far_pdq = furthest(rules, Algorithm::pdq);
  LookTable whole(entry, &TrackFrame::whole);
  LookTable inside(entry, &TrackFrame::inside);
  LookTable pdq(entry, &TrackFrame::pdq);
  std::vector<Pair> pairs;
  std::vector<Pair> of_frame;
  std::vector<Nearest> nearest(entry.size());
  for (std::size_t q = 0; q < query.size(); ++q) {
    std::fill(nearest.begin(), nearest.end(), Nearest());
    for (const Look* look : {&query[q].whole, &query[q].inside}) {
      for (LookTable* table : {&whole, &inside})
        compare(*look, *table, far_grid, nearest, [](std::size_t) { return true; });
    }
    // By pdq only where either has nothing else.
    const auto by_pdq = [&](std::size_t e) { return !has_grid(query[q]) || !has_grid(entry[e]); };
    compare(query[q].pdq, pdq, far_pdq * kBit, nearest, by_pdq);
    of_frame.clear();
    for (std::size_t e = 0; e < entry.size(); ++e) {
      if (nearest[e].query == nullptr) continue;
      const Algorithm by = by_pdq(e) ? Algorithm::pdq : Algorithm::grid;
      const int distance =
          static_cast<int>(nearest[e].distance) / (by == Algorithm::pdq ? kBit : 1);
      const double weight = -std::log10(rules.rate(by, distance));
      of_frame.push_back({q, e, distance, weight, nearest[e].query, nearest[e].entry});
    }
    const std::size_t kept = std::min(kKept, of_frame.size());
    std::partial_sort(of_frame.begin(), of_frame.begin() + static_cast<std::ptrdiff_t>(kept),
                      of_frame.end(), stronger);
    pairs.insert(pairs.end(), of_frame.begin(),
                 of_frame.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  return pairs;
}

}  // namespace reseau::detail
