// docs/signature.md, "Panels", has the rules in words.
#include "hash/panels.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>

namespace reseau::detail {
namespace {

constexpr int kLeastSide = 16;  // of the plane; less is no picture

/// A box of the plane seen along one of its axes: lines are columns, or rows.
class Lines {
 public:
  Lines(const Plane& plane, const PlaneBox& box, bool columns)
      : plane_(plane), box_(box), columns_(columns) {}

  [[nodiscard]] int count() const { return columns_ ? width() : height(); }
  [[nodiscard]] int length() const { return columns_ ? height() : width(); }
  [[nodiscard]] int at(int line, int i) const {
    return columns_ ? plane_.at(left() + line, top() + i) : plane_.at(left() + i, top() + line);
  }
  /// The lines from..to, whole.
  [[nodiscard]] PlaneBox box(int from, int to) const {
    PlaneBox box = box_;
    (columns_ ? box.left : box.top) += from * kPlaneUnit;
    (columns_ ? box.right : box.bottom) -= (count() - to) * kPlaneUnit;
    return box;
  }

  /// The luma in the middle of all of a line's.
  [[nodiscard]] int ground(int line) const {
    std::vector<int> luma;
    for (int i = 0; i < length(); ++i) luma.push_back(at(line, i));
    const auto middle = luma.begin() + static_cast<std::ptrdiff_t>(luma.size() / 2);
    std::nth_element(luma.begin(), middle, luma.end());
    return *middle;
  }
  /// Nearly all of it is of that luma, as a border is.
  [[nodiscard]] bool is_plain(int line, int ground) const {
    constexpr int kTolerance = 14 * kLumaUnit;
    constexpr int kAlike = 965;  // in a thousand
    int alike = 0;
    for (int i = 0; i < length(); ++i) alike += std::abs(at(line, i) - ground) <= kTolerance;
    return 1000 * alike >= kAlike * length();
  }
  [[nodiscard]] bool is_plain(int line) const { return is_plain(line, ground(line)); }

 private:
  [[nodiscard]] int left() const { return static_cast<int>(box_.left / kPlaneUnit); }
  [[nodiscard]] int top() const { return static_cast<int>(box_.top / kPlaneUnit); }
  [[nodiscard]] int width() const { return static_cast<int>(box_.right / kPlaneUnit) - left(); }
  [[nodiscard]] int height() const { return static_cast<int>(box_.bottom / kPlaneUnit) - top(); }

