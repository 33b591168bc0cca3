#include "video/lines.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace reseau::detail {
namespace {

constexpr double kBin = 0.5;  // seconds of offset
constexpr double kSpeedStep = 1.02;
constexpr int kMostBins = 400;  // that one pair of long stills votes for

struct Bin {
  double sum = 0;
  double last = 0;        ///< what the query's last frame has given
  std::size_t frame = 0;  ///< 1 more than its place
};

using Bins = std::unordered_map<long, Bin>;

void vote(Bins& bins, double speed, const Pair& pair, const TrackFrame& query,
          const TrackFrame& entry) {
  const double low = entry.time - speed * query.until - kTolerance;
  const double high = entry.until - speed * query.time + kTolerance;
  const long first = std::lround(low / kBin);
  const long last = std::min(std::lround(high / kBin), first + kMostBins);
  for (long at = first; at <= last; ++at) {
    Bin& bin = bins[at];
    // A frame of the query counts once, by the best of its pairs.
    if (bin.frame != pair.query + 1) {
      bin.frame = pair.query + 1;
      bin.last = 0;
    }
    if (pair.weight <= bin.last) continue;
    bin.sum += pair.weight - bin.last;
    bin.last = pair.weight;
  }
}

bool near(const Line& a, const Line& b) {
  return std::abs(a.offset - b.offset) <= 2 * kBin && std::abs(a.speed / b.speed - 1) < 0.05;
}

}  // namespace

double miss(const Line& line, const TrackFrame& query, const TrackFrame& entry) {
  const double from = line.offset + line.speed * query.time;
  const double to = line.offset + line.speed * query.until;
  return std::max({0.0, entry.time - to, from - entry.until});
}

std::vector<Line> heaviest_lines(const std::vector<Pair>& pairs,
                                 const std::vector<TrackFrame>& query,
                                 const std::vector<TrackFrame>& entry, std::size_t most) {
  std::vector<Line> all;
  Bins bins;
  const auto heavier = [](const Line& a, const Line& b) {
    if (a.score != b.score) return a.score > b.score;
    const auto odd = [](const Line& l) { return std::abs(std::log(l.speed)); };
    return odd(a) != odd(b) ? odd(a) < odd(b) : a.offset < b.offset;
  };
  const int steps = static_cast<int>(std::ceil(std::log(kFastest) / std::log(kSpeedStep)));
  for (int step = -steps; step <= steps; ++step) {
    const double speed = std::clamp(std::pow(kSpeedStep, step), kSlowest, kFastest);
    bins.clear();
    for (const Pair& pair : pairs) vote(bins, speed, pair, query[pair.query], entry[pair.entry]);
    std::vector<Line> here;
    here.reserve(bins.size());
    for (const auto& [at, bin] : bins)
      here.push_back({speed, static_cast<double>(at) * kBin, bin.sum});
    const std::size_t kept = std::min(most, here.size());
    std::partial_sort(here.begin(), here.begin() + static_cast<std::ptrdiff_t>(kept), here.end(),
                      heavier);
    all.insert(all.end(), here.begin(), here.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  std::sort(all.begin(), all.end(), heavier);
  std::vector<Line> apart;
  for (const Line& line : all) {
    const bool known = std::any_of(apart.begin(), apart.end(),
                                   [&line](const Line& other) { return near(line, other); });
    if (known) continue;
    apart.push_back(line);
    if (apart.size() == most) break;
  }
  return apart;
}

}  // namespace reseau::detail
