#include "video/demuxer.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace reseau::detail {
namespace {

struct Container {
  std::string_view format;  ///< as sniff() names it
  const char* demuxer;
  bool complete;  ///< its header says all that a decoder must know
};

// The demuxer is named by the first bytes and never probed for: none that reads other files (HLS,
// DASH, concat, image sequences, SDP) can be reached.
constexpr std::array<Container, 14> kContainers = {{{"MP4", "mov", true},
                                                    {"MOV", "mov", true},
                                                    {"3GP", "mov", true},
                                                    {"HEIC", "mov", true},  // their sequences
                                                    {"HEIF", "mov", true},
                                                    {"Matroska", "matroska", true},
                                                    {"WebM", "matroska", true},
                                                    {"AVI", "avi", false},
                                                    {"MPEG-TS", "mpegts", false},
                                                    {"MPEG-PS", "mpeg", false},
                                                    {"MPEG-1/2", "mpegvideo", false},
                                                    {"FLV", "flv", false},
                                                    {"ASF", "asf", false},
                                                    {"Ogg", "ogg", false}}};
constexpr Container kIvf = {"IVF", "ivf", false};

const Container* container_of(const Format& format) {
  if (format.name == kIvf.format) return &kIvf;
  const auto* found = std::find_if(kContainers.begin(), kContainers.end(),
                                   [&](const auto& c) { return c.format == format.name; });
  return found == kContainers.end() ? nullptr : found;
}

}  // namespace

bool may_hold_sequence(const Format& format) {
  return format.media == Media::image && container_of(format) != nullptr;
}

namespace {

class Settings {
 public:
  Settings() = default;
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;
  ~Settings() { av_dict_free(&dictionary_); }
  void set(const char* name, std::int64_t value) { av_dict_set_int(&dictionary_, name, value, 0); }
  void set(const char* name, const char* value) { av_dict_set(&dictionary_, name, value, 0); }
  [[nodiscard]] AVDictionary** get() { return &dictionary_; }
  [[nodiscard]] AVDictionary* copy() const {
    AVDictionary* all = nullptr;
    av_dict_copy(&all, dictionary_, 0);
    return all;
  }

