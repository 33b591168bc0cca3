// WebP (RFC 9649) through libwebp and its demuxer. Decoded incrementally, which is how libwebp says
// how many rows of a cut file are there.
#include <algorithm>

#include <webp/decode.h>
#include <webp/demux.h>

#include "image/common.h"
#include "image/exif.h"

namespace reseau::detail {
namespace {

struct FreeDemuxer {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};
struct FreeDecoder {
  void operator()(WebPIDecoder* decoder) const { WebPIDelete(decoder); }
};
struct ReleaseFrame {
  void operator()(WebPIterator* frame) const { WebPDemuxReleaseIterator(frame); }
};

int orientation_of(const WebPDemuxer* demuxer) {
  WebPChunkIterator chunk{};
  int orientation = 1;
  if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk) != 0)
    orientation = exif_orientation(Bytes(chunk.chunk.bytes, chunk.chunk.size));
  WebPDemuxReleaseChunkIterator(&chunk);
  return orientation;
}

// The frame's rows that are there, as RGBA.
int decode_frame(const WebPIterator& frame, Scratch& rgba) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return 0;
  config.output.colorspace = MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = rgba.data();
  config.output.u.RGBA.stride = 4 * frame.width;
  config.output.u.RGBA.size = rgba.size();
  const std::unique_ptr<WebPIDecoder, FreeDecoder> decoder(WebPIDecode(nullptr, 0, &config));
  if (!decoder) throw std::bad_alloc();
  const VP8StatusCode status =
      WebPIUpdate(decoder.get(), frame.fragment.bytes, frame.fragment.size);
  if (status == VP8_STATUS_OUT_OF_MEMORY) throw std::bad_alloc();
  int rows = 0;
  int width = 0;
  int height = 0;
  if (WebPIDecGetRGB(decoder.get(), &rows, &width, &height, nullptr) == nullptr) return 0;
  return width == frame.width && height == frame.height ? rows : 0;
}

// The first frame on its canvas. What it does not cover is white, as what is transparent.
Result<Picture> draw_frame(const WebPIterator& frame, int width, int height) {
  if (frame.width <= 0 || frame.height <= 0) return damaged("a frame has no size");
  if (frame.x_offset < 0 || frame.y_offset < 0 || frame.x_offset + frame.width > width ||
      frame.y_offset + frame.height > height)
    return damaged("a frame reaches beyond its canvas");
  Scratch rgba(std::size_t{4} * static_cast<std::size_t>(frame.width) *
               static_cast<std::size_t>(frame.height));
  const int rows = decode_frame(frame, rgba);
  const auto there = static_cast<std::uint64_t>(std::max(rows, 0));
  const auto all = static_cast<std::uint64_t>(frame.height);
  if (there == 0) return nothing_left();
  Image image(width, height, PixelLayout::rgb8);
  for (int y = 0; y < height; ++y)
    std::fill_n(image.row(y), 3 * static_cast<std::size_t>(width), std::uint8_t{255});
  for (int y = 0; y < frame.height; ++y) {
    const std::uint8_t* from = rgba.data() + static_cast<std::size_t>(std::min(y, rows - 1)) * 4 *
                                                 static_cast<std::size_t>(frame.width);
    std::uint8_t* to = image.row(frame.y_offset + y) + 3 * static_cast<std::size_t>(frame.x_offset);
    for (int x = 0; x < frame.width; ++x, from += 4, to += 3) put_rgba(to, from, PixelLayout::rgb8);
  }
  if (!enough_rows(there, all)) image.keep_rows(0, frame.y_offset + rows);
  return Picture{std::move(image), 1, 1, static_cast<double>(there) / static_cast<double>(all)};
}

}  // namespace

Result<Picture> decode_webp(Bytes file, const Limits& limits) {
  const WebPData data = {file.data(), file.size()};
  WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
  const std::unique_ptr<WebPDemuxer, FreeDemuxer> demuxer(WebPDemuxPartial(&data, &state));
  if (!demuxer || state == WEBP_DEMUX_PARSING_HEADER) return damaged("its header makes no sense");
  const std::uint32_t width = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH);
  const std::uint32_t height = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT);
  if (auto error = check_size(width, height, file.size(), limits)) return *error;

  WebPIterator frame{};
  const std::unique_ptr<WebPIterator, ReleaseFrame> release(&frame);
  if (WebPDemuxGetFrame(demuxer.get(), 1, &frame) == 0)
    return damaged("no picture is there after its header");
  auto picture = draw_frame(frame, static_cast<int>(width), static_cast<int>(height));
  if (!picture) return picture;
  const auto frames = static_cast<int>(std::min<std::uint32_t>(
      WebPDemuxGetI(demuxer.get(), WEBP_FF_FRAME_COUNT), kMaxFramesCounted));
  picture->orientation = orientation_of(demuxer.get());
  picture->frames = std::max(frames, 1);
  return picture;
}

}  // namespace reseau::detail
