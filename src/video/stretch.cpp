// Pairs of frames that look alike, gathered into stretches in which they do so in order.
#include <reseau/stretch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "video/evidence.h"

namespace reseau {

using namespace detail;

namespace {

using Track = std::vector<TrackFrame>;

constexpr std::size_t kLines = 12;      // looked along at a time
constexpr std::size_t kMostFound = 64;  // stretches of one entry
constexpr double kLongestGap = 6;       // seconds of the query without an agreeing frame
constexpr int kMostMisses = 4;          // frames in a row that could agree and do not
constexpr double kLongStill = 5;        // seconds that one look must last to be told as more

class Finder {
 public:
  Finder(const VideoSignature& query, const VideoSignature& entry, std::size_t view,
         const StretchRules& rules)
      : view_(view),
        query_(track_of(query, view, rules)),
        entry_(track_of(entry, 0, rules)),
        duration_(entry.duration),
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
        judge(run, query_, entry_);
        if (run.log_chance + chances_ > most_) continue;
        if (run.still) keep_still(run);
        if (changes_alike(run) && (!best || run.log_chance < best->log_chance))
          best = std::move(run);
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

  /// One look: for as long as nothing moves in it if that is long, and otherwise the strongest pair
  /// by itself; if strangers are seldom enough so near. Requires: next() has found nothing.
  [[nodiscard]] std::optional<Stretch> single() const {
    if (still_) return described(*still_);
    const auto best = std::min_element(pairs_.begin(), pairs_.end(), stronger);
    if (best == pairs_.end() || chances_ - best->weight > most_) return std::nullopt;
    Run run;
    run.pairs = {*best};
    run.log_chance = -best->weight;
    run.line.offset = entry_[best->entry].time - query_[best->query].time;
    return described(run);
  }

 private:
  /// Of those in which nothing moves, the one with most frames, and then the nearest.
  void keep_still(const Run& run) {
    const double lasts =
        query_[run.pairs.back().query].until - query_[run.pairs.front().query].time;
    if (lasts < kLongStill) return;
    const auto rank = [](const Run& r) { return std::pair(r.pairs.size(), -distance_of(r)); };
    if (!still_ || rank(run) > rank(*still_)) still_ = run;
  }

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

  /// By how much the entry changes there between frames, of those before and after it the less:
  /// so much two frames of one moment may differ that were sampled out of step.
  [[nodiscard]] int change_at(const Pair& pair) const {
    int least = std::numeric_limits<int>::max();
    for (const std::size_t beside : {pair.entry - 1, pair.entry + 1}) {  // -1 is past the end
      if (beside >= entry_.size()) continue;
      for (const auto look : kLooks) {
        if (pair.of_entry != &(entry_[pair.entry].*look)) continue;
        const Values& values = (entry_[beside].*look).values;
        if (values.size() == pair.of_entry->values.size())
          least = std::min(least, squared(pair.of_entry->values, values));
      }
    }
    if (least == std::numeric_limits<int>::max()) return 0;
    return pair.of_entry->values.size() == kBits ? least / 4 : least;
  }

  /// Takes off the ends what is much less alike than the run's middle: strangers that lie on its
  /// line by chance.
  void trim(Run& run) const {
    constexpr int kTimes = 3;
    constexpr int kBeyond = 8'000;  // squared L2; of pdq, nothing is beyond
    std::vector<int> sorted;
    for (const Pair& pair : run.pairs) sorted.push_back(pair.distance);
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const int most = kTimes * *middle + kBeyond;
    const auto alike = [&](const Pair& pair) {
      return pair.distance <= most || pair.distance - most <= change_at(pair);
    };
    run.pairs.erase(std::find_if(run.pairs.rbegin(), run.pairs.rend(), alike).base(),
                    run.pairs.end());
    run.pairs.erase(run.pairs.begin(), std::find_if(run.pairs.begin(), run.pairs.end(), alike));
  }