 private:
  AVDictionary* dictionary_ = nullptr;
};

int refuse_to_open(AVFormatContext* /*context*/, AVIOContext** /*opened*/, const char* /*url*/,
                   int /*flags*/, AVDictionary** /*options*/) {
  return AVERROR(EPERM);
}

bool is_video(const AVStream& stream) {
  const bool cover = (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
  return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !cover;
}

bool is_encrypted(const AVStream& stream) {
  constexpr std::uint32_t kEncryptedVideo = MKTAG('e', 'n', 'c', 'v');
  return stream.codecpar->codec_tag == kEncryptedVideo ||
         av_stream_get_side_data(&stream, AV_PKT_DATA_ENCRYPTION_INIT_INFO, nullptr) != nullptr;
}

// find_stream_info decodes a little, and needs the decoders' limits too.
void look_into_streams(AVFormatContext& context, const VideoLimits& limits) {
  Settings settings;
  settings.set("threads", std::int64_t{1});
  settings.set("max_pixels", static_cast<std::int64_t>(2 * limits.max_pixels));
  std::vector<AVDictionary*> options(context.nb_streams, nullptr);
  for (AVDictionary*& each : options) each = settings.copy();
  const unsigned given = context.nb_streams;
  avformat_find_stream_info(&context, options.data());
  for (unsigned i = 0; i < given; ++i) av_dict_free(&options[i]);
}

std::optional<double> sane(double value, double most) {
  if (!std::isfinite(value) || value <= 0 || value > most) return std::nullopt;
  return value;
}

}  // namespace

int Demuxer::interrupt(void* budget) { return static_cast<const Budget*>(budget)->spent() ? 1 : 0; }

Result<Demuxer> Demuxer::open(Input& input, const Format& format, const VideoLimits& limits,
                              const Budget& budget) {
  const Container* container = container_of(format);
  if (container == nullptr) {
    return Error{Code::unsupported_format,
                 std::string(format.name) +
                     " videos are not decoded by this release; convert it to MP4, and count it as "
                     "not examined"};
  }
  const AVInputFormat* by = av_find_input_format(container->demuxer);
  if (by == nullptr) {
    return Error{Code::unsupported_format, "the FFmpeg of this system reads no " +
                                               std::string(format.name) +
                                               "; install one that does"};
  }
  Demuxer demuxer;
  AVFormatContext* context = allocated(avformat_alloc_context());
  context->pb = input.context();
  context->flags |= AVFMT_FLAG_CUSTOM_IO;
  context->io_open = &refuse_to_open;
  context->interrupt_callback = {&Demuxer::interrupt, const_cast<Budget*>(&budget)};
  Settings settings;
  settings.set("format_whitelist", by->name);
  settings.set("protocol_whitelist", "none");
  settings.set("max_streams", std::int64_t{limits.max_streams});
  settings.set("probesize", std::int64_t{5'000'000});
  settings.set("max_probe_packets", std::int64_t{256});
  settings.set("analyzeduration", std::int64_t{10'000'000});
  const int opened =
      avformat_open_input(&context, nullptr, by, settings.get());  // frees on failure
  if (opened < 0) {
    if (budget.spent()) return Error{Code::limit_cpu, "its header took too much work to read"};
    if (opened == AVERROR(ENOMEM)) throw std::bad_alloc();
    return Error{Code::corrupt, "it is damaged or cut short before its first frame (no header of " +
                                    std::string(format.name) +
                                    " that can be read); get a whole "
                                    "copy"};
  }
  demuxer.context_.reset(context);
  const auto has_video = [context] {
    return std::any_of(context->streams, context->streams + context->nb_streams,
                       [](const AVStream* s) { return is_video(*s); });
  };
  const bool described =
      has_video() &&
      std::all_of(context->streams, context->streams + context->nb_streams,
                  [](const AVStream* s) { return !is_video(*s) || s->codecpar->width > 0; });
  if (!container->complete || !described) look_into_streams(*context, limits);
  demuxer.can_seek_ = input.can_seek();
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    AVStream* stream = context->streams[i];
    const bool wanted = is_video(*stream);
    if (wanted) ++demuxer.tracks_;
    const bool first_default = (stream->disposition & AV_DISPOSITION_DEFAULT) != 0 &&
                               demuxer.stream_ != nullptr &&
                               (demuxer.stream_->disposition & AV_DISPOSITION_DEFAULT) == 0;
    if (wanted && (demuxer.stream_ == nullptr || first_default)) demuxer.stream_ = stream;
  }
  if (demuxer.stream_ == nullptr) {
    return Error{Code::unsupported_format,
                 "it has no video track, but only sound, text or a cover picture; count it as not "
                 "examined"};
  }
  if (is_encrypted(*demuxer.stream_))
    return Error{Code::unsupported_format, "it is encrypted; get a copy that is not"};
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    if (context->streams[i] != demuxer.stream_) context->streams[i]->discard = AVDISCARD_ALL;
  }
  return demuxer;
}

std::optional<double> Demuxer::seconds(std::int64_t time) const {
  if (time == AV_NOPTS_VALUE) return std::nullopt;
  const double value = static_cast<double>(time) * av_q2d(stream_->time_base);
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> Demuxer::claimed_duration() const {
  constexpr double kMost = 1e9;
  if (const auto own = seconds(stream_->duration)) {
    if (const auto value = sane(*own, kMost)) return value;
  }
  if (context_->duration == AV_NOPTS_VALUE) return std::nullopt;
  return sane(static_cast<double>(context_->duration) / AV_TIME_BASE, kMost);
}

std::optional<double> Demuxer::claimed_rate() const {
  constexpr double kMost = 1000;
  for (const AVRational rate : {stream_->avg_frame_rate, stream_->r_frame_rate}) {
    if (rate.den == 0) continue;
    if (const auto value = sane(av_q2d(rate), kMost)) return value;
  }
  return std::nullopt;
}

int Demuxer::read(AVPacket& packet) {
  for (;;) {
    const int got = av_read_frame(context_.get(), &packet);
    if (got < 0 || packet.stream_index == stream_->index) return got;
    av_packet_unref(&packet);
    if (interrupt(context_->interrupt_callback.opaque) != 0) return AVERROR_EXIT;
  }
}

bool Demuxer::skip_to_key(std::int64_t time) {
  if (!can_seek_ || avformat_index_get_entries_count(stream_) < 2) return false;
  const AVIndexEntry* key = avformat_index_get_entry_from_timestamp(stream_, time, 0);
  if (key == nullptr || key->timestamp < time) return false;
  // An index may leave key frames out (Matroska's cues do): those on the way are met by reading on.
  constexpr double kFar = 2;
  const auto ahead = seconds(key->timestamp - time);
  if (!ahead || *ahead > kFar) return false;
  // Ends at the key frame itself; where it fails, reading goes on where it stood.
  return av_seek_frame(context_.get(), stream_->index, key->timestamp, AVSEEK_FLAG_BACKWARD) >= 0;
}

}  // namespace reseau::detail
