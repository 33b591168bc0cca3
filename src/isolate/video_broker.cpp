#include "isolate/video_broker.h"

#include <algorithm>
#include <cstring>

#include "isolate/video_protocol.h"

namespace reseau::detail {
namespace {

using std::chrono::milliseconds;

/// Gives a worker the bytes that it wants, as far as anyone may want them.
class Feed {
 public:
  explicit Feed(const VideoReader& reader) : reader_(reader), window_(kVideoWindow) {}

  /// How many bytes from `place` on lie in the worker's input now; 0 at the end, -1 if there are
  /// none to be had.
  std::int64_t give(std::uint64_t place, SharedMemory& input) {
    if (place != position_ && !go(place)) return -1;
    const std::int64_t count = read();
    if (count <= 0) return count;
    const Bytes bytes(window_.data(), static_cast<std::size_t>(count));
    if (position_ == 0) format_ = sniff(bytes);
    std::memcpy(input.data(), bytes.data(), bytes.size());
    position_ += bytes.size();
    given_ += bytes.size();
    return count;
  }

  /// Reading costs the broker more than asking costs a worker, and no file is read so often.
  [[nodiscard]] bool is_overfed() const {
    constexpr std::uint64_t kTimes = 64;
    constexpr std::uint64_t kBeside = 64 << 20;
    return reader_.seek && reader_.size && given_ / kTimes > *reader_.size + kBeside / kTimes;
  }

  [[nodiscard]] const Format& format() const { return format_; }

 private:
  // What a caller's function throws is a failure to read, as it is in this process.
  bool go(std::uint64_t place) try {
    if (!reader_.seek || !reader_.seek(place)) return false;
    position_ = place;
    return true;
  } catch (...) {
    return false;
  }

  std::int64_t read() try {
    const std::int64_t count = reader_.read ? reader_.read(window_) : 0;
    return count <= static_cast<std::int64_t>(window_.size()) ? count : -1;
  } catch (...) {
    return -1;
  }

  const VideoReader& reader_;
  std::vector<std::uint8_t> window_;  ///< the worker could change what it has
  std::uint64_t position_ = 0;
  std::uint64_t given_ = 0;
  Format format_;
};

class Conversation {
 public:
  Conversation(Worker& worker, milliseconds max_wall, const VideoReader& reader,
               const VideoOptions& options, const std::function<void(const SampledFrame&)>& visit)
      : worker_(worker), options_(options), visit_(visit), feed_(reader), claims_(options) {
    patience_.cpu_before = cpu_time(worker.pid);
    patience_.max_wall = max_wall;
    allow();
  }

  /// None if the worker failed: see failed().
  std::optional<VideoReport> hold(VideoOrder job) {
    job.output_capacity = worker_.output.capacity();
    tell(job);
    while (!failed_) {
      patience_.start = std::chrono::steady_clock::now();
      failed_ = Workers::listen(worker_, patience_);
      VideoWord word;
      if (!failed_ && !receive_value(worker_.socket.get(), word)) failed_ = Failed::died;
      if (failed_) break;
      if (word.magic == kVideoMagic && word.say == VideoSay::end) {
        auto report = claims_.end(word, stopped_);
        if (report) report->format = feed_.format();
        if (!report) failed_ = Failed::lied;
        return report;
      }
      if (word.magic != kVideoMagic || !answer(word)) failed_ = failed_.value_or(Failed::lied);
    }
    return std::nullopt;
  }

  [[nodiscard]] Failed failed() const { return failed_.value_or(Failed::died); }
  [[nodiscard]] const Patience& patience() const { return patience_; }
  [[nodiscard]] VideoReport broken(const Error& why) const {
    VideoReport report = claims_.broken(why);
    report.format = feed_.format();
    return report;
  }

 private:
  void tell(const VideoOrder& order) {
    if (!send_value(worker_.socket.get(), order)) failed_ = Failed::died;
  }

  /// Processor time by the seconds reached. The worker stops by itself a little before that.
  void allow() {
    constexpr milliseconds kBeside(2'000);
    const double more =
        static_cast<double>(options_.limits.max_cpu_per_second.count()) * claims_.reached();
    patience_.max_cpu = options_.limits.max_cpu + kBeside + milliseconds(static_cast<long>(more));
    Workers::bound_cpu(worker_, patience_.cpu_before + patience_.max_cpu);
  }

  /// False if no honest worker would have said so.
  bool answer(const VideoWord& word) {
    VideoOrder order;
    switch (word.say) {
      case VideoSay::want:
        order.say = VideoSay::bytes;
        order.count = feed_.give(word.place, worker_.input);
        if (feed_.is_overfed()) return false;
        break;
      case VideoSay::frame:
      case VideoSay::alike:
        if (!show(word)) return false;
        if (word.say == VideoSay::alike) return true;
        break;
      case VideoSay::progress:
        if (!claims_.progress(word)) return false;
        allow();
        stopped_ = options_.progress && !options_.progress(claims_.reached(), claims_.claimed());
        if (stopped_) order.say = VideoSay::stop;
        break;
      default:
        return false;
    }
    tell(order);
    return true;
  }

  bool show(const VideoWord& word) {
    std::uint64_t bytes = 0;
    auto frame = claims_.frame(word, bytes);
    if (!frame || bytes > worker_.output.capacity()) return false;
    if (frame->alike) {
      visit_(*frame);
      return true;
    }
    // Copied out before anyone looks at them: the worker could change what it has.
    Image image = Image::for_overwrite(word.width, word.height, PixelLayout::rgb8);
    std::memcpy(image.row(0), worker_.output.data(), bytes);
    frame->pixels = image.view();
    visit_(*frame);
    return true;
  }

  Worker& worker_;
  const VideoOptions& options_;
  const std::function<void(const SampledFrame&)>& visit_;
  Feed feed_;
  VideoClaims claims_;
  Patience patience_;
  bool stopped_ = false;
  std::optional<Failed> failed_;
};

}  // namespace

VideoReport sample_confined(Workers& workers, milliseconds max_wall, const VideoReader& reader,
                            const VideoOptions& options,
                            const std::function<void(const SampledFrame&)>& visit) {
  const Workers::Lease lease(workers);
  Worker& worker = lease.worker();
  const Status ready = workers.prepare(worker, kVideoWindow, frame_needed(options));
  if (!ready) {
    VideoReport report;
    report.outcome = ready.error().code;
    report.message = ready.error().message;
    return report;
  }
  Conversation talk(worker, max_wall, reader, options, visit);
  std::optional<VideoReport> report = talk.hold(job_of(reader, options));
  if (!report) return talk.broken(workers.replace(worker, talk.failed(), talk.patience()));
  worker.input.wipe(kVideoWindow);
  worker.output.wipe(frame_needed(options));
  return *std::move(report);
}

}  // namespace reseau::detail
