/// What this module uses of FFmpeg, and who gives it back.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <memory>

namespace reseau::detail {

struct FreeLibav {
  void operator()(AVFormatContext* context) const noexcept { avformat_close_input(&context); }
  void operator()(AVCodecContext* context) const noexcept { avcodec_free_context(&context); }
  void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
  void operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }
  void operator()(SwsContext* context) const noexcept { sws_freeContext(context); }
  void operator()(AVIOContext* context) const noexcept {
    if (context != nullptr) av_freep(&context->buffer);
    avio_context_free(&context);
  }
};
template <typename T>
using Libav = std::unique_ptr<T, FreeLibav>;

/// For what FFmpeg gives as null when memory runs out. Throws std::bad_alloc.
template <typename T>
T* allocated(T* pointer) {
  if (pointer == nullptr) throw std::bad_alloc();
  return pointer;
}

}  // namespace reseau::detail
