#include "evaluate/encoder.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
}

#include <algorithm>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <string>

namespace reseau::evaluation {
namespace {

struct FreeLibav {
  void operator()(AVFormatContext* context) const noexcept { avformat_free_context(context); }
  void operator()(AVCodecContext* context) const noexcept { avcodec_free_context(&context); }
  void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
  void operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }
  void operator()(AVIOContext* context) const noexcept {
    if (context != nullptr) av_freep(&context->buffer);
    avio_context_free(&context);
  }
};
template <typename T>
using Libav = std::unique_ptr<T, FreeLibav>;

template <typename T>
Libav<T> owned(T* pointer) {
  if (pointer == nullptr) throw std::bad_alloc();
  return Libav<T>(pointer);
}

void require(int done, const char* what) {
  if (done == AVERROR(ENOMEM)) throw std::bad_alloc();
  if (done < 0)
    throw Failure({Code::internal, std::string("FFmpeg cannot ") + what + ", and gives no reason"});
}

/// A file in memory, as FFmpeg writes it: the header is gone back to when all is written.
struct MemoryFile {
  std::vector<std::uint8_t> bytes;
  std::size_t position = 0;

  static int write(void* self, std::uint8_t* from, int size) {
    auto& file = *static_cast<MemoryFile*>(self);
    const auto count = static_cast<std::size_t>(size);
    file.bytes.resize(std::max(file.bytes.size(), file.position + count));
    std::memcpy(file.bytes.data() + file.position, from, count);
    file.position += count;
    return size;
  }

  static std::int64_t seek(void* self, std::int64_t offset, int whence) {
    auto& file = *static_cast<MemoryFile*>(self);
    if (whence == AVSEEK_SIZE) return static_cast<std::int64_t>(file.bytes.size());
    if (whence != SEEK_SET || offset < 0) return AVERROR(EINVAL);
    file.position = static_cast<std::size_t>(offset);
    return offset;
  }
};

}  // namespace

class Encoder::Impl {
 public:
  explicit Impl(const Encoding& encoding) {
    av_log_set_level(AV_LOG_QUIET);
    open_codec(encoding);
    open_file();
    frame_ = owned(av_frame_alloc());
    frame_->format = codec_->pix_fmt;
    frame_->width = codec_->width;
    frame_->height = codec_->height;
    require(av_frame_get_buffer(frame_.get(), 0), "make a frame");
  }

  void add(const cv::Mat& picture) {
    require(av_frame_make_writable(frame_.get()), "make a frame");
    // BT.601 of limited range, one plane under the other.
    cv::cvtColor(picture, planes_, cv::COLOR_BGR2YUV_I420);
    const std::uint8_t* from = planes_.ptr();
    for (int plane = 0; plane < 3; ++plane) {
      const int width = plane == 0 ? frame_->width : frame_->width / 2;
      const int height = plane == 0 ? frame_->height : frame_->height / 2;
      for (int y = 0; y < height; ++y, from += width) {
        std::memcpy(frame_->data[plane] + static_cast<std::ptrdiff_t>(y) * frame_->linesize[plane],
                    from, static_cast<std::size_t>(width));
      }
    }
    frame_->pts = next_++;
    encode(frame_.get());
  }

  std::vector<std::uint8_t> finish() {
    encode(nullptr);
    require(av_write_trailer(format_.get()), "end the file");
    avio_flush(io_.get());
    return std::move(file_.bytes);
  }

 private:
  void open_codec(const Encoding& encoding) {
    const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
    if (codec == nullptr) {
      throw Failure({Code::unsupported_format,
                     "FFmpeg is built without libx264 here, and edited copies of videos cannot be "
                     "made; install Debian's libavcodec59"});
    }
    codec_ = owned(avcodec_alloc_context3(codec));
    codec_->width = encoding.size.width;
    codec_->height = encoding.size.height;
    codec_->pix_fmt = AV_PIX_FMT_YUV420P;
    codec_->colorspace = AVCOL_SPC_SMPTE170M;
    codec_->color_range = AVCOL_RANGE_MPEG;
    codec_->time_base = {1, encoding.rate};
    codec_->framerate = {encoding.rate, 1};
    codec_->thread_count = 1;
    codec_->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_GLOBAL_HEADER;
    AVDictionary* settings = nullptr;
    av_dict_set(&settings, "preset", "superfast", 0);
    av_dict_set_int(&settings, "crf", encoding.quality, 0);
    const int opened = avcodec_open2(codec_.get(), codec, &settings);
    av_dict_free(&settings);
    require(opened, "open its H.264 encoder");
  }

  void open_file() {
    constexpr int kBuffer = 1 << 16;
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(kBuffer));
    io_ = owned(avio_alloc_context(buffer, kBuffer, 1, &file_, nullptr, &MemoryFile::write,
                                   &MemoryFile::seek));
    AVFormatContext* format = nullptr;
    require(avformat_alloc_output_context2(&format, nullptr, "mp4", nullptr), "write MP4");
    format_.reset(format);
    format_->pb = io_.get();
    format_->flags |= AVFMT_FLAG_BITEXACT;
    stream_ = avformat_new_stream(format_.get(), nullptr);
    if (stream_ == nullptr) throw std::bad_alloc();
    require(avcodec_parameters_from_context(stream_->codecpar, codec_.get()), "describe H.264");
    stream_->time_base = codec_->time_base;
    stream_->avg_frame_rate = codec_->framerate;
    require(avformat_write_header(format_.get(), nullptr), "begin the file");
  }

  void encode(const AVFrame* frame) {
    require(avcodec_send_frame(codec_.get(), frame), "encode a frame");
    const auto packet = owned(av_packet_alloc());
    for (;;) {
      const int received = avcodec_receive_packet(codec_.get(), packet.get());
      if (received == AVERROR(EAGAIN) || received == AVERROR_EOF) return;
      require(received, "encode a frame");
      packet->duration = 1;
      av_packet_rescale_ts(packet.get(), codec_->time_base, stream_->time_base);
      packet->stream_index = stream_->index;
      require(av_interleaved_write_frame(format_.get(), packet.get()), "write a frame");
    }
  }

  MemoryFile file_;
  Libav<AVIOContext> io_;
  Libav<AVFormatContext> format_;
  Libav<AVCodecContext> codec_;
  Libav<AVFrame> frame_;
  AVStream* stream_ = nullptr;
  cv::Mat planes_;
  std::int64_t next_ = 0;
};

Encoder::Encoder(const Encoding& encoding) : impl_(std::make_unique<Impl>(encoding)) {}
Encoder::~Encoder() = default;
void Encoder::add(const cv::Mat& picture) { impl_->add(picture); }
std::vector<std::uint8_t> Encoder::finish() { return impl_->finish(); }

}  // namespace reseau::evaluation
