// docs/signature.md, "Panels", has the rules in words.
#include "hash/panels.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "hash/profile.h"
#include "hash/trim.h"

namespace reseau::detail {
namespace {

constexpr int kLeastSide = 16;  // of the plane; less is no picture
constexpr int kTolerance = 14 * kLumaUnit;

std::size_t at(int line) { return static_cast<std::size_t>(line); }

/// From..to of the lines of a box; `from` and `to` may be the same.
struct Span {
  int from;
  int to;
};

bool is_plain(const Profile& lines, int line) {
  constexpr int kDeviation = 6 * kLumaUnit;  // in the mean
  return lines.deviation[at(line)] <= kDeviation * lines.length;
}

/// How many lines from the first are of one luma.
int plain_run(const Profile& lines, int first) {
  int line = first;
  while (line < lines.count() && is_plain(lines, line) &&
         std::abs(lines.mean[at(line)] - lines.mean[at(first)]) <= kTolerance) {
    ++line;
  }
  return line - first;
}

/// 0, then the sum up to each line.
using Sums = std::vector<std::int64_t>;
Sums running(const std::vector<std::int32_t>& values) {
  Sums sums(values.size() + 1);
  for (std::size_t i = 0; i < values.size(); ++i) sums[i + 1] = sums[i] + values[i];
  return sums;
}

double mean(const Sums& sums, int from, int to) {
  return to <= from ? 0 : static_cast<double>(sums[at(to)] - sums[at(from)]) / (to - from);
}

/// What is between two bars of one width that are blurred, as a player fills the sides.
std::optional<Span> between_blurs(const Profile& lines) {
  constexpr int kLeastBar = 8;       // lines; narrower is not seen
  constexpr double kBlurred = 0.35;  // of the sharpness beside it
  constexpr double kEdge = 3;        // times the steps within the bar
  constexpr int kStepping = 40;      // in a hundred of the edge's places step
  constexpr int kUneven = 2;         // lines by which the bars may differ
  constexpr int kMargin = 1;         // mixed of both sides when the picture was scaled
  const int count = lines.count();
  const Sums sharp = running(lines.sharpness);
  const Sums stepped = running(lines.step);
  // A bar of `bar` lines at one side, next to what is sharp.
  const auto is_bar = [&](int bar, bool at_end) {
    const int beside = std::max(kLeastBar, bar / 2);
    const int edge = at_end ? count - bar : bar;
    if (100 * lines.stepping[at(edge)] < kStepping * lines.length) return false;
    const double ripple = at_end ? mean(stepped, edge + 2, count) : mean(stepped, 1, edge - 1);
    if (lines.step[at(edge)] < kEdge * ripple) return false;
    const double blurred =
        at_end ? mean(sharp, edge + kMargin, count) : mean(sharp, 0, edge - kMargin);
    const double inside =
        at_end ? mean(sharp, edge - beside, edge) : mean(sharp, edge, edge + beside);
    return blurred <= kBlurred * inside;
  };
  std::optional<Span> best;
  std::int32_t best_edge = 0;
  // Plain bars are borders, which trimmed() is for.
  const int first = std::max(kLeastBar, plain_run(lines, 0) + 2 * kUneven);
  for (int bar = first; 2 * bar + kUneven + kLeastSide <= count; ++bar) {
    if (!is_bar(bar, false)) continue;
    for (int other = bar - kUneven; other <= bar + kUneven; ++other) {
      if (other < kLeastBar || !is_bar(other, true)) continue;
      const std::int32_t edge = std::min(lines.step[at(bar)], lines.step[at(count - other)]);
      if (edge <= best_edge) continue;
      best_edge = edge;
      best = Span{bar + kMargin, count - other - kMargin};
    }
  }
  return best;
}

/// Lines of one luma from edge to edge, with something on both sides: the gap of a collage, or the
/// ground between two things. That nearest to the middle.
std::optional<Span> gap(const Profile& lines) {
  constexpr int kSomething = 15;  // in a hundred of the lines, on each side, that are not plain
  constexpr int kWide = 30;       // in a thousand: a wider gap is ground, and belongs to both
  const int count = lines.count();
  const auto something = [&](int from, int to) {
    int lively = 0;
    for (int line = from; line < to; ++line) lively += is_plain(lines, line) ? 0 : 1;
    return 100 * lively >= kSomething * count;
  };
  std::optional<Span> best;
  const auto off_middle = [count](const Span& s) { return std::abs(s.from + s.to - count); };
  for (int line = count / 5; line < count - count / 5; ++line) {
    const int run = plain_run(lines, line);
    if (run == 0) continue;
    const Span found{line, line + run};
    line = found.to - 1;
    if (!something(0, found.from) || !something(found.to, count)) continue;
    if (!best || off_middle(found) < off_middle(*best)) best = found;
  }
  if (best && 1000 * (best->to - best->from) > kWide * count) {
    best->from = best->to = (best->from + best->to) / 2;
  }
  return best;
}

/// A step from edge to edge, sharper than all that is about: pictures side by side without a gap.
std::optional<Span> seam(const Profile& lines) {
  constexpr int kMost = 60;   // in a hundred of the line's places jump
  constexpr int kAbout = 8;   // lines on each side
  constexpr int kTimes = 15;  // tenths of what jumps on any line about
  const int count = lines.count();
  const int from = std::max(kAbout, count / 5);
  std::optional<Span> best;
  int most = 0;
  for (int line = from; line < count - from; ++line) {
    const int here = lines.jumping[at(line)];
    if (100 * here < kMost * lines.length || here <= most) continue;
    int about = 0;
    for (int by = 2; by <= kAbout; ++by) {
      about = std::max({about, lines.jumping[at(line - by)], lines.jumping[at(line + by)]});
    }
    if (kTimes * about > 10 * here) continue;
    most = here;
    best = Span{line, line};
  }
  return best;
}

PlaneBox part(PlaneBox box, bool columns, const Span& lines) {
  std::int64_t& from = columns ? box.left : box.top;
  (columns ? box.right : box.bottom) = from + lines.to * kPlaneUnit;
  from += lines.from * kPlaneUnit;
  return box;
}

bool nearly(const PlaneBox& a, const PlaneBox& b) {
  constexpr std::int64_t kApart = 6 * kPlaneUnit;
  return std::abs(a.left - b.left) <= kApart && std::abs(a.right - b.right) <= kApart &&
         std::abs(a.top - b.top) <= kApart && std::abs(a.bottom - b.bottom) <= kApart;
}

}  // namespace

std::vector<PlaneBox> panels(const Plane& plane, const std::optional<PlaneBox>& bordered) {
  constexpr int kMargin = 1;
  const PlaneBox whole = plane.whole();
  const PlaneBox inner = bordered.value_or(whole);
  const Profiles of_whole = profiles(plane, whole);
  std::optional<Profiles> of_bordered;
  if (bordered) of_bordered = profiles(plane, inner);
  const Profiles& of_inner = of_bordered ? *of_bordered : of_whole;
  std::vector<PlaneBox> found;
  std::vector<Span> beside;  // of a collage
  std::vector<Span> above;
  for (const bool columns : {true, false}) {
    const Profile& all = columns ? of_whole.columns : of_whole.rows;
    const Profile& lines = columns ? of_inner.columns : of_inner.rows;
    if (lines.count() < 4 * kLeastSide || lines.length < kLeastSide) continue;
    // Of all: plain parts of blurred bars may have been taken for borders.
    std::optional<PlaneBox> inside;
    if (const auto span = between_blurs(all)) {
      inside = part(whole, columns, *span);
    } else if (const auto within = bordered ? between_blurs(lines) : std::nullopt) {
      inside = part(inner, columns, *within);
    }
    if (inside && !nearly(*inside, inner)) {
      found.push_back(*inside);
      continue;
    }
    std::optional<Span> between = gap(lines);
    if (!between) between = seam(lines);
    if (!between) continue;
    auto& halves = columns ? beside : above;
    halves.push_back({0, between->from - kMargin});
    halves.push_back({between->to + kMargin, lines.count()});
  }
  if (!beside.empty() && !above.empty()) {  // halves of four pictures are no pictures
    for (const Span& side : beside) {
      for (const Span& half : above) found.push_back(part(part(inner, true, side), false, half));
    }
    return found;
  }
  for (const Span& side : beside) found.push_back(part(inner, true, side));
  for (const Span& half : above) found.push_back(part(inner, false, half));
  return found;
}

std::optional<PlaneBox> on_page(const Plane& plane, const PlaneBox& bordered) {
  const auto page = trimmed(plane, kPage);
  if (!page || nearly(*page, bordered)) return std::nullopt;
  return page;
}

}  // namespace reseau::detail