  const Plane& plane_;
  PlaneBox box_;
  bool columns_;
};

using Sums = std::vector<std::int64_t>;

/// Of each line, the sum of second differences along it, in units of luma.
Sums sharpness(const Lines& lines) {
  Sums sums(static_cast<std::size_t>(lines.count()));
  for (int line = 0; line < lines.count(); ++line) {
    for (int i = 1; i + 1 < lines.length(); ++i) {
      sums[static_cast<std::size_t>(line)] +=
          std::abs(lines.at(line, i - 1) - 2 * lines.at(line, i) + lines.at(line, i + 1));
    }
  }
  return sums;
}

/// Between each line and the one before, the sum of steps across; 0 before the first.
Sums steps(const Lines& lines) {
  Sums sums(static_cast<std::size_t>(lines.count()));
  for (int line = 1; line < lines.count(); ++line) {
    for (int i = 0; i < lines.length(); ++i) {
      sums[static_cast<std::size_t>(line)] += std::abs(lines.at(line, i) - lines.at(line - 1, i));
    }
  }
  return sums;
}

/// Between each line and the one before, at how many places the luma steps by so much.
std::vector<int> stepping(const Lines& lines, int least) {
  std::vector<int> places(static_cast<std::size_t>(lines.count()));
  for (int line = 1; line < lines.count(); ++line) {
    for (int i = 0; i < lines.length(); ++i) {
      const bool steps = std::abs(lines.at(line, i) - lines.at(line - 1, i)) >= least;
      places[static_cast<std::size_t>(line)] += steps ? 1 : 0;
    }
  }
  return places;
}

/// 0, then the sum up to each line.
Sums running(const Sums& values) {
  Sums sums(values.size() + 1);
  for (std::size_t i = 0; i < values.size(); ++i) sums[i + 1] = sums[i] + values[i];
  return sums;
}

double mean(const Sums& sums, int from, int to) {
  if (to <= from) return 0;
  return static_cast<double>(sums[static_cast<std::size_t>(to)] -
                             sums[static_cast<std::size_t>(from)]) /
         (to - from);
}

/// What is between two bars of one width that are blurred, as a player fills the sides.
std::optional<PlaneBox> between_blurs(const Lines& lines) {
  constexpr int kLeastBar = 8;       // of the plane's lines; narrower is not seen
  constexpr double kBlurred = 0.35;  // of the sharpness beside it
  constexpr double kEdge = 3;        // times the steps within the bar
  constexpr int kLeastStep = 5 * kLumaUnit;
  constexpr int kStepping = 40;  // in a hundred of the edge's places step
  constexpr int kUneven = 2;     // lines by which the bars may differ
  constexpr int kMargin = 1;     // mixed of both sides when the picture was scaled
  const int count = lines.count();
  const Sums sharp = running(sharpness(lines));
  const Sums step = steps(lines);
  const Sums stepped = running(step);
  const std::vector<int> places = stepping(lines, kLeastStep);
  // A bar of `bar` lines at one side, next to what is sharp.
  const auto is_bar = [&](int bar, bool at_end) {
    const int beside = std::max(kLeastBar, bar / 2);
    const double blurred =
        at_end ? mean(sharp, count - bar + kMargin, count) : mean(sharp, 0, bar - kMargin);
    const double inside =
        at_end ? mean(sharp, count - bar - beside, count - bar) : mean(sharp, bar, bar + beside);
    const double edge =
        static_cast<double>(step[static_cast<std::size_t>(at_end ? count - bar : bar)]);
    const double ripple =
        at_end ? mean(stepped, count - bar + 2, count) : mean(stepped, 1, bar - 1);
    const int stepped_at = places[static_cast<std::size_t>(at_end ? count - bar : bar)];
    return blurred <= kBlurred * inside && edge >= kEdge * ripple &&
           100 * stepped_at >= kStepping * lines.length();
  };
  // Plain bars are borders, which trimmed() is for.
  int plain = 0;
  const int ground = lines.ground(0);
  while (plain < count && lines.is_plain(plain, ground)) ++plain;
  std::optional<PlaneBox> best;
  std::int64_t best_edge = 0;
  for (int bar = std::max(kLeastBar, plain + 2 * kUneven); 2 * bar + kUneven + kLeastSide <= count;
       ++bar) {
    if (!is_bar(bar, false)) continue;
    for (int other = bar - kUneven; other <= bar + kUneven; ++other) {
      if (other < kLeastBar || !is_bar(other, true)) continue;
      const std::int64_t edge = std::min(step[static_cast<std::size_t>(bar)],
                                         step[static_cast<std::size_t>(count - other)]);
      if (edge <= best_edge) continue;
      best_edge = edge;
      best = lines.box(bar + kMargin, count - other - kMargin);
    }
  }
  return best;
}

/// Where two pictures were put side by side: the lines from..to are the seam itself.
struct Seam {
  int from;
  int to;
};

/// Lines of one luma from edge to edge, with something on both sides: the gap of a collage, or the
/// ground between two things. That nearest to the middle.
std::optional<Seam> gap(const Lines& lines) {
  constexpr int kSomething = 15;  // in a hundred of the lines, on each side, that are not plain
  const int count = lines.count();
  std::vector<bool> plain;
  for (int line = 0; line < count; ++line) plain.push_back(lines.is_plain(line));
  const auto something = [&](int from, int to) {
    return 100 * std::count(plain.begin() + from, plain.begin() + to, false) >= kSomething * count;
  };
  std::optional<Seam> best;
  const auto off_middle = [count](const Seam& seam) {
    return std::abs(seam.from + seam.to - count);
  };
  for (int line = count / 5; line < count - count / 5; ++line) {
    if (!plain[static_cast<std::size_t>(line)]) continue;
    const int ground = lines.ground(line);
    Seam seam{line, line + 1};
    while (seam.to < count && lines.is_plain(seam.to, ground)) ++seam.to;
    line = seam.to - 1;
    if (!something(0, seam.from) || !something(seam.to, count)) continue;
    if (!best || off_middle(seam) < off_middle(*best)) best = seam;
  }
  return best;
}

/// A step from edge to edge, sharper than all that is about: pictures side by side without a gap.
std::optional<Seam> step_across(const Lines& lines) {
  constexpr int kLeastStep = 10 * kLumaUnit;
  constexpr int kMost = 70;  // in a hundred of the line's places step
  constexpr int kAbout = 8;  // lines on each side
  constexpr int kTimes = 3;  // as many as on any line about
  const int count = lines.count();
  const std::vector<int> places = stepping(lines, kLeastStep);
  std::optional<Seam> best;
  int most = 0;
  for (int line = std::max(kAbout, count / 5); line < count - std::max(kAbout, count / 5); ++line) {
    const int here = places[static_cast<std::size_t>(line)];
    if (100 * here < kMost * lines.length() || here <= most) continue;
    int about = 0;
    for (int by = 2; by <= kAbout; ++by) {
      about = std::max({about, places[static_cast<std::size_t>(line - by)],
                        places[static_cast<std::size_t>(line + by)]});
    }
    if (kTimes * about > here) continue;
    most = here;
    best = Seam{line, line};
  }
  return best;
}

bool nearly(const PlaneBox& a, const PlaneBox& b) {
  constexpr std::int64_t kApart = 6 * kPlaneUnit;
  return std::abs(a.left - b.left) <= kApart && std::abs(a.right - b.right) <= kApart &&
         std::abs(a.top - b.top) <= kApart && std::abs(a.bottom - b.bottom) <= kApart;
}

}  // namespace

std::vector<PlaneBox> panels(const Plane& plane, const PlaneBox& inner) {
  constexpr int kMargin = 1;
  constexpr int kWide = 30;  // in a thousand: a wider gap is ground, and belongs to both
  std::vector<PlaneBox> found;
  for (const bool columns : {true, false}) {
    const Lines all(plane, plane.whole(), columns);
    const Lines lines(plane, inner, columns);
    const int count = lines.count();
    if (count < 4 * kLeastSide || lines.length() < kLeastSide) continue;
    auto inside = between_blurs(all);  // of which plain parts may have been taken for borders
    if (!inside) inside = between_blurs(lines);
    if (inside && !nearly(*inside, inner)) {
      found.push_back(*inside);
      continue;
    }
    std::optional<Seam> seam = gap(lines);
    if (seam && 1000 * (seam->to - seam->from) > kWide * count) {
      seam->from = seam->to = (seam->from + seam->to) / 2;
    }
    if (!seam) seam = step_across(lines);
    if (!seam) continue;
    found.push_back(lines.box(0, seam->from - kMargin));
    found.push_back(lines.box(seam->to + kMargin, count));
  }
  return found;
}

}  // namespace reseau::detail
