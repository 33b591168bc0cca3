// A stranger may look like one window of a known image once that is moved to where it fits best;
// but then its other windows do not fit, since nothing has moved them. And strangers that are near
// by grid are hardly ever near by pdq too; copies that a watermark has moved far by grid are.
#include "match/confirm.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "match/geometry.h"
#include "match/kinds.h"

namespace reseau::detail {
namespace {

constexpr double kInView = 0.85;  // of a window, to be asked for
constexpr std::size_t kMostWindows = 16;

/// From one window of a known image to where its others lie in a query.
class Map {
 public:
  Map(const Window& window, const AlignedWindow& found, const View& view, double known_aspect,
      double query_aspect)
      : window_(window),
        found_(found),
        view_(view),
        known_aspect_(known_aspect),
        query_aspect_(query_aspect) {}

  [[nodiscard]] Expected expected(const Window& other) const {
    const Point from = middle(window_.where);
    const Point to = middle(other.where);
    // Along the sides of the window found; sides are the units.
    Point p = Turn(-window_.tilt)({(to.x - from.x) * known_aspect_, to.y - from.y});
    p = {p.x / (window_.where.width * known_aspect_), p.y / window_.where.height};
    Point sides{static_cast<double>(other.where.width) / window_.where.width,
                static_cast<double>(other.where.height) / window_.where.height};
    double tilt = other.tilt - window_.tilt;
    // As the query shows it.
    for (int turn = 0; turn < view_.turn; turn += 90) {
      p = {p.y, -p.x};
      std::swap(sides.x, sides.y);
    }
    if (view_.mirror) {
      p.x = -p.x;
      tilt = -tilt;
    }
    p = Turn(found_.tilt)({p.x * found_.where.width * query_aspect_, p.y * found_.where.height});
    const Point there = middle(found_.where);
    return {other.grid,
            about({there.x + p.x / query_aspect_, there.y + p.y},
                  {sides.x * found_.where.width, sides.y * found_.where.height}),
            static_cast<float>(found_.tilt + tilt)};
  }

  /// The share of a window that lies within what was looked at.
  [[nodiscard]] double in_view(const Expected& window) const {
    constexpr int kSide = 10;
    const Point there = middle(window.where);
    const Turn turn(window.tilt);
    const Rectangle& looked = view_.trim;
    int inside = 0;
    for (int i = 0; i < kSide * kSide; ++i) {
      const auto along = [](int step, double side) { return ((step + 0.5) / kSide - 0.5) * side; };
      const Point p = turn({along(i % kSide, window.where.width * query_aspect_),
                            along(i / kSide, window.where.height)});
      const double x = there.x + p.x / query_aspect_;
      const double y = there.y + p.y;
      if (x >= looked.x && x <= looked.x + looked.width && y >= looked.y &&
          y <= looked.y + looked.height)
        ++inside;
    }
    return static_cast<double>(inside) / (kSide * kSide);
  }

 private:
  const Window& window_;
  const AlignedWindow& found_;
  const View& view_;
  double known_aspect_;
  double query_aspect_;
};

/// `most` of them, evenly.
void thin_out(std::vector<Expected>& windows, std::size_t most) {
  const std::size_t all = windows.size();
  if (all <= most) return;
  for (std::size_t i = 0; i < most; ++i) windows[i] = windows[(i * all + most - 1) / most];
  windows.erase(windows.begin() + static_cast<std::ptrdiff_t>(most), windows.end());
}

}  // namespace

std::vector<Expected> expected_windows(const EntryData& known, const Window& window,
                                       const AlignedWindow& found, const View& view,
                                       double query_aspect) {
  std::vector<Expected> windows;
  if (known.windows.empty() || !known.grid) return windows;
  const double known_aspect =
      known.width && known.height ? static_cast<double>(*known.width) / *known.height : 1;
  const Map map(window, found, view, known_aspect, query_aspect);
  const auto add = [&](const Window& other) {
    if (other == window) return;
    Expected expected = map.expected(other);
    if (map.in_view(expected) >= kInView) windows.push_back(expected);
  };
  add({{}, 0, *known.grid});
  if (known.trimmed) add(*known.trimmed);
  for (const Window& part : known.windows) add(part);
  thin_out(windows, kMostWindows);
  return windows;
}

int confirmed_distance(int found, std::vector<int> others) {
  if (found >= GridAligner::kFarthest) return GridAligner::kFarthest;  // given up
  // Strangers come as near as 8,600 by one window alone as rarely as 13,600 by several, and so on:
  // docs/matching.md.
  if (others.empty()) {
    return static_cast<int>(std::lround(13'600 * std::pow(found / 8'600.0, 0.55)));
  }
  // A logo or a line of text spoils some windows: the worst quarter is not counted.
  const std::size_t counted = others.size() - others.size() / 4;
  std::nth_element(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(counted) - 1,
                   others.end());
  const double sum =
      std::accumulate(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(counted), 0.0);
  return static_cast<int>(std::lround((found + 2 * sum / static_cast<double>(counted)) / 3));
}

int with_pdq(int distance, int pdq_bits, Level level) {
  constexpr int kRare = 70;
  constexpr double kDecadesPerBit = 0.175;
  return rarer_aligned(distance, kDecadesPerBit * std::max(0, kRare - pdq_bits), level);
}

}  // namespace reseau::detail
