#include <algorithm>
#include <cmath>

#include <reseau/hash.h>
#include <reseau/video.h>

namespace reseau {
namespace {

/// To the millisecond, as a signature's bytes have it.
double rounded(double seconds) { return std::round(seconds * 1000) / 1000; }

std::optional<VideoFrame::Inside> inside_of(const HashedWindows& windows) {
  const auto made = [](const HashedWindow& window, bool panel) {
    return VideoFrame::Inside{window.where, window.hashed.quality, window.hashed.signature, panel};
  };
  // Plain parts of blurred bars pass for borders, so what is between the bars comes first. Of a
  // collage no one part stands for the frame.
  if (windows.panels.size() == 1 && windows.panels[0].hashed.quality >= kMinPartQuality)
    return made(windows.panels[0], true);
  if (windows.trimmed && windows.trimmed->hashed.quality >= kMinPartQuality)
    return made(*windows.trimmed, false);
  return std::nullopt;
}

/// None if the frame is too small for any signature.
std::optional<VideoFrame> hashed(const SampledFrame& sampled) {
  const auto windows = grid_windows(sampled.pixels);
  const auto pdq_hash = pdq(sampled.pixels);
  if (!windows || !pdq_hash) return std::nullopt;
  VideoFrame frame;
  frame.time = frame.until = rounded(sampled.time);
  frame.shot = sampled.shot;
  frame.quality = windows->whole.quality;
  frame.grid = windows->whole.signature;
  frame.pdq = pdq_hash->signature;
  frame.pdq_quality = pdq_hash->quality;
  frame.inside = inside_of(*windows);
  return frame;
}

class InProcess final : public VideoDecoder {
 public:
  VideoReport sample(const VideoReader& reader, const VideoOptions& options,
                     const std::function<void(const SampledFrame&)>& visit) override {
    return sample_video(reader, options, visit);
  }
  [[nodiscard]] std::string isolation() const override { return decoder_in_process().isolation(); }
};

}  // namespace

VideoDecoder::~VideoDecoder() = default;

VideoDecoder& video_decoder_in_process() {
  static InProcess here;
  return here;
}

HashedVideo hash_video(const VideoReader& reader, const VideoOptions& options,
                       VideoDecoder& decoder) {
  HashedVideo video;
  std::vector<VideoFrame>& frames = video.signature.frames;
  video.report = decoder.sample(reader, options, [&frames](const SampledFrame& sampled) {
    if (sampled.alike) {
      if (!frames.empty()) frames.back().until = rounded(sampled.time);
      return;
    }
    if (auto frame = hashed(sampled)) frames.push_back(*frame);
  });
  video.signature.width = video.report.width;
  video.signature.height = video.report.height;
  video.signature.duration = rounded(video.report.duration);
  if (video.report.outcome == Code::ok && frames.empty()) {
    video.report.outcome = Code::low_information;
    video.report.message = "its frames are too small to be recognised";
  }
  return video;
}

}  // namespace reseau
