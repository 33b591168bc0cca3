// Pairs of frames that look alike, gathered into stretches in which they do so in order.
#include <reseau/stretch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "video/lines.h"

namespace reseau {

using namespace detail;

namespace {

using Track = std::vector<TrackFrame>;

constexpr std::size_t kLines = 12;      // looked along at a time
constexpr std::size_t kMostFound = 64;  // stretches of one entry
constexpr double kLongestGap = 6;       // seconds of the query without an agreeing frame
constexpr int kMostMisses = 4;          // frames in a row that could agree and do not
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

/// Pairs along a line, one a frame of the query, in order of time.
struct Run {
  Line line;
  std::vector<Pair> pairs;
  double log_chance = 0;  ///< of strangers, log10
  double likeness = 0;    ///< of what changes, -1 to 1
  bool moves = false;
};

class Finder {
 public:
  Finder(const VideoSignature& query, const VideoSignature& entry, std::size_t view,
         const StretchRules& rules)
      : view_(view),
        query_(track_of(query, view, rules)),
        entry_(track_of(entry, 0, rules)),
        pairs_(pairs_of(query_, entry_, rules)) {
    const auto usable =
        std::count_if(query_.begin(), query_.end(), [](const TrackFrame& f) { return f.usable(); });
    chances_ = std::log10(std::max<double>(1, static_cast<double>(usable)) *
                          std::max(1.0, rules.known_frames));
    most_ = std::log10(rules.most_expected);
  }

  /// The best run of what is left, and takes its frames out.
  std::optional<Stretch> next() {
    std::optional<Run> best;
    for (const Line& line : heaviest_lines(pairs_, query_, entry_, kLines)) {
      for (Run& run : runs_along(line)) {
        refine(run);
        trim(run);
        judge(run);
        const bool holds = changes_alike(run) && run.log_chance + chances_ <= most_;
        if (holds && (!best || run.log_chance < best->log_chance)) best = std::move(run);
      }
    }
    if (!best) return std::nullopt;
    const Stretch stretch = described(*best);
    std::erase_if(pairs_, [&](const Pair& pair) {
      const double time = query_[pair.query].time;
      return time >= stretch.query_from && time <= stretch.query_to;
    });
    return stretch;
  }

  /// The strongest pair by itself, if strangers are seldom enough so near.
  [[nodiscard]] std::optional<Stretch> single() const {
    const auto best = std::min_element(pairs_.begin(), pairs_.end(), stronger);
    if (best == pairs_.end() || chances_ - best->weight > most_) return std::nullopt;
    Run run;
    run.pairs = {*best};
    run.log_chance = -best->weight;
    run.line.offset = entry_[best->entry].time - query_[best->query].time;
    return described(run);
  }

 private:
  [[nodiscard]] std::vector<Pair> along(const Line& line) const {
    std::vector<Pair> found;
    for (const Pair& pair : pairs_) {
      if (miss(line, query_[pair.query], entry_[pair.entry]) > kTolerance) continue;
      if (found.empty() || found.back().query != pair.query) {
        found.push_back(pair);
      } else if (stronger(pair, found.back())) {
        found.back() = pair;
      }
    }
    return found;
  }

  /// Whether the query between two agreeing frames is short, and disagrees little.
  [[nodiscard]] bool continues(const Pair& a, const Pair& b) const {
    int misses = 0;
    for (std::size_t q = a.query + 1; q < b.query; ++q) misses += query_[q].usable() ? 1 : 0;
    return misses <= kMostMisses && query_[b.query].time - query_[a.query].until <= kLongestGap;
  }

  [[nodiscard]] std::vector<Run> runs_along(const Line& line) const {
    std::vector<Run> runs;
    for (const Pair& pair : along(line)) {
      if (runs.empty() || !continues(runs.back().pairs.back(), pair)) runs.push_back({line, {}});
      runs.back().pairs.push_back(pair);
    }
    return runs;
  }

