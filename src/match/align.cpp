// Candidates made certain: a known window is moved over the query until it fits, or does not.
#include <algorithm>
#include <cmath>
#include <utility>

#include "match/confirm.h"
#include "match/geometry.h"
#include "match/kinds.h"

namespace reseau::detail {
namespace {

/// What alignment leaves of a whole that lies on a whole: hundredths.
bool nearly_all(const Rectangle& r) {
  constexpr float kNearly = 0.01F;
  return std::abs(r.x) < kNearly && std::abs(r.y) < kNearly &&
         std::abs(r.x + r.width - 1) < kNearly && std::abs(r.y + r.height - 1) < kNearly;
}

/// Where what was looked at of the query (`view.trim`) lies in the known image, when the known
/// `window` lies in the query where `found` says. Tilts are a few degrees: of a tilted window, only
/// the middle is turned.
View placed(View view, const AlignedWindow& found, const Window& window, double query_aspect) {
  const Point looked = middle(view.trim);
  const Point there = middle(found.where);
  const Point known = middle(window.where);
  // From the query to coordinates along the sides of the window found, 0 in its middle.
  Point p = Turn(-found.tilt)({(looked.x - there.x) * query_aspect, looked.y - there.y});
  p = {p.x / (found.where.width * query_aspect), p.y / found.where.height};
  Point sides{static_cast<double>(view.trim.width) / found.where.width,
              static_cast<double>(view.trim.height) / found.where.height};
  // As the view shows it.
  if (view.mirror) p.x = -p.x;
  for (int turn = 0; turn < view.turn; turn += 90) {
    p = {-p.y, p.x};
    std::swap(sides.x, sides.y);
  }
  view.rectangle = about({known.x + p.x * window.where.width, known.y + p.y * window.where.height},
                         {sides.x * window.where.width, sides.y * window.where.height});
  if (nearly_all(view.rectangle)) view.rectangle = {};
  constexpr float kLeastTilt = 0.5F;
  view.tilt = window.tilt - (view.mirror ? -found.tilt : found.tilt);
  if (std::abs(view.tilt) < kLeastTilt) view.tilt = 0;
  return view;
}

/// Of the whole image or frame; null if there is none.
const Signature* pdq_of(const EntryData& known, const Candidate& candidate) {
  if (candidate.frame < 0) return known.pdq ? &*known.pdq : nullptr;
  return &known.video->frames.at(static_cast<std::size_t>(candidate.frame)).pdq;
}

}  // namespace

std::optional<Window> window_of(const EntryData& known, const Candidate& candidate) {
  std::optional<Window> window;
  if (candidate.frame >= 0) {
    const auto place = static_cast<std::size_t>(candidate.frame);
    if (!known.video || place >= known.video->frames.size()) return std::nullopt;
    const VideoFrame& frame = known.video->frames[place];
    if (candidate.window == 0) {
      window = {{}, 0, frame.grid};
    } else if (frame.inside) {
      window = {frame.inside->where, 0, frame.inside->grid};
    }
  } else if (candidate.window == 0) {
    if (known.grid) window = {{}, 0, *known.grid};
  } else if (const Window* part = reseau::window_of(known, candidate.window)) {
    window = *part;
  }
  if (window && window->grid.bytes().empty()) return std::nullopt;
  return window;
}

const GridAligner& Alignments::aligner(const Rectangle& start) {
  for (const auto& [where, aligner] : aligners_) {
    if (where == start) return aligner;
  }
  return aligners_.emplace_back(start, GridAligner(*query_.plane, start)).second;
}

std::optional<Match> Alignments::match(const Candidate& candidate, const EntryData& known,
                                       MaxDistance limit, std::size_t entries) {
  const std::optional<Window> window = window_of(known, candidate);
  if (!window) return std::nullopt;
  const View& view = looks_.views[candidate.look];
  const GridAligner& by = aligner(view.trim);
  const AlignedWindow found = by.align(view, window->grid);
  const double aspect = static_cast<double>(*query_.width) / *query_.height;
  int distance = found.distance;
  if (level_ != Level::base) {
    std::vector<int> others;
    if (distance < GridAligner::kFarthest) {
      for (const Expected& other : expected_windows(known, *window, found, view, aspect))
        others.push_back(by.distance(view, other.grid, other.where, other.tilt));
    }
    distance = confirmed_distance(distance, std::move(others));
  }
  if (const Signature* const pdq = pdq_of(known, candidate)) {
    const auto apart = nearest_distance(pdq_looks_, *pdq);
    if (apart) distance = with_pdq(distance, *apart, level_);
  }
  Match match = perceptual_match(Measure::grid_aligned, candidate.entry, distance, limit,
                                 placed(view, found, *window, aspect), entries, level_);
  match.aligned = true;
  return match;
}

MaxDistance candidate_limit(std::size_t entries, std::size_t most, Level level) {
  // So many times as many strangers are as near by any window as by the whole.
  constexpr std::array<double, kLevels.size()> kByWindows = {1, 4, 10};
  const double rate = static_cast<double>(most) / static_cast<double>(entries) /
                      kByWindows.at(static_cast<std::size_t>(level));
  return {std::min(limit_at(Measure::grid, rate).value, Alignment::kFarthest.value)};
}

}  // namespace reseau::detail
