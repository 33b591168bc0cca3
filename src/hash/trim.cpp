#include "hash/trim.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace reseau::detail {
namespace {

constexpr int kAlike = 965;    // in a thousand of a line's pixels, to be a bar's
constexpr int kLeastBar = 12;  // in a thousand of the side
constexpr int kCaption = 130;  // in a thousand: what text on a bar may take
constexpr int kMostCut = 850;  // in a thousand: more is no frame

struct Box {
  int left, top, right, bottom;
  friend bool operator==(const Box&, const Box&) = default;
};

/// The lines of a box from one of its sides inwards: rows from the top or the bottom, columns from
/// the left or the right.
class Lines {
 public:
  enum class From { top, bottom, left, right };

  Lines(const Plane& plane, const Box& box, From from, int tolerance)
      : plane_(plane), box_(box), from_(from), tolerance_(tolerance) {}

  [[nodiscard]] bool rows() const { return from_ == From::top || from_ == From::bottom; }
  [[nodiscard]] int count() const {
    return rows() ? box_.bottom - box_.top : box_.right - box_.left;
  }
  [[nodiscard]] int length() const {
    return rows() ? box_.right - box_.left : box_.bottom - box_.top;
  }
  [[nodiscard]] int at(int line, int i) const {
    switch (from_) {
      case From::top:
        return plane_.at(box_.left + i, box_.top + line);
      case From::bottom:
        return plane_.at(box_.left + i, box_.bottom - 1 - line);
      case From::left:
        return plane_.at(box_.left + line, box_.top + i);
      case From::right:
        break;
    }
    return plane_.at(box_.right - 1 - line, box_.top + i);
  }

  /// The luma in the middle of all of the two outermost lines'.
  [[nodiscard]] int ground() const {
    std::vector<int> luma;
    for (int line = 0; line < std::min(2, count()); ++line) {
      for (int i = 0; i < length(); ++i) luma.push_back(at(line, i));
    }
    const auto middle = luma.begin() + static_cast<std::ptrdiff_t>(luma.size() / 2);
    std::nth_element(luma.begin(), middle, luma.end());
    return *middle;
  }

  [[nodiscard]] bool is_ground(int line, int ground) const {
    int alike = 0;
    for (int i = 0; i < length(); ++i) alike += std::abs(at(line, i) - ground) <= tolerance_;
    return 1000 * alike >= kAlike * length();
  }

 private:
  const Plane& plane_;
  Box box_;
  From from_;
  int tolerance_;
};

/// `share` thousandths of `count`, rounded up.
int part(int count, int share) { return (count * share + 999) / 1000; }

/// How many lines from this side are a bar; captions on it are jumped over. One that is close to
/// the edge, as a telephone's status line is, if the bar goes on behind it.
int bar(const Lines& lines) {
  const int count = lines.count();
  const int ground = lines.ground();
  const int least = std::max(1, part(count, kLeastBar));
  const auto run = [&](int from) {
    int line = from;
    while (line < count && lines.is_ground(line, ground)) ++line;
    return line - from;
  };
  int cut = run(0);
  bool wide = cut >= least;
  while (cut > 0 && cut < count) {
    int next = cut;
    const int furthest = std::min(count, cut + part(count, kCaption));
    while (next < furthest && !lines.is_ground(next, ground)) ++next;
    if (next == furthest) break;
    const int behind = run(next);
    wide = wide || behind >= least;
    if (!wide) break;
    cut = next + behind;
  }
  return wide ? cut : 0;
}

/// Cuts the bars of two facing sides, unless too little would be left.
void cut(const Plane& plane, Box& box, Lines::From near, Lines::From far, int tolerance) {
  const Lines from_near(plane, box, near, tolerance);
  const Lines from_far(plane, box, far, tolerance);
  const int count = from_near.count();
  int first = bar(from_near);
  int last = bar(from_far);
  if (first + last == 0 || 1000 * (first + last) > kMostCut * count) return;
  // The picture's own edge was mixed with the bar's when it was scaled.
  first += first > 0;
  last += last > 0;
  if (first + last >= count) return;
  (from_near.rows() ? box.top : box.left) += first;
  (from_near.rows() ? box.bottom : box.right) -= last;
}

}  // namespace

std::optional<PlaneBox> trimmed(const Plane& plane, const Bars& bars) {
  const int tolerance = bars.levels * kLumaUnit;
  const Box whole{0, 0, plane.width(), plane.height()};
  Box box = whole;
  for (int round = 0; round < bars.rounds; ++round) {
    cut(plane, box, Lines::From::top, Lines::From::bottom, tolerance);
    cut(plane, box, Lines::From::left, Lines::From::right, tolerance);
  }
  constexpr int kLeastSide = 16;  // of the plane; less is no picture
  if (box == whole || box.right - box.left < kLeastSide || box.bottom - box.top < kLeastSide) {
    return std::nullopt;
  }
  return PlaneBox{box.left * kPlaneUnit, box.top * kPlaneUnit, box.right * kPlaneUnit,
                  box.bottom * kPlaneUnit};
}

}  // namespace reseau::detail
