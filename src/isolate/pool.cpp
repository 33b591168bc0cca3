#include <reseau/isolate.h>

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "isolate/protocol.h"
#include "isolate/video_broker.h"
#include "isolate/workers.h"

namespace reseau {
namespace {

using namespace detail;

constexpr const char* kOfAnother =
    "the pool of decoders was started by another process; start one after the fork";

/// One file, from the order to the end.
struct Conversation {
  Worker& worker;
  Bytes file;
  const Limits& limits;
  const PictureVisitor& visit;
  int pictures = 0;
  int frames = 1;
  bool stopped = false;  // the visitor has seen enough
  std::optional<Failed> failed = std::nullopt;

  Result<Walked> hold(const Order& order, const Patience& patience) {
    if (!send_value(worker.socket.get(), order)) failed = Failed::died;
    Report report;
    while (!failed) {
      failed = Workers::listen(worker, patience);
      if (!failed && !receive_value(worker.socket.get(), report)) failed = Failed::died;
      if (failed) break;
      const bool last = report.magic == kMagic && report.say == Say::last;
      const bool ends = last || (report.magic == kMagic && report.say == Say::end);
      if (last || !ends) show(report, last);
      if (failed || !ends) continue;
      auto end = believe_end(report, file, pictures);
      if (!end) {
        failed = Failed::lied;
        break;
      }
      // Whoever has seen enough is not told of what else there is.
      if (*end && stopped) (*end)->stopped.reset();
      return *std::move(end);
    }
    return Error{Code::internal, "no answer"};
  }

 private:
  void show(const Report& report, bool last) {
    const Bytes output(worker.output.data(), worker.output.capacity());
    constexpr int kMost = 2 * kMaxFrames;  // each over white, and over black
    auto picture = pictures < kMost ? believe_picture(report, file, limits, output) : std::nullopt;
    if (!picture) {
      failed = Failed::lied;
      return;
    }
    worker.output.wipe(static_cast<std::uint64_t>(report.width) *
                       static_cast<std::uint64_t>(report.height) *
                       bytes_per_pixel(picture->image.layout()));
    ++pictures;
    frames = std::max(frames, picture->frames);
    stopped = !visit(*std::move(picture));
    if (last) return;
    Order answer;
    answer.say = stopped ? Say::stop : Say::next;
    if (!send_value(worker.socket.get(), answer)) failed = Failed::died;
  }
};

std::string beside(const std::string& program, const char* name) {
  return program.substr(0, program.rfind('/') + 1) + name;
}

}  // namespace

class DecoderPool::Impl {
 public:
  Impl(const IsolationOptions& options, const std::string& decoder)
      : options_(options),
        pictures_(options, decoder),
        videos_(options, beside(decoder, "reseau-video-decoder")),
        owner_(::getpid()) {}

  Status start() { return pictures_.start(); }

  Result<Walked> each(Bytes file, const Limits& limits, const PictureVisitor& visit) {
    if (::getpid() != owner_) return Error{Code::isolation_missing, kOfAnother};
    // What needs no decoder to be told.
    if (file.empty() || file.size() > limits.max_bytes) return decode_each(file, limits, visit);
    const Workers::Lease lease(pictures_);
    Worker& worker = lease.worker();
    const Status ready = pictures_.prepare(worker, file.size(), output_needed(limits));
    if (!ready) return ready.error();
    std::memcpy(worker.input.data(), file.data(), file.size());
    Order order = order_of(file.size(), limits);
    order.input_capacity = worker.input.capacity();
    order.output_capacity = worker.output.capacity();
    const Patience patience{.cpu_before = cpu_time(worker.pid),
                            .max_cpu = options_.max_cpu,
                            .max_wall = options_.max_wall};
    Workers::bound_cpu(worker, patience.cpu_before + patience.max_cpu);
    Conversation talk{worker, file, limits, visit};
    Result<Walked> result = talk.hold(order, patience);
    if (talk.failed) {
      const Error error = pictures_.replace(worker, *talk.failed, patience);
      if (talk.pictures == 0) return error;
      return Walked{talk.pictures, talk.frames, error, {}};
    }
    worker.input.wipe(file.size());
    return result;
  }

  VideoReport sample(const VideoReader& reader, const VideoOptions& options,
                     const std::function<void(const SampledFrame&)>& visit) {
    if (!video_is_supported()) return sample_video(reader, options, visit);
    if (::getpid() != owner_) {
      VideoReport report;
      report.outcome = Code::isolation_missing;
      report.message = kOfAnother;
      return report;
    }
    return sample_confined(videos_, options_.max_wall, reader, options, visit);
  }

  [[nodiscard]] Posture posture() const {
    const std::uint32_t all = pictures_.confinement() & videos_.confinement();
    return {(all & kNoNewPrivileges) != 0, (all & kSeccomp) != 0, (all & kLandlock) != 0,
            (all & kLimits) != 0};
  }
  [[nodiscard]] std::uint64_t replaced() const { return pictures_.replaced() + videos_.replaced(); }
  [[nodiscard]] std::vector<int> process_ids() const {
    std::vector<int> all = pictures_.process_ids();
    const std::vector<int> of_videos = videos_.process_ids();
    all.insert(all.end(), of_videos.begin(), of_videos.end());
    return all;
  }

 private:
  const IsolationOptions options_;
  Workers pictures_;
  Workers videos_;  ///< the first is started when there is a video
  const pid_t owner_;
};

DecoderPool::DecoderPool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DecoderPool::~DecoderPool() = default;

Result<std::unique_ptr<DecoderPool>> DecoderPool::start(const IsolationOptions& options) {
  if (options.workers < 0 || options.workers > 4096)
    return Error{Code::invalid_argument, "a pool has 1 to 4096 workers, or 0 for one a core"};
  const std::string decoder = options.decoder.empty() ? default_decoder() : options.decoder;
  auto impl = std::make_unique<Impl>(options, decoder);
  const Status started = impl->start();
  if (!started) return started.error();
  return std::unique_ptr<DecoderPool>(new DecoderPool(std::move(impl)));
}

Result<Walked> DecoderPool::each(Bytes file, const Limits& limits, const PictureVisitor& visit) {
  return impl_->each(file, limits, visit);
}

VideoReport DecoderPool::sample(const VideoReader& reader, const VideoOptions& options,
                                const std::function<void(const SampledFrame&)>& visit) {
  return impl_->sample(reader, options, visit);
}

std::string DecoderPool::isolation() const {
  const Posture posture = impl_->posture();
  std::string text = "worker";
  if (posture.no_new_privileges) text += "+no_new_privs";
  if (posture.seccomp) text += "+seccomp";
  if (posture.landlock) text += "+landlock";
  if (posture.limits) text += "+limits";
  return text;
}

Posture DecoderPool::posture() const { return impl_->posture(); }
std::uint64_t DecoderPool::replaced() const { return impl_->replaced(); }
std::vector<int> DecoderPool::process_ids() const { return impl_->process_ids(); }

}  // namespace reseau
