// A query video is looked up by some of its frames. The index names entries; whether and where the
// query shows them is then told by all the frames of both.
#include "match/videos.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/parallel.h"
#include "match/kinds.h"

namespace reseau::detail {
namespace {

constexpr std::size_t kAllSearched = 64;  // frames up to which all of a query are looked up
constexpr double kSearchedEvery = 1.4;    // seconds, of longer ones; shots' first frames always
constexpr std::size_t kFramesAtOnce = 32;
constexpr std::size_t kMostEntries = 48;  // looked at closely
constexpr std::size_t kMostViews = 3;     // of each

/// A frame of the query, by all its views.
struct Asked {
  std::size_t frame = 0;
  bool inside = false;
};

struct ImageHit {
  std::size_t frame = 0;
  Match match;
};

/// What the index says of an entry.
struct Nominee {
  std::map<std::size_t, double> views;   ///< weight of each
  std::map<std::size_t, double> frames;  ///< of the query: the best weight of each
  [[nodiscard]] double weight() const {
    double sum = 0;
    for (const auto& [frame, best] : frames) sum += best;
    return sum;
  }
};

/// The furthest at which a few strangers among so many pictures are expected; alignment tells them
/// apart.
MaxDistance limit_of_strangers(Algorithm algorithm, std::size_t pictures) {
  constexpr double kStrangers = 4;
  const Measure measure = measure_of(algorithm);
  const int most = algorithm == Algorithm::grid ? 60'000 : 90;
  const int furthest = limit_at(measure, kStrangers / static_cast<double>(pictures)).value;
  return {std::max(default_limit(measure, pictures).value, std::min(furthest, most))};
}

bool has_grid(const VideoSignature& video) {
  return std::any_of(video.frames.begin(), video.frames.end(),
                     [](const VideoFrame& frame) { return !frame.grid.bytes().empty(); });
}

/// Where a single algorithm is asked for, the others are not looked at.
VideoSignature as_asked(VideoSignature video, const MatchOptions& options) {
  for (VideoFrame& frame : video.frames) {
    if (!options.grid.ask) {
      frame.grid = {};
      frame.inside.reset();
    }
    if (!options.pdq.ask) frame.pdq = {};
  }
  return video;
}

class Search {
 public:
  Search(const Bank& bank, const VideoSignature& video, const MatchOptions& options)
      : bank_(bank),
        video_(video),
        options_(options),
        pictures_(bank.pictures()),
        others_lists_(bank.known_by_pdq_alone() > 0) {}

  Status run(std::vector<Match>& found) {
    for (const Algorithm algorithm : kAlgorithms) {
      if (const Status done = look_up(algorithm); !done) return done.error();
    }
    add_images(found);
    return add_videos(found);
  }

 private:
  [[nodiscard]] bool is_clear(const VideoFrame& frame, Algorithm algorithm) const {
    const bool has_grid = !frame.grid.bytes().empty();
    const bool clear_by_grid = has_grid && frame.quality >= kMinQuality;
    if (algorithm == Algorithm::grid) return clear_by_grid;
    // An entry of both is found by grid.
    if (has_grid && !(clear_by_grid && others_lists_)) return false;
    return !frame.pdq.bytes().empty() && frame.pdq_quality >= kMinPdqQuality;
  }

  [[nodiscard]] std::vector<Asked> asked(Algorithm algorithm) const {
    std::vector<Asked> frames;
    const bool all = video_.frames.size() <= kAllSearched;
    double next = 0;
    for (std::size_t i = 0; i < video_.frames.size(); ++i) {
      const VideoFrame& frame = video_.frames[i];
      const bool due = all || frame.shot || frame.time >= next;
      const bool inside =
          algorithm == Algorithm::grid && frame.inside && frame.inside->quality >= kMinPartQuality;
      if (!due || (!inside && !is_clear(frame, algorithm))) continue;
      next = frame.time + kSearchedEvery;
      if (is_clear(frame, algorithm)) frames.push_back({i, false});
      if (inside) frames.push_back({i, true});
    }
    return frames;
  }

  [[nodiscard]] std::array<Signature, kViews.size()> views_of(const Asked& asked,
                                                              Algorithm algorithm) const {
    const VideoFrame& frame = video_.frames[asked.frame];
    if (algorithm == Algorithm::pdq) return pdq_views(frame.pdq);
    return grid_views(asked.inside ? frame.inside->grid : frame.grid);
  }

  [[nodiscard]] std::optional<MaxDistance> own_limit(Algorithm algorithm) const {
    return algorithm == Algorithm::grid ? options_.grid.limit : options_.pdq.limit;
  }

  /// By pdq beside grid, where a lookup is cheap: a few frames that are near are enough.
  [[nodiscard]] MaxDistance search_limit(Algorithm algorithm) const {
    const bool beside_grid = algorithm == Algorithm::pdq && has_grid(video_);
    return beside_grid ? default_limit(Measure::pdq, pictures_)
                       : limit_of_strangers(algorithm, pictures_);
  }

