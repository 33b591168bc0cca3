// One pass: packets, frames, thumbs, and for those that are picked, pixels.
#include <algorithm>
#include <cmath>
#include <mutex>

#include "video/clock.h"
#include "video/decoder.h"
#include "video/demuxer.h"
#include "video/picker.h"
#include "video/scaler.h"

namespace reseau {

using namespace detail;

namespace {

// FFmpeg's messages go to standard error unless it is told otherwise; names and damage of evidence
// do not belong there.
void silence_libav() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_level(AV_LOG_QUIET); });
}

class Sampling {
 public:
  Sampling(const VideoOptions& options, const std::function<void(const SampledFrame&)>& visit,
           VideoReport& report)
      : options_(options),
        visit_(visit),
        report_(report),
        budget_(options.limits),
        picker_(options.interval, options.mode == VideoMode::thorough),
        scaler_(options.vpdq_seconds.has_value()) {}

  void run(const VideoReader& reader) {
    Input input(reader);
    report_.format = sniff(input.start());
    if (input.start().empty()) return refuse(input.failed() ? Code::io_error : Code::empty);
    if (report_.format.name == "playlist") {
      return stop({Code::policy_protocol,
                   "it is a playlist, and the files or addresses that it names are never opened; "
                   "examine them by themselves"});
    }
    if (report_.format.media != Media::video && !may_hold_sequence(report_.format)) {
      return stop({Code::unsupported_format, "it is not a video by its content"});
    }
    auto demuxer = Demuxer::open(input, report_.format, options_.limits, budget_);
    if (!demuxer) return input.failed() ? refuse(Code::io_error) : stop(demuxer.error());
    report_.claimed = demuxer->claimed_duration();
    report_.rate = demuxer->claimed_rate();
    auto decoder = Decoder::open(demuxer->stream(), options_.mode, options_.limits);
    if (!decoder) return stop(decoder.error());
    if (!options_.vpdq_seconds) showing_ = shown_as(demuxer->stream());
    clock_.emplace(report_.rate);
    const int ended = decode(*demuxer, *decoder);
    if (report_.outcome == Code::ok) judge(ended, input, *demuxer);
  }

 private:
  void stop(Error error) {
    report_.outcome = error.code;
    report_.message = std::move(error.message);
  }

  void refuse(Code code) {
    stop({code, code == Code::empty ? "it holds no bytes" : "it cannot be read any further"});
  }

  void limit(Code code, const std::string& what) {
    stop({code, what + "; what comes after " + std::to_string(static_cast<long>(report_.duration)) +
                    " s was not examined"});
  }

  static Showing shown_as(const AVStream& stream) {
    std::size_t size = 0;
    const std::uint8_t* matrix = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (matrix == nullptr || size < 9 * sizeof(std::int32_t)) return {};
    return showing_of(reinterpret_cast<const std::int32_t*>(matrix));
  }

  // Until the end, which is AVERROR_EOF, or an error, or report_.outcome.
  int decode(Demuxer& demuxer, Decoder& decoder) {
    const Libav<AVPacket> packet(allocated(av_packet_alloc()));
    const bool keys_only = options_.mode == VideoMode::fast;
    for (;;) {
      const int got = demuxer.read(*packet);
      if (got < 0) {
        if (got == AVERROR(ENOMEM)) throw std::bad_alloc();
        if (report_.outcome == Code::ok) take_frames(demuxer, decoder, nullptr);
        return got;
      }
      const bool key = (packet->flags & AV_PKT_FLAG_KEY) != 0;
      const std::int64_t stamp = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
      if (av_packet_get_side_data(packet.get(), AV_PKT_DATA_ENCRYPTION_INFO, nullptr) != nullptr)
        stop({Code::unsupported_format, "it is encrypted; get a copy that is not"});
      const bool again = keys_only && key && was_seen(demuxer, stamp);
      if (report_.outcome == Code::ok && (key || !keys_only) && !again)
        take_frames(demuxer, decoder, packet.get());
      av_packet_unref(packet.get());
      if (report_.outcome == Code::ok && budget_.spent())
        limit(Code::limit_cpu, "it took more work than a video of its length may");
      if (report_.outcome != Code::ok) return 0;
      if (keys_only && key && !again && stamp != AV_NOPTS_VALUE) skip(demuxer, stamp);
    }
  }

