// The reference is Meta's vPDQ (ThreatExchange, vpdq/): which frames are hashed, how lists are
// compared, and the text form. threatexchange's Python package has the two forms in JSON.
#include <reseau/vpdq.h>

#include <reseau/hash.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace reseau {
namespace {

std::string fixed(double seconds) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.3f", std::clamp(seconds, 0.0, 1e12));
  return text.data();
}

std::size_t found_in(const std::vector<Signature>& these, const std::vector<Signature>& those,
                     MaxDistance limit) {
  return static_cast<std::size_t>(
      std::count_if(these.begin(), these.end(), [&](const Signature& a) {
        return std::any_of(those.begin(), those.end(), [&](const Signature& b) {
          const auto apart = distance(a, b);
          return apart && *apart <= limit.value;
        });
      }));
}

std::vector<Signature> clear_frames(const VpdqList& list, int quality) {
  std::vector<Signature> clear;
  for (const VpdqFrame& frame : list.frames) {
    if (frame.quality >= quality) clear.push_back(frame.pdq);
  }
  return clear;
}

}  // namespace

HashedVpdq hash_vpdq(const VideoReader& reader, double seconds, const VideoLimits& limits,
                     VideoDecoder& decoder) {
  HashedVpdq video;
  VideoOptions options;
  options.vpdq_seconds = std::isfinite(seconds) ? std::max(seconds, 0.0) : 1.0;
  options.limits = limits;
  video.report = decoder.sample(reader, options, [&video](const SampledFrame& sampled) {
    const auto hashed = pdq_of_frame(sampled.pixels);
    if (!hashed) return;
    const auto number = static_cast<std::int64_t>(sampled.frame);
    const auto& rate = sampled.claimed_rate;
    const double time = rate ? static_cast<double>(number) / *rate : sampled.time;
    video.list.frames.push_back(
        {number, hashed->quality, hashed->signature, std::round(time * 1000) / 1000});
  });
  return video;
}

std::string vpdq_text(const VpdqList& list) {
  std::string text;
  for (const VpdqFrame& frame : list.frames) {
    text += std::to_string(frame.frame) + ',' + std::to_string(frame.quality) + ',' +
            frame.pdq.hex() + ',' + fixed(frame.time) + '\n';
  }
  return text;
}

std::string vpdq_json(const VpdqList& list) {
  std::string json = "[";
  for (const VpdqFrame& frame : list.frames) {
    json += json.size() > 1 ? ", \"" : "\"";
    json += frame.pdq.hex() + ',' + std::to_string(frame.quality) + ',' + fixed(frame.time) + '"';
  }
  return json + ']';
}

VideoSignature video_signature(const VpdqList& list) {
  VideoSignature video;
  std::vector<VpdqFrame> sorted = list.frames;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const VpdqFrame& a, const VpdqFrame& b) { return a.time < b.time; });
  for (const VpdqFrame& frame : sorted) {
    VideoFrame& made = video.frames.emplace_back();
    made.time = made.until = std::round(std::max(frame.time, 0.0) * 1000) / 1000;
    made.pdq = frame.pdq;
    made.pdq_quality = frame.quality;
    video.duration = made.time;
  }
  return video;
}

VpdqComparison compare_vpdq(const VpdqList& query, const VpdqList& known, MaxDistance limit,
                            int quality) {
  const auto of_query = clear_frames(query, quality);
  const auto of_known = clear_frames(known, quality);
  if (of_query.empty() || of_known.empty()) return {};
  const auto percent = [](std::size_t part, std::size_t all) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(all);
  };
  return {percent(found_in(of_query, of_known, limit), of_query.size()),
          percent(found_in(of_known, of_query, limit), of_known.size())};
}

}  // namespace reseau