  Status look_up(Algorithm algorithm) {
    const std::vector<Asked> all = asked(algorithm);
    const std::optional<MaxDistance> own = own_limit(algorithm);
    const MaxDistance limit = own.value_or(search_limit(algorithm));
    const MaxDistance of_images = own.value_or(default_limit(measure_of(algorithm), pictures_));
    // As many at a time as there are threads: what is found may be much, and is not kept.
    const std::size_t at_once = kFramesAtOnce * workers_for(all.size(), options_.threads);
    for (auto rest = std::span(all); !rest.empty();
         rest = rest.subspan(std::min(at_once, rest.size()))) {
      const auto some = rest.first(std::min(at_once, rest.size()));
      std::vector<std::vector<EntryHit>> lists(some.size() * kViews.size());
      if (const Status done = look_up(some, algorithm, limit, lists); !done) return done.error();
      for (std::size_t i = 0; i < lists.size(); ++i) {
        for (const EntryHit& hit : lists[i])
          take(some[i / kViews.size()], i % kViews.size(), hit, algorithm, of_images);
      }
    }
    return success();
  }

  /// Of each frame's views.
  Status look_up(std::span<const Asked> frames, Algorithm algorithm, MaxDistance limit,
                 std::vector<std::vector<EntryHit>>& lists) const {
    const std::size_t batches = (frames.size() + kFramesAtOnce - 1) / kFramesAtOnce;
    std::vector<Status> done(batches, success());
    in_parallel(batches, options_.threads, [&](std::size_t batch, std::size_t) {
      const std::size_t first = batch * kFramesAtOnce;
      std::vector<Signature> signatures;
      for (std::size_t i = first; i < std::min(frames.size(), first + kFramesAtOnce); ++i) {
        const auto views = views_of(frames[i], algorithm);
        signatures.insert(signatures.end(), views.begin(), views.end());
      }
      auto found = bank_.frames_within(signatures, limit);
      if (!found) {
        done[batch] = found.error();
        return;
      }
      std::move(found->begin(), found->end(),
                lists.begin() + static_cast<std::ptrdiff_t>(first * kViews.size()));
    });
    return first_error(done);
  }

  static Status first_error(const std::vector<Status>& done) {
    const auto failed =
        std::find_if(done.begin(), done.end(), [](const Status& status) { return !status.ok(); });
    return failed == done.end() ? success() : *failed;
  }

  void take(const Asked& asked, std::size_t view, const EntryHit& hit, Algorithm algorithm,
            MaxDistance of_images) {
    const Measure measure = measure_of(algorithm);
    if (hit.frame < 0) {
      if (hit.distance > of_images.value) return;
      View looked = kViews.at(view);
      if (asked.inside) looked.trim = video_.frames[asked.frame].inside->where;
      images_[hit.id].push_back({asked.frame, perceptual_match(measure, hit.id, hit.distance,
                                                               of_images, looked, pictures_)});
      return;
    }
    const double weight = -std::log10(false_positive_rate(measure, hit.distance));
    Nominee& nominee = nominees_[hit.id];
    nominee.views[view] += weight;
    double& best = nominee.frames[asked.frame];
    best = std::max(best, weight);
  }

  /// A known image, for as long as frames in a row show it.
  void add_images(std::vector<Match>& found) const {
    constexpr double kGap = 3;  // seconds
    for (const auto& [entry, hits] : images_) {
      std::vector<ImageHit> sorted = hits;
      std::sort(sorted.begin(), sorted.end(), [](const ImageHit& a, const ImageHit& b) {
        return std::pair(a.frame, a.match.distance) < std::pair(b.frame, b.match.distance);
      });
      Match match =
          std::min_element(sorted.begin(), sorted.end(), [](const ImageHit& a, const ImageHit& b) {
            return a.match.distance < b.match.distance;
          })->match;
      // Every frame that was asked is a chance more to err.
      match.expected_false *= static_cast<double>(std::max<std::size_t>(1, video_.frames.size()));
      if (match.verdict == Verdict::near) match.verdict = Verdict::similar;
      std::size_t last = video_.frames.size();
      for (const ImageHit& hit : sorted) {
        if (hit.frame == last) continue;
        last = hit.frame;
        const VideoFrame& frame = video_.frames[hit.frame];
        const bool goes_on =
            !match.stretches.empty() && frame.time - match.stretches.back().query_to <= kGap;
        if (!goes_on) {
          Stretch look;
          look.query_from = frame.time;
          look.view = hit.match.view;
          look.frames = 0;
          look.distance = hit.match.distance;
          look.expected_false = match.expected_false;
          match.stretches.push_back(look);
        }
        match.stretches.back().query_to = frame.until;
        ++match.stretches.back().frames;
        match.stretches.back().distance =
            std::min(match.stretches.back().distance, hit.match.distance);
      }
      found.push_back(std::move(match));
    }
  }