  void skip(Demuxer& demuxer, std::int64_t from) {
    const AVRational unit = demuxer.stream().time_base;
    const double units = unit.num > 0 ? options_.interval / av_q2d(unit) : 0;
    constexpr double kMost = 1e15;
    if (!(units >= 1 && units < kMost) || std::abs(static_cast<double>(from)) > kMost) return;
    if (demuxer.skip_to_key(from + static_cast<std::int64_t>(units))) skipped_from_ = from;
  }

  // An index that leads back to what was read (its times are not those of the frames) would lead
  // back for ever: then all is read in order.
  bool was_seen(Demuxer& demuxer, std::int64_t stamp) {
    if (!skipped_from_ || stamp == AV_NOPTS_VALUE) return false;
    if (stamp <= *skipped_from_) {
      demuxer.skip_no_more();
      return true;
    }
    skipped_from_.reset();
    return false;
  }

  void take_frames(const Demuxer& demuxer, Decoder& decoder, const AVPacket* packet) {
    const int sent = decoder.send(packet);
    if (sent == AVERROR(ENOMEM)) throw std::bad_alloc();
    if (sent < 0 && sent != AVERROR_EOF) ++report_.damaged;
    const Libav<AVFrame> frame(allocated(av_frame_alloc()));
    while (report_.outcome == Code::ok) {
      const int received = decoder.receive(*frame);
      if (received == AVERROR(ENOMEM)) throw std::bad_alloc();
      if (received == AVERROR(EAGAIN) || received == AVERROR_EOF) return;
      if (received < 0) {
        ++report_.damaged;
        break;
      }
      take(demuxer, *frame);
      av_frame_unref(frame.get());
    }
    if (report_.outcome == Code::ok && decoder.refused())
      limit(decoder.refused()->code, decoder.refused()->message);
  }