  /// The line that fits the run's pairs best; at `speed`, or at any.
  [[nodiscard]] Line fitted(const Run& run, std::optional<double> speed) const {
    double weights = 0, x = 0, y = 0;
    for (const Pair& pair : run.pairs) {
      weights += pair.weight;
      x += pair.weight * query_[pair.query].time;
      y += pair.weight * entry_[pair.entry].time;
    }
    x /= weights;
    y /= weights;
    double xx = 0, xy = 0;
    for (const Pair& pair : run.pairs) {
      const double dx = query_[pair.query].time - x;
      xx += pair.weight * dx * dx;
      xy += pair.weight * dx * (entry_[pair.entry].time - y);
    }
    const double best = xx > 0 ? std::clamp(xy / xx, kSlowest, kFastest) : 1;
    const double taken = speed.value_or(best);
    return {taken, y - taken * x, 0};
  }

  /// The run along a line that goes through the middle of another; none if there is none.
  [[nodiscard]] std::optional<Run> through(const Run& run, const Line& line) const {
    const std::size_t middle = run.pairs[run.pairs.size() / 2].query;
    for (Run& other : runs_along(line)) {
      if (other.pairs.front().query <= middle && other.pairs.back().query >= middle)
        return std::move(other);
    }
    return std::nullopt;
  }

  /// How far apart the frames of a run are, in the mean: what tells lines apart that all lie within
  /// the tolerance.
  static double distance_of(const Run& run) {
    double sum = 0;
    for (const Pair& pair : run.pairs) sum += pair.distance;
    return sum / static_cast<double>(run.pairs.size());
  }

  /// The Hough transform's lines are coarse: fits them to what lies along them, and takes the speed
  /// to be 1 where that does nearly as well.
  void refine(Run& run) const {
    constexpr int kRounds = 3;
    constexpr double kNearly = 1.1;
    constexpr double kNoise = 300;  // squared L2 that encoding a frame again makes
    const auto no_worse = [](const Run& other, const Run& than, std::size_t fewer) {
      return other.pairs.size() + fewer >= than.pairs.size() &&
             distance_of(other) <= kNearly * distance_of(than) + kNoise;
    };
    for (int round = 0; round < kRounds && run.pairs.size() >= 3; ++round) {
      auto better = through(run, fitted(run, std::nullopt));
      if (!better || !no_worse(*better, run, 0)) break;
      run = std::move(*better);
    }
    auto plain = through(run, fitted(run, 1.0));
    if (plain && no_worse(*plain, run, run.pairs.size() / 10)) run = std::move(*plain);
  }

  /// Takes off the ends what is much less alike than the run's middle: strangers that lie on its
  /// line by chance.
  static void trim(Run& run) {
    constexpr int kTimes = 3;
    constexpr int kBeyond = 8'000;  // squared L2; of pdq, nothing is beyond
    std::vector<int> sorted;
    for (const Pair& pair : run.pairs) sorted.push_back(pair.distance);
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const int most = kTimes * *middle + kBeyond;
    const auto alike = [most](const Pair& pair) { return pair.distance <= most; };
    run.pairs.erase(std::find_if(run.pairs.rbegin(), run.pairs.rend(), alike).base(),
                    run.pairs.end());
    run.pairs.erase(run.pairs.begin(), std::find_if(run.pairs.begin(), run.pairs.end(), alike));
  }

  void judge(Run& run) const {
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
    compare_changes(run);
  }

  static double newness(const Pair& pair, const Pair& before) {
    if (pair.of_query->values.size() != before.of_query->values.size() ||
        pair.of_entry->values.size() != before.of_entry->values.size())
      return 1;
    const double whole = pair.of_query->values.size() == 256 ? kOtherLookPdq : kOtherLook;
    const int apart = std::min(squared(pair.of_query->values, before.of_query->values),
                               squared(pair.of_entry->values, before.of_entry->values));
    return std::min(1.0, apart / whole);
  }

  static bool changes_alike(const Run& run) {
    return run.moves && run.likeness >= (run.pairs.size() < kFew ? kAlikeOfFew : kAlike);
  }