  static int nearest_of(const Run& run) {
    int least = std::numeric_limits<int>::max();
    for (const Pair& pair : run.pairs) least = std::min(least, pair.distance);
    return least;
  }

  /// A stretch ends somewhere between the last frame that agrees and the next: where that one is
  /// the first of a shot, just before it, and otherwise half way, as far as the entry has anything.
  void reach_out(const Run& run, Stretch& stretch) const {
    constexpr double kMost = 1;  // seconds; key frames may lie far apart
    const std::size_t first = run.pairs.front().query;
    if (first > 0 && !query_[first].shot) {
      const double gap = (stretch.query_from - query_[first - 1].until) / 2;
      const double by = std::clamp(std::min(gap, stretch.entry_from / stretch.speed), 0.0, kMost);
      stretch.query_from -= by;
      stretch.entry_from -= by * stretch.speed;
    }
    const std::size_t next = run.pairs.back().query + 1;
    if (next < query_.size()) {
      const double gap = (query_[next].time - stretch.query_to) / (query_[next].shot ? 1 : 2);
      const double left = (duration_ - stretch.entry_to) / stretch.speed;
      const double by = std::clamp(std::min(gap, left), 0.0, kMost);
      stretch.query_to += by;
      stretch.entry_to += by * stretch.speed;
    }
  }

  [[nodiscard]] Stretch described(const Run& run) const {
    const TrackFrame& first = query_[run.pairs.front().query];
    const TrackFrame& last = query_[run.pairs.back().query];
    Stretch stretch;
    stretch.speed = run.line.speed;
    stretch.query_from = first.time;
    stretch.query_to = last.until;
    stretch.entry_from = entry_[run.pairs.front().entry].time;
    stretch.entry_to = entry_[run.pairs.back().entry].until;
    if (run.pairs.size() > 1) reach_out(run, stretch);
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
    // Less is not believed of any evidence, and frames are not independent; nor, of one look.
    constexpr double kLeast = -12;
    constexpr double kLeastOfOneLook = -5;
    const double least = run.still ? kLeastOfOneLook : kLeast;
    stretch.expected_false = std::pow(10.0, std::max(least, run.log_chance + chances_));
    stretch.distance = nearest_of(run);
    return stretch;
  }

  std::size_t view_;
  Track query_;
  Track entry_;
  double duration_;  ///< of the entry
  std::vector<Pair> pairs_;
  double chances_ = 0;  ///< log10 of the pairs that were tried
  double most_ = 0;     ///< log10
  std::optional<Run> still_;
};

bool share_time(const Stretch& a, const Stretch& b) {
  return a.query_from < b.query_to && b.query_from < a.query_to;
}

}  // namespace

std::vector<Stretch> find_stretches(const VideoSignature& query, const VideoSignature& entry,
                                    std::span<const std::size_t> views, const StretchRules& rules) {
  std::vector<Stretch> found;
  std::vector<Stretch> singles;
  for (const std::size_t view : views) {
    Finder finder(query, entry, view, rules);
    for (std::size_t i = 0; i < kMostFound; ++i) {
      const auto stretch = finder.next();
      if (!stretch) break;
      found.push_back(*stretch);
    }
    if (!found.empty()) continue;
    if (auto single = finder.single()) singles.push_back(*single);
  }
  const auto better = [](const Stretch& a, const Stretch& b) {
    if (a.expected_false != b.expected_false) return a.expected_false < b.expected_false;
    if (a.frames != b.frames) return a.frames > b.frames;
    return a.query_from < b.query_from;
  };
  std::sort(found.begin(), found.end(), better);
  if (found.empty() && !singles.empty()) {
    found.push_back(
        *std::min_element(singles.begin(), singles.end(), [](const Stretch& a, const Stretch& b) {
          return std::pair(b.frames, a.expected_false) < std::pair(a.frames, b.expected_false);
        }));
  }
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