  void take(const Demuxer& demuxer, const AVFrame& frame) {
    const double time = clock_->next(demuxer.seconds(frame.best_effort_timestamp));
    longest_gap_ = std::max(longest_gap_, time - report_.duration);
    report_.duration = time;
    const std::uint64_t number = report_.decoded++;
    budget_.reached(time);
    if (time > options_.limits.max_duration)
      return limit(Code::limit_frames, "it is longer than videos may be");
    tell(time);
    // What a decoder made up where bytes were missing looks alike in all videos.
    const bool made_up =
        (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0;
    if (made_up) {
      ++report_.damaged;
      return;
    }
    if (options_.vpdq_seconds) {
      if (vpdq_picks(number, time)) show(frame, time, number, false, std::nullopt);
      return;
    }
    std::optional<Image> image;
    std::optional<Thumb> thumb = thumb_of(frame);
    if (!thumb) {
      image = scaler_.scale(frame, showing_);
      if (image) {
        const ImageView view = image->view();
        thumb = thumb_of(image->row(0), view.width, view.height, view.stride);
      }
    }
    const Picker::Pick pick = thumb ? picker_.look(time, *thumb) : Picker::Pick::take;
    if (pick == Picker::Pick::skip) return;
    if (pick == Picker::Pick::alike) return visit_({time, number, false, report_.rate, true, {}});
    show(frame, time, number, pick == Picker::Pick::shot, std::move(image));
  }

  // The reference's rule goes by number, where a rate is claimed.
  bool vpdq_picks(std::uint64_t number, double time) {
    const double seconds = *options_.vpdq_seconds;
    if (report_.rate) {
      const double every = std::max(1.0, std::floor(seconds * *report_.rate));
      return std::fmod(static_cast<double>(number), every) == 0;
    }
    if (time < next_) return false;
    next_ = time + seconds;
    return true;
  }

  void show(const AVFrame& frame, double time, std::uint64_t number, bool shot,
            std::optional<Image> image) {
    if (!image) image = scaler_.scale(frame, showing_);
    if (!image) {
      ++report_.damaged;
      return;
    }
    if (scaler_.changes() > options_.limits.max_size_changes)
      return limit(Code::limit_frames, "its frames change their size more often than they may");
    if (report_.sampled >= options_.limits.max_frames)
      return limit(Code::limit_frames, "it has more different frames than are sampled");
    if (report_.sampled++ == 0) {
      const bool turned = showing_.turn % 180 != 0;
      report_.width = turned ? frame.height : frame.width;
      report_.height = turned ? frame.width : frame.height;
    }
    visit_({time, number, shot, report_.rate, false, image->view()});
  }

  void tell(double time) {
    if (!options_.progress || time < told_ + 1) return;
    told_ = time;
    if (!options_.progress(time, report_.claimed))
      limit(Code::interrupted, "stopped, as was asked");
  }

  // What it means that there is nothing more to read.
  void judge(int ended, const Input& input, const Demuxer& demuxer) {
    constexpr double kShare = 0.05;  // of what is claimed: sound and video need not end together
    constexpr double kSeconds = 2;
    const double claimed = report_.claimed.value_or(0);
    // In fast mode, the last key frame may lie as far from the end as any from the next.
    const double tolerated = std::max(kShare * claimed, kSeconds + 2 * longest_gap_);
    constexpr std::uint64_t kTolerated = 20;  // one in so many may be damaged
    if (ended == AVERROR_EXIT && budget_.spent())
      return limit(Code::limit_cpu, "it took more work than a video of its length may");
    if (input.failed()) return limit(Code::io_error, "it cannot be read any further");
    if (report_.sampled == 0) {
      return stop({Code::corrupt,
                   "it is damaged or cut short: not one frame of it can be decoded; get a whole "
                   "copy"});
    }
    if (claimed - report_.duration > tolerated) {
      return partial("it is cut short: " + std::to_string(std::lround(report_.duration)) +
                     " of the " + std::to_string(std::lround(claimed)) +
                     " s that it claims are there");
    }
    if (claims_more_bytes(input))
      return partial("it is cut short: its header claims more bytes than are there");
    if (ended != AVERROR_EOF) return partial("it is damaged: it can be read no further");
    if (report_.damaged > report_.decoded / kTolerated) {
      return partial("it is damaged: " + std::to_string(report_.damaged) +
                     " of its packets and frames could not be rightly decoded");
    }
    if (demuxer.tracks() > 1) {
      stop({Code::limit_frames, "it has " + std::to_string(demuxer.tracks()) +
                                    " video tracks, and this release examines one"});
    }
  }

  void partial(const std::string& why) {
    stop({Code::ok_partial, why + ", and only what is there was looked at; get a whole copy"});
  }

  // FFmpeg's reader of AVI makes do with what is there, and forgets what was claimed.
  [[nodiscard]] bool claims_more_bytes(const Input& input) const {
    constexpr std::size_t kSizeAt = 4;
    constexpr std::uint64_t kBefore = 8;
    if (report_.format.name != "AVI" || !input.size()) return false;
    std::uint64_t claimed = 0;
    for (std::size_t i = 4; i > 0; --i) claimed = claimed << 8 | input.start()[kSizeAt + i - 1];
    return claimed + kBefore > *input.size();
  }

  const VideoOptions& options_;
  const std::function<void(const SampledFrame&)>& visit_;
  VideoReport& report_;
  Budget budget_;
  Picker picker_;
  Scaler scaler_;
  Showing showing_;
  std::optional<Clock> clock_;
  std::optional<std::int64_t> skipped_from_;  ///< the key frame before the last skip
  double told_ = 0;
  double next_ = 0;         ///< frame of a vPDQ list, without a rate
  double longest_gap_ = 0;  ///< seconds between frames
};

}  // namespace

bool video_is_supported() noexcept { return true; }

VideoReport sample_video(const VideoReader& reader, const VideoOptions& options,
                         const std::function<void(const SampledFrame&)>& visit) {
  silence_libav();
  VideoReport report;
  try {
    Sampling(options, visit, report).run(reader);
  } catch (const std::bad_alloc&) {
    report.outcome = Code::limit_memory;
    report.message = "memory ran out while it was decoded; examine it by itself";
  }
  return report;
}

}  // namespace reseau