  Status add_videos(std::vector<Match>& found) const {
    std::vector<std::pair<double, EntryId>> order;
    for (const auto& [entry, nominee] : nominees_) order.emplace_back(-nominee.weight(), entry);
    std::sort(order.begin(), order.end());
    if (order.size() > kMostEntries) order.resize(kMostEntries);
    const StretchRules rules = stretch_rules(pictures_);
    std::vector<Status> done(order.size(), success());
    std::vector<std::optional<Match>> matches(order.size());
    in_parallel(order.size(), options_.threads, [&](std::size_t i, std::size_t) {
      const EntryId entry = order[i].second;
      const auto known = bank_.get(entry);
      if (!known && known.error().code != Code::not_found) done[i] = known.error();
      if (!known || !known->data.video) return;
      const auto stretches =
          find_stretches(video_, *known->data.video, views_of(nominees_.at(entry)), rules);
      if (!stretches.empty()) matches[i] = match_of(entry, *known->data.video, stretches);
    });
    for (std::optional<Match>& match : matches) {
      if (match && match->distance <= match->limit.value) found.push_back(std::move(*match));
    }
    return first_error(done);
  }

  static std::vector<std::size_t> views_of(const Nominee& nominee) {
    std::vector<std::pair<double, std::size_t>> order;
    order.reserve(nominee.views.size());
    for (const auto& [view, weight] : nominee.views) order.emplace_back(-weight, view);
    std::sort(order.begin(), order.end());
    if (order.size() > kMostViews) order.resize(kMostViews);
    std::vector<std::size_t> views;
    views.reserve(order.size());
    for (const auto& [weight, view] : order) views.push_back(view);
    return views;
  }

  [[nodiscard]] Match match_of(EntryId entry, const VideoSignature& known,
                               const std::vector<Stretch>& stretches) const {
    const Stretch& best = stretches.front();
    const bool by_pdq = !has_grid(video_) || !has_grid(known);
    Match match;
    match.entry = entry;
    match.entry_media = Media::video;
    match.kind = by_pdq ? MatchKind::pdq : MatchKind::grid;
    match.distance = best.distance;
    const Algorithm algorithm = by_pdq ? Algorithm::pdq : Algorithm::grid;
    match.limit = own_limit(algorithm).value_or(limit_of_strangers(algorithm, pictures_));
    match.view = best.view;
    match.expected_false = best.expected_false;
    // A single look is never more than similar.
    const bool in_order = best.frames > 1;
    match.verdict =
        in_order && best.expected_false <= kNearExpected ? Verdict::near : Verdict::similar;
    match.stretches = stretches;
    return match;
  }

  const Bank& bank_;
  const VideoSignature& video_;
  const MatchOptions& options_;
  std::size_t pictures_;
  bool others_lists_;  ///< whether anything is known by pdq alone
  std::map<EntryId, Nominee> nominees_;
  std::map<EntryId, std::vector<ImageHit>> images_;
};

/// A picture as a video of one frame.
std::optional<VideoSignature> still_of(const Examined& examined) {
  if (examined.video) return examined.video;
  if (!examined.grid) return std::nullopt;
  VideoSignature video;
  video.frames.push_back(frame_of(examined));
  return video;
}

}  // namespace

Status add_video_matches(const Bank& bank, const MatchOptions& options, Matches& matches) {
  if (!matches.query.video || (!options.grid.ask && !options.pdq.ask)) return success();
  const VideoSignature video = as_asked(*matches.query.video, options);
  return Search(bank, video, options).run(matches.found);
}

Stretch one_look(const Match& match, const VideoFrame& frame) {
  Stretch look;
  look.entry_from = frame.time;
  look.entry_to = frame.until;
  look.view = match.view;
  look.frames = 1;
  look.distance = match.distance;
  look.expected_false = match.expected_false;
  return look;
}

std::vector<Stretch> compare_videos(const Examined& a, const Examined& b) {
  const auto of_a = still_of(a);
  const auto of_b = still_of(b);
  if (!of_a || !of_b) return {};
  std::array<std::size_t, kViews.size()> views{};
  for (std::size_t i = 0; i < views.size(); ++i) views[i] = i;
  constexpr std::size_t kSmallBank = 1'000;
  return find_stretches(*of_a, *of_b, views,
                        stretch_rules(std::max(kSmallBank, of_b->frames.size())));
}

}  // namespace reseau::detail

namespace reseau {

StretchRules stretch_rules(std::size_t known_frames) {
  StretchRules rules;
  rules.rate = [](Algorithm algorithm, int distance) {
    return false_positive_rate(detail::measure_of(algorithm), distance);
  };
  rules.known_frames = static_cast<double>(std::max<std::size_t>(known_frames, 1));
  rules.most_expected = kExpectedFalse;
  rules.min_quality = kMinQuality;
  rules.min_pdq_quality = kMinPdqQuality;
  rules.min_inside_quality = kMinPartQuality;
  return rules;
}

}  // namespace reseau
