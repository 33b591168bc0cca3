#include "video/make_video.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "support/temp_dir.h"
#include "video/libav.h"

namespace reseau::test {
namespace {

using detail::Libav;

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

Libav<AVFrame> frame_of(const Picture& picture, AVPixelFormat format) {
  Libav<AVFrame> frame(av_frame_alloc());
  frame->format = format;
  frame->width = picture.width;
  frame->height = picture.height;
  require(av_frame_get_buffer(frame.get(), 0) >= 0, "no frame");
  for (int y = 0; y < picture.height; ++y) {
    std::uint8_t* row = frame->data[0] + static_cast<std::ptrdiff_t>(y) * frame->linesize[0];
    // Luma of video goes from 16 to 235.
    for (int x = 0; x < picture.width; ++x)
      row[x] = static_cast<std::uint8_t>(16 + picture.at(x, y) * 219 / 255);
  }
  for (int plane = 1; plane < 3; ++plane) {
    for (int y = 0; y < (picture.height + 1) / 2; ++y) {
      std::uint8_t* row =
          frame->data[plane] + static_cast<std::ptrdiff_t>(y) * frame->linesize[plane];
      std::fill_n(row, (picture.width + 1) / 2, std::uint8_t{128});
    }
  }
  return frame;
}

class Maker {
 public:
  Maker(int width, int height, const Making& making) {
    AVFormatContext* format = nullptr;
    require(
        avformat_alloc_output_context2(&format, nullptr, making.container.c_str(), nullptr) >= 0,
        "no such container");
    format_ = format;
    require(avio_open(&format_->pb, path_.c_str(), AVIO_FLAG_READ_WRITE) >= 0, "no file");
    const AVCodec* codec = avcodec_find_encoder_by_name(making.codec.c_str());
    require(codec != nullptr, "no such encoder");
    codec_.reset(avcodec_alloc_context3(codec));
    codec_->width = width;
    codec_->height = height;
    codec_->pix_fmt = AV_PIX_FMT_YUV420P;
    // MPEG-2 knows few rates, and AVI but one.
    const int rate = making.codec == "mpeg2video" ? 25 : 12;
    const bool fixed = rate != 12 || making.container == "avi";
    codec_->time_base = {1, fixed ? rate : 1000};
    codec_->framerate = {rate, 1};
    codec_->gop_size = making.key_every;
    codec_->max_b_frames = making.between;
    codec_->thread_count = 1;
    codec_->bit_rate = 2'000'000;
    codec_->flags |= AV_CODEC_FLAG_BITEXACT;
    if ((format_->oformat->flags & AVFMT_GLOBALHEADER) != 0)
      codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    require(avcodec_open2(codec_.get(), codec, nullptr) >= 0, "the encoder does not open");
    stream_ = avformat_new_stream(format_, nullptr);
    avcodec_parameters_from_context(stream_->codecpar, codec_.get());
    stream_->time_base = codec_->time_base;
    stream_->avg_frame_rate = codec_->framerate;
    if (making.turn != 0) {
      auto* matrix = reinterpret_cast<std::int32_t*>(
          av_stream_new_side_data(stream_, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(std::int32_t)));
      av_display_rotation_set(matrix, making.turn);
    }
    format_->flags |= AVFMT_FLAG_BITEXACT;
    AVDictionary* settings = nullptr;
    if (making.front_header) av_dict_set(&settings, "movflags", "frag_keyframe+empty_moov", 0);
    const int begun = avformat_write_header(format_, &settings);
    av_dict_free(&settings);
    require(begun >= 0, "no header");
  }
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;
  ~Maker() {
    avio_closep(&format_->pb);
    avformat_free_context(format_);
  }

  void write(const Shown& shown) {
    const auto frame = frame_of(shown.picture, codec_->pix_fmt);
    frame->pts = std::lround(shown.time * codec_->time_base.den);
    encode(frame.get());
  }

  std::vector<std::uint8_t> finish() {
    encode(nullptr);
    av_write_trailer(format_);
    require(avio_closep(&format_->pb) >= 0, "not written");
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

 private:
  void encode(const AVFrame* frame) {
    require(avcodec_send_frame(codec_.get(), frame) >= 0, "a frame is not taken");
    const Libav<AVPacket> packet(av_packet_alloc());
    while (avcodec_receive_packet(codec_.get(), packet.get()) >= 0) {
      av_packet_rescale_ts(packet.get(), codec_->time_base, stream_->time_base);
      packet->stream_index = stream_->index;
      require(av_interleaved_write_frame(format_, packet.get()) >= 0, "a packet is not taken");
    }
  }

  const TempDir folder_;
  const std::string path_ = folder_ / "video";
  AVFormatContext* format_ = nullptr;
  Libav<AVCodecContext> codec_;
  AVStream* stream_ = nullptr;
};

}  // namespace

std::vector<std::uint8_t> make_video(const std::vector<Shown>& frames, const Making& making) {
  av_log_set_level(AV_LOG_QUIET);
  Maker maker(frames.at(0).picture.width, frames.at(0).picture.height, making);
  for (const Shown& shown : frames) maker.write(shown);
  return maker.finish();
}

std::vector<Shown> shot(std::uint32_t seed, double seconds, double rate, int width, int height) {
  const Picture ground = discs(2 * width, 2 * height, seed);
  std::vector<Shown> frames;
  const auto count = static_cast<int>(std::lround(seconds * rate));
  for (int i = 0; i < count; ++i) {
    const double time = i / rate;
    // There and back, at about a tenth of a side a second, on a path that closes late.
    const auto swing = [](double x) { return std::abs(std::remainder(x, 2.0)); };
    const double across = swing(0.11 * time + seed % 7 / 7.0);
    const double down = swing(0.17 * time + seed % 5 / 5.0);
    frames.push_back({cropped(ground, static_cast<int>(across * width),
                              static_cast<int>(down * height), width, height),
                      time});
  }
  return frames;
}

std::vector<Shown> joined(std::vector<Shown> a, const std::vector<Shown>& b, double rate) {
  const double from = a.empty() ? 0 : a.back().time + 1 / rate;
  for (const Shown& shown : b) a.push_back({shown.picture, from + shown.time});
  return a;
}

}  // namespace reseau::test
