#include "evaluate/video_figures.h"

#include <reseau/version.h>
#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace reseau::evaluation {
namespace {

constexpr int kFormat = 1;
constexpr std::size_t kShown = 20;  // false stretches

/// The value that so large a share of them is at most; null of none.
Json quantile(std::vector<double> values, double share) {
  if (values.empty()) return nullptr;
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(at, 1, values.size()) - 1];
}

double worse_end(double from, double to) { return std::max(std::abs(from), std::abs(to)); }

/// Of what a test picks.
template <typename Picks>
Json clips_json(const VideoMeasurement& m, const Picks& picks) {
  std::size_t asked = 0, found = 0, looked = 0, near = 0, located = 0, pieces = 0;
  std::vector<double> ends;
  std::vector<double> known_ends;
  for (const ClipAnswer& clip : m.clips) {
    if (!picks(clip)) continue;
    ++asked;
    found += clip.found ? 1 : 0;
    looked += clip.looked ? 1 : 0;
    if (clip.pieces == 0) continue;
    ++located;
    pieces += clip.pieces > 1 ? 1 : 0;
    ends.push_back(worse_end(clip.from_off, clip.to_off));
    known_ends.push_back(worse_end(clip.known_from_off, clip.known_to_off));
    near += ends.back() <= kNearEnd ? 1 : 0;
  }
  if (asked == 0) return nullptr;
  return {{"asked", asked},
          {"found", found},
          {"recall", share(found, asked)},
          {"interval", json_of(interval_of_share(found, asked))},
          {"looked", share(looked, asked)},
          {"ends_within_1_s", located == 0 ? Json(nullptr) : Json(share(near, located))},
          {"end_off", {{"median", quantile(ends, 0.5)}, {"of_90_in_100", quantile(ends, 0.9)}}},
          {"known_end_off",
           {{"median", quantile(known_ends, 0.5)}, {"of_90_in_100", quantile(known_ends, 0.9)}}},
          {"in_pieces", share(pieces, located)}};
}

Json named(const char* edit, double seconds, const Json& figures) {
  Json row = {{"edit", edit}, {"seconds", seconds}};
  row.update(figures);
  return row;
}

Json false_json(const std::vector<FalseStretch>& all, double hours) {
  const auto count = [&](const auto& is) {
    return static_cast<std::uint64_t>(std::count_if(all.begin(), all.end(), is));
  };
  const std::uint64_t stretches = count([](const FalseStretch& f) { return f.frames > 1; });
  const Interval interval = interval_of_count(stretches);
  const double divided = std::max(hours, 1e-9);
  return {{"hours", hours},
          {"stretches", stretches},
          {"stretches_an_hour", static_cast<double>(stretches) / divided},
          {"interval", {interval.low / divided, interval.high / divided}},
          {"near", count([](const FalseStretch& f) { return f.near; })},
          {"single_looks", count([](const FalseStretch& f) { return f.frames < 2; })}};
}

Json nearest_json(const VideoMeasurement& m) {
  std::vector<FalseStretch> all = m.false_in_strangers;
  all.insert(all.end(), m.false_in_clips.begin(), m.false_in_clips.end());
  std::stable_sort(all.begin(), all.end(), [](const FalseStretch& a, const FalseStretch& b) {
    const bool several = a.frames > 1;
    if (several != (b.frames > 1)) return several;
    return a.expected_false < b.expected_false;
  });
  if (all.size() > kShown) all.resize(kShown);
  Json rows = Json::array();
  for (const FalseStretch& one : all) {
    rows.push_back({{"shown", one.shown},
                    {"known", m.footage.sources[one.entry].name},
                    {"edit", one.edit},
                    {"query_from", one.query_from},
                    {"frames", one.frames},
                    {"expected_false", one.expected_false}});
  }
  return rows;
}

Json lengths_json(const VideoMeasurement& m) {
  Json rows = Json::array();
  for (std::size_t length = 0; length < kLengths.size(); ++length) {
    std::set<std::size_t> scenes;
    std::size_t clips = 0;
    for (const ClipAnswer& clip : m.clips) {
      if (clip.length != length || clip.edit != 0) continue;
      ++clips;
      scenes.insert(m.footage.sources[clip.source].scene);
    }
    rows.push_back({{"seconds", kLengths.at(length)}, {"clips", clips}, {"scenes", scenes.size()}});
  }
  return rows;
}

}  // namespace

Json video_figures(const VideoMeasurement& m, const EvaluateVideosOptions& options) {
  double seconds = 0;
  for (const Source& source : m.footage.sources) seconds += source.seconds;
  const auto edits = video_edits();
  Json rows = Json::array();
  Json means = Json::array();
  Json reversed = Json::array();
  for (std::size_t length = 0; length < kLengths.size(); ++length) {
    const double long_is = kLengths.at(length);
    const auto add = [&](Json& to, const char* name, const auto& picks) {
      const Json row = clips_json(
          m, [&](const ClipAnswer& clip) { return clip.length == length && picks(clip.edit); });
      if (!row.is_null()) to.push_back(named(name, long_is, row));
    };
    for (std::size_t edit = 0; edit < edits.size(); ++edit)
      add(rows, edits[edit].name.data(), [&](std::size_t e) { return e == edit; });
    add(means, "as it is", [](std::size_t e) { return e == 0; });
    add(means, "all edits", [&](std::size_t e) { return e > 0 && e < edits.size(); });
    add(reversed, reversed_edit().name.data(), [&](std::size_t e) { return e == edits.size(); });
  }
  return {{"format", kFormat},
          {"reseau", std::string(version())},
          {"protocol", "video"},
          {"seed", options.seed},
          {"videos",
           {{"known", m.footage.sources.size()},
            {"scenes", m.footage.scenes},
            {"minutes", seconds / 60},
            {"unreadable", m.footage.unreadable},
            {"repeated", m.footage.repeated},
            {"known_frames", m.known_frames},
            {"lengths", lengths_json(m)}}},
          {"means", means},
          {"clips", rows},
          {"reversed", reversed},
          {"strangers", false_json(m.false_in_strangers, m.stranger_hours)},
          {"comparisons", m.comparisons},
          {"around_clips", false_json(m.false_in_clips, m.clip_hours)},
          {"false", nearest_json(m)}};
}

}  // namespace reseau::evaluation
