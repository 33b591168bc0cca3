// Candidates made certain: a known window is moved over the query until it fits, or does not.
#include <cmath>

#include "match/confirm.h"
#include "match/kinds.h"

namespace reseau::detail {
namespace {

constexpr double kRadians = 3.14159265358979323846 / 180;

/// A rectangle by its middle.
struct Box {
  double x, y, width, height;
  explicit Box(const Rectangle& r)
      : x(r.x + r.width / 2.0), y(r.y + r.height / 2.0), width(r.width), height(r.height) {}
  [[nodiscard]] Rectangle rectangle() const {
    return {static_cast<float>(x - width / 2), static_cast<float>(y - height / 2),
            static_cast<float>(width), static_cast<float>(height)};
  }
};

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
  const Box looked(view.trim);
  const Box there(found.where);
  const Box known(window.where);
  // From the query to coordinates along the sides of the window found, 0 in its middle.
  const double angle = -found.tilt * kRadians;
  const double across = (looked.x - there.x) * query_aspect;
  const double down = looked.y - there.y;
  double x = (std::cos(angle) * across - std::sin(angle) * down) / (there.width * query_aspect);
  double y = (std::sin(angle) * across + std::cos(angle) * down) / there.height;
  double width = looked.width / there.width;
  double height = looked.height / there.height;
  // As the view shows it.
  if (view.mirror) x = -x;
  for (int turn = 0; turn < view.turn; turn += 90) {
    const double right = x;
    x = -y;
    y = right;
    std::swap(width, height);
  }
  Box part(window.where);
  part.x = known.x + x * known.width;
  part.y = known.y + y * known.height;
  part.width = width * known.width;
  part.height = height * known.height;
  view.rectangle = part.rectangle();
  if (nearly_all(view.rectangle)) view.rectangle = {};
  constexpr float kLeastTilt = 0.5F;
  view.tilt = window.tilt - (view.mirror ? -found.tilt : found.tilt);
  if (std::abs(view.tilt) < kLeastTilt) view.tilt = 0;
  return view;
}

}  // namespace

Window window_of(const EntryData& known, const Candidate& candidate) {
  if (candidate.frame >= 0) {
    const VideoFrame& frame = known.video->frames.at(static_cast<std::size_t>(candidate.frame));
    if (candidate.window == 0) return {{}, 0, frame.grid};
    return {frame.inside->where, 0, frame.inside->grid};
  }
  const Window* part = reseau::window_of(known, candidate.window);
  return part != nullptr ? *part : Window{{}, 0, *known.grid};
}

const GridAligner& Alignments::aligner(const Rectangle& start) {
  for (const auto& [where, aligner] : aligners_) {
    if (where == start) return aligner;
  }
  return aligners_.emplace_back(start, GridAligner(*query_.plane, start)).second;
}

Match Alignments::match(const Candidate& candidate, const EntryData& known, MaxDistance limit,
                        std::size_t entries) {
  const Window window = window_of(known, candidate);
  const View& view = looks_.views[candidate.look];
  const GridAligner& by = aligner(view.trim);
  const AlignedWindow found = by.align(view, window.grid);
  const double aspect = static_cast<double>(*query_.width) / *query_.height;
  int distance = found.distance;
  if (level_ != Level::base) {
    std::vector<int> others;
    if (distance <= kWorthConfirming && candidate.frame < 0) {
      for (const Expected& other : expected_windows(known, window, found, view, aspect))
        others.push_back(by.distance(view, other.grid, other.where, other.tilt));
    }
    distance = confirmed_distance(distance, others);
  }
  Match match = perceptual_match(Measure::grid_aligned, candidate.entry, distance, limit,
                                 placed(view, found, window, aspect), entries, level_);
  match.aligned = true;
  return match;
}

MaxDistance candidate_limit(std::size_t entries) {
  // Beyond, a window lies too far from the query for alignment to begin with.
  constexpr int kFarthest = 85'000;
  constexpr double kCandidates = 64;
  int limit = kFarthest;
  while (limit > 0 &&
         static_cast<double>(entries) * false_positive_rate(Measure::grid, limit) > kCandidates) {
    limit -= 1'000;
  }
  return {limit};
}

}  // namespace reseau::detail