  /// The entry's frame that is shown when the line says; none if there is none near then.
  [[nodiscard]] const TrackFrame* shown_at(double time) const {
    const auto after = std::upper_bound(entry_.begin(), entry_.end(), time,
                                        [](double t, const TrackFrame& f) { return t < f.time; });
    const TrackFrame* nearest = nullptr;
    double least = kTolerance;
    for (const auto* frame : {after == entry_.begin() ? nullptr : &*(after - 1),
                              after == entry_.end() ? nullptr : &*after}) {
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
  [[nodiscard]] Kind kind_of(const Run& run) const {
    constexpr std::array<const Look TrackFrame::*, 3> kLooks = {
        &TrackFrame::whole, &TrackFrame::inside, &TrackFrame::pdq};
    Kind best;
    std::ptrdiff_t most = 0;
    for (const auto of_query : kLooks) {
      for (const auto of_entry : kLooks) {
        const auto count = std::count_if(run.pairs.begin(), run.pairs.end(), [&](const Pair& pair) {
          return pair.of_query == &(query_[pair.query].*of_query) &&
                 pair.of_entry == &(entry_[pair.entry].*of_entry);
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
  void compare_changes(Run& run) const {
    const Kind kind = kind_of(run);
    std::vector<std::pair<const Values*, const Values*>> shown;
    for (std::size_t q = run.pairs.front().query; q <= run.pairs.back().query; ++q) {
      const TrackFrame& here = query_[q];
      const TrackFrame* there = shown_at(run.line.offset + run.line.speed * here.time);
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
    const double still = (size == 256 ? kStillPdq : kStill) * count;
    run.moves = aa > still && bb > still;
    run.likeness = aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
  }

  static int nearest_of(const Run& run) {
    int least = std::numeric_limits<int>::max();
    for (const Pair& pair : run.pairs) least = std::min(least, pair.distance);
    return least;
  }

  [[nodiscard]] Stretch described(const Run& run) const {
    const TrackFrame& first = query_[run.pairs.front().query];
    const TrackFrame& last = query_[run.pairs.back().query];
    Stretch stretch;
    stretch.query_from = first.time;
    stretch.query_to = last.until;
    stretch.entry_from = entry_[run.pairs.front().entry].time;
    stretch.entry_to = entry_[run.pairs.back().entry].until;
    stretch.speed = run.line.speed;
    stretch.frames = run.pairs.size();
    stretch.view = kViews.at(view_);
    // What most frames were looked at as.
    std::vector<Rectangle> looks;
    for (const Pair& pair : run.pairs) looks.push_back(pair.of_query->where);
    std::nth_element(looks.begin(), looks.begin() + static_cast<std::ptrdiff_t>(looks.size() / 2),
                     looks.end(), [](const Rectangle& a, const Rectangle& b) {
                       return a.width * a.height < b.width * b.height;
                     });
    stretch.view.trim = looks[looks.size() / 2];
    // Less is not believed of any evidence, and frames are not independent.
    constexpr double kLeast = -12;
    stretch.expected_false = std::pow(10.0, std::max(kLeast, run.log_chance + chances_));
    stretch.distance = nearest_of(run);
    return stretch;
  }

  std::size_t view_;
  Track query_;
  Track entry_;
  std::vector<Pair> pairs_;
  double chances_ = 0;  ///< log10 of the pairs that were tried
  double most_ = 0;     ///< log10
};

bool share_time(const Stretch& a, const Stretch& b) {
  return a.query_from <= b.query_to && b.query_from <= a.query_to;
}

}  // namespace

std::vector<Stretch> find_stretches(const VideoSignature& query, const VideoSignature& entry,
                                    std::span<const std::size_t> views, const StretchRules& rules) {
  std::vector<Stretch> found;
  std::vector<Stretch> singles;
  for (const std::size_t view : views) {
    Finder finder(query, entry, view, rules);
    if (auto single = finder.single()) singles.push_back(*single);
    for (std::size_t i = 0; i < kMostFound; ++i) {
      const auto stretch = finder.next();
      if (!stretch) break;
      found.push_back(*stretch);
    }
  }
  const auto better = [](const Stretch& a, const Stretch& b) {
    if (a.expected_false != b.expected_false) return a.expected_false < b.expected_false;
    if (a.frames != b.frames) return a.frames > b.frames;
    return a.query_from < b.query_from;
  };
  std::sort(found.begin(), found.end(), better);
  std::sort(singles.begin(), singles.end(), better);
  if (found.empty() && !singles.empty()) found.push_back(singles.front());
  std::vector<Stretch> apart;
  for (const Stretch& stretch : found) {
    const bool taken = std::any_of(apart.begin(), apart.end(), [&](const Stretch& other) {
      return share_time(stretch, other);
    });
    if (!taken) apart.push_back(stretch);
  }
  return apart;
}

}  // namespace reseau
