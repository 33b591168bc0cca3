#include "video/decoder.h"

#include <algorithm>
#include <array>
#include <string>

namespace reseau::detail {
namespace {

// What people's videos are made of. Each decoder more is more code that hostile bytes can reach.
constexpr std::array kDecoded = {
    AV_CODEC_ID_H264,      AV_CODEC_ID_HEVC,    AV_CODEC_ID_VP8,        AV_CODEC_ID_VP9,
    AV_CODEC_ID_AV1,       AV_CODEC_ID_MPEG4,   AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG1VIDEO,
    AV_CODEC_ID_H263,      AV_CODEC_ID_H263P,   AV_CODEC_ID_MSMPEG4V1,  AV_CODEC_ID_MSMPEG4V2,
    AV_CODEC_ID_MSMPEG4V3, AV_CODEC_ID_WMV1,    AV_CODEC_ID_WMV2,       AV_CODEC_ID_WMV3,
    AV_CODEC_ID_VC1,       AV_CODEC_ID_FLV1,    AV_CODEC_ID_VP6,        AV_CODEC_ID_VP6F,
    AV_CODEC_ID_THEORA,    AV_CODEC_ID_MJPEG,   AV_CODEC_ID_DVVIDEO,    AV_CODEC_ID_PRORES,
    AV_CODEC_ID_DNXHD,     AV_CODEC_ID_SVQ1,    AV_CODEC_ID_SVQ3,       AV_CODEC_ID_CINEPAK,
    AV_CODEC_ID_INDEO3,    AV_CODEC_ID_RV30,    AV_CODEC_ID_RV40,       AV_CODEC_ID_FFV1,
    AV_CODEC_ID_HUFFYUV,   AV_CODEC_ID_FFVHUFF, AV_CODEC_ID_UTVIDEO,    AV_CODEC_ID_QTRLE,
    AV_CODEC_ID_MSVIDEO1,  AV_CODEC_ID_MSRLE,   AV_CODEC_ID_RAWVIDEO,   AV_CODEC_ID_PNG};

Error not_decoded(const AVCodecParameters& parameters) {
  return {Code::unsupported_format,
          std::string("its frames are of the codec ") + avcodec_get_name(parameters.codec_id) +
              ", which is not decoded; convert it to H.264, and count it as not examined"};
}

}  // namespace

std::optional<Error> check_frame_size(int width, int height, const VideoLimits& limits) {
  const std::string claim =
      "its frames are " + std::to_string(width) + " x " + std::to_string(height) + " pixels";
  if (width > limits.max_side || height > limits.max_side) {
    return Error{Code::limit_dimension,
                 claim + ", and no side may be longer than " + std::to_string(limits.max_side)};
  }
  const auto pixels = static_cast<std::uint64_t>(std::max(width, 0)) *
                      static_cast<std::uint64_t>(std::max(height, 0));
  if (pixels > limits.max_pixels) {
    return Error{Code::limit_pixels,
                 claim + ", over the limit of " + std::to_string(limits.max_pixels) + " a frame"};
  }
  return std::nullopt;
}

Result<Decoder> Decoder::open(const AVStream& stream, VideoMode mode, const VideoLimits& limits) {
  const AVCodecParameters& parameters = *stream.codecpar;
  if (auto wrong = check_frame_size(parameters.width, parameters.height, limits)) return *wrong;
  const bool listed =
      std::find(kDecoded.begin(), kDecoded.end(), parameters.codec_id) != kDecoded.end();
  const AVCodec* codec = listed ? avcodec_find_decoder(parameters.codec_id) : nullptr;
  if (codec == nullptr) return not_decoded(parameters);
  Decoder decoder;
  decoder.context_.reset(allocated(avcodec_alloc_context3(codec)));
  AVCodecContext& context = *decoder.context_;
  if (avcodec_parameters_to_context(&context, &parameters) < 0) return not_decoded(parameters);
  context.pkt_timebase = stream.time_base;
  context.thread_count = 1;  // the caller's thread and no other
  // A little more, so that what is over the limit is refused by give_buffer(), which says so.
  context.max_pixels = static_cast<std::int64_t>(2 * limits.max_pixels);
  decoder.guard_ = std::make_unique<Guard>(Guard{limits, std::nullopt});
  context.opaque = decoder.guard_.get();
  context.get_buffer2 = &Decoder::give_buffer;
  if (mode == VideoMode::fast) {
    context.skip_frame = AVDISCARD_NONKEY;
    context.flags |= AV_CODEC_FLAG_LOW_DELAY;  // each key frame as soon as it is decoded
  }
  const int opened = avcodec_open2(&context, codec, nullptr);
  if (opened == AVERROR(ENOMEM)) throw std::bad_alloc();
  if (opened < 0) {
    return Error{Code::corrupt, std::string("its header does not fit its codec, ") + codec->name +
                                    "; get a whole copy"};
  }
  return decoder;
}

int Decoder::give_buffer(AVCodecContext* context, AVFrame* frame, int flags) {
  auto& guard = *static_cast<Guard*>(context->opaque);
  if (auto wrong = check_frame_size(frame->width, frame->height, guard.limits)) {
    guard.refused = std::move(wrong);
    return AVERROR(EINVAL);
  }
  return avcodec_default_get_buffer2(context, frame, flags);
}

int Decoder::send(const AVPacket* packet) { return avcodec_send_packet(context_.get(), packet); }

int Decoder::receive(AVFrame& frame) { return avcodec_receive_frame(context_.get(), &frame); }

}  // namespace reseau::detail
