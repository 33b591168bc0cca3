#include <algorithm>
#include <cstring>
#include <ctime>

#include "isolate/video_protocol.h"
#include "isolate/worker.h"
#include "isolate/worker_side.h"

namespace reseau::detail {
namespace {

/// The file, a window of it at a time.
class Windows {
 public:
  explicit Windows(const std::uint8_t* input) : input_(input) {}

  std::int64_t read(std::span<std::uint8_t> into) {
    if (position_ < from_ || position_ >= from_ + size_) {
      VideoWord word;
      word.say = VideoSay::want;
      word.place = position_;
      say(word);
      VideoOrder order;
      if (!hear(order, kVideoMagic) || order.say != VideoSay::bytes) give_up();
      if (order.count <= 0 || static_cast<std::uint64_t>(order.count) > kVideoWindow)
        return order.count == 0 ? 0 : -1;
      from_ = position_;
      size_ = static_cast<std::uint64_t>(order.count);
    }
    const std::uint64_t count = std::min<std::uint64_t>(into.size(), from_ + size_ - position_);
    std::memcpy(into.data(), input_ + (position_ - from_), count);
    position_ += count;
    return static_cast<std::int64_t>(count);
  }

  bool seek(std::uint64_t place) {
    position_ = place;
    return true;
  }

 private:
  const std::uint8_t* input_;
  std::uint64_t from_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
};

class VideoWorker {
 public:
  void serve() {
    VideoOrder job;
    while (hear(job, kVideoMagic) && job.say == VideoSay::job) say(word_of(sample(job)));
  }

 private:
  VideoReport sample(const VideoOrder& job) {
    const bool mapped = input_.map(kWorkerInput, PROT_READ, kVideoWindow) &&
                        output_.map(kWorkerOutput, PROT_READ | PROT_WRITE, job.output_capacity);
    if (!mapped) {
      VideoReport report;
      report.outcome = Code::limit_memory;
      report.message = "memory ran out while it was decoded";
      return report;
    }
    Windows windows(static_cast<const std::uint8_t*>(input_.data));
    VideoReader reader;
    reader.read = [&windows](std::span<std::uint8_t> into) { return windows.read(into); };
    if (job.can_seek != 0)
      reader.seek = [&windows](std::uint64_t place) { return windows.seek(place); };
    if (job.size >= 0) reader.size = static_cast<std::uint64_t>(job.size);
    VideoOptions options = options_of(job);
    options.progress = [](double time, std::optional<double> claimed) {
      VideoWord word;
      word.say = VideoSay::progress;
      word.time = time;
      word.claimed = claimed.value_or(-1);
      return goes_on(word);
    };
    return sample_video(reader, options, [this](const SampledFrame& frame) { show(frame); });
  }

  void show(const SampledFrame& frame) {
    const VideoWord word = word_of(frame);
    if (frame.alike) return say(word);
    const ImageView& pixels = frame.pixels;
    const std::size_t row = static_cast<std::size_t>(pixels.width) * bytes_per_pixel(pixels.layout);
    if (row * static_cast<std::size_t>(pixels.height) > output_.capacity) give_up();
    auto* to = static_cast<std::uint8_t*>(output_.data);
    for (int y = 0; y < pixels.height; ++y, to += row)
      std::memcpy(to, static_cast<const std::byte*>(pixels.pixels) + y * pixels.stride, row);
    if (!goes_on(word)) give_up();
  }

  /// Whether the broker says so.
  static bool goes_on(const VideoWord& word) {
    say(word);
    VideoOrder order;
    if (!hear(order, kVideoMagic)) give_up();
    return order.say == VideoSay::next;
  }

  Mapping input_;
  Mapping output_;
};

}  // namespace

void work_on_videos() {
  ::tzset();  // FFmpeg reads dates, for which the C library opens a file, once
  begin_work(Opening::fails);
  VideoWorker().serve();
  give_up();
}

}  // namespace reseau::detail
