// WebP (RFC 9649) through libwebp and its demuxer. Decoded incrementally, which is how libwebp says
// how many rows of a cut file are there.
#include <algorithm>

#include <webp/decode.h>
#include <webp/demux.h>

#include "image/canvas.h"
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

struct Frame {
  Area area;
  int rows = 0;  // that are there
  double completeness = 0;
};

std::optional<Error> check_frame(const WebPIterator& frame, int width, int height) {
  if (frame.width <= 0 || frame.height <= 0) return damaged("a frame has no size");
  if (frame.x_offset < 0 || frame.y_offset < 0 || frame.x_offset + frame.width > width ||
      frame.y_offset + frame.height > height)
    return damaged("a frame reaches beyond its canvas");
  return std::nullopt;
}

// The frame's pixels. Where a few rows are missing, the last one is repeated.
Frame read_frame(const WebPIterator& iterator, Scratch& rgba) {
  Frame frame;
  frame.area = {iterator.x_offset, iterator.y_offset, iterator.width, iterator.height};
  frame.rows = std::clamp(decode_frame(iterator, rgba), 0, iterator.height);
  frame.completeness = static_cast<double>(frame.rows) / iterator.height;
  if (frame.rows == 0) return frame;
  const std::size_t row_bytes = 4 * static_cast<std::size_t>(iterator.width);
  const std::uint8_t* last = rgba.data() + static_cast<std::size_t>(frame.rows - 1) * row_bytes;
  for (int y = frame.rows; y < iterator.height; ++y)
    std::copy_n(last, row_bytes, rgba.data() + static_cast<std::size_t>(y) * row_bytes);
  return frame;
}

std::size_t rgba_bytes(const WebPIterator& frame) {
  return std::size_t{4} * static_cast<std::size_t>(frame.width) *
         static_cast<std::size_t>(frame.height);
}

// A frame on a canvas where nothing is but the ground.
Picture alone(const Frame& frame, Scratch& rgba, int width, int height, std::uint8_t ground) {
  Picture picture{Image(width, height, PixelLayout::rgb8)};
  for (int y = 0; y < height; ++y)
    std::fill_n(picture.image.row(y), 3 * static_cast<std::size_t>(width), ground);
  for (int y = 0; y < frame.area.height; ++y) {
    const std::uint8_t* from =
        rgba.data() + static_cast<std::size_t>(y) * 4 * static_cast<std::size_t>(frame.area.width);
    std::uint8_t* to =
        picture.image.row(frame.area.top + y) + 3 * static_cast<std::size_t>(frame.area.left);
    for (int x = 0; x < frame.area.width; ++x, from += 4, to += 3)
      put_rgba(to, from, PixelLayout::rgb8, ground);
  }
  picture.completeness = frame.completeness;
  if (frame.completeness < kWhole) picture.image.keep_rows(0, frame.area.top + frame.rows);
  return picture;
}

// What a file's pictures have in common.
struct Facts {
  int width;
  int height;
  int orientation;
  int frames;
  bool animated;  // by what the file says, of however many frames are there
  bool ended;     // the file is as long as it says
};

Picture marked(Picture picture, const Facts& facts, PicturePart part = {}) {
  picture.orientation = facts.orientation;
  picture.frames = facts.frames;
  picture.part = part;
  return picture;
}

// The frames after the first, on what is left of those before. `iterator` is at the first.
std::optional<Error> show_animation(WebPIterator& iterator, const Facts& facts,
                                    const PictureSink& sink) {
  Canvas canvas(facts.width, facts.height);
  for (int index = 1;; ++index) {
    if (auto error = check_frame(iterator, facts.width, facts.height)) return error;
    Scratch rgba(rgba_bytes(iterator));
    const Frame frame = read_frame(iterator, rgba);
    if (frame.completeness < kWhole) return frame_missing(index);
    canvas.draw(frame.area, rgba.data(), frame.area.height,
                iterator.blend_method == WEBP_MUX_BLEND);
    if (index > 1) {  // the first has been shown
      for (const std::uint8_t ground : grounds(canvas.transparent())) {
        Picture picture{canvas.over(ground)};
        picture.shown_for = seconds_shown(iterator.duration / 1000.0);
        const PicturePart part = shown_over(ground, {PicturePart::Kind::frame, index});
        if (!sink(marked(std::move(picture), facts, part))) return std::nullopt;
      }
    }
    if (iterator.dispose_method == WEBP_MUX_DISPOSE_BACKGROUND) canvas.clear(frame.area);
    if (index >= facts.frames) return facts.ended ? std::nullopt : frame_missing(index + 1);
    if (WebPDemuxNextFrame(&iterator) == 0) return frame_missing(index + 1);
  }
}

}  // namespace

Shown show_webp(Bytes file, const Limits& limits, const PictureSink& sink) {
  const WebPData data = {file.data(), file.size()};
  WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
  const std::unique_ptr<WebPDemuxer, FreeDemuxer> demuxer(WebPDemuxPartial(&data, &state));
  if (!demuxer || state == WEBP_DEMUX_PARSING_HEADER) return damaged("its header makes no sense");
  const std::uint32_t width = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH);
  const std::uint32_t height = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT);
  if (auto error = check_size(width, height, file.size(), limits)) return *error;

  WebPIterator iterator{};
  const std::unique_ptr<WebPIterator, ReleaseFrame> release(&iterator);
  if (WebPDemuxGetFrame(demuxer.get(), 1, &iterator) == 0)
    return damaged("no picture is there after its header");
  const auto frames =
      std::clamp<std::uint32_t>(WebPDemuxGetI(demuxer.get(), WEBP_FF_FRAME_COUNT), 1, kMaxFrames);
  const Facts facts = {static_cast<int>(width),
                       static_cast<int>(height),
                       orientation_of(demuxer.get()),
                       static_cast<int>(frames),
                       (WebPDemuxGetI(demuxer.get(), WEBP_FF_FORMAT_FLAGS) & ANIMATION_FLAG) != 0,
                       state == WEBP_DEMUX_DONE};
  if (auto error = check_frame(iterator, facts.width, facts.height)) return *error;
  {
    Scratch rgba(rgba_bytes(iterator));
    const Frame frame = read_frame(iterator, rgba);
    if (frame.rows == 0) return nothing_left();
    const bool transparent = frame.area.width < facts.width || frame.area.height < facts.height ||
                             (iterator.has_alpha != 0 && any_transparent(rgba.bytes()));
    for (const std::uint8_t ground : grounds(transparent)) {
      Picture first = alone(frame, rgba, facts.width, facts.height, ground);
      if (facts.frames > 1) first.shown_for = seconds_shown(iterator.duration / 1000.0);
      if (!sink(marked(std::move(first), facts, shown_over(ground)))) return std::optional<Error>();
    }
    if (facts.frames > 1 && frame.completeness < kWhole) return frame_missing(2);
  }
  if (facts.frames == 1) {
    if (facts.animated && !facts.ended) return frame_missing(2);
    return std::optional<Error>();
  }
  return show_animation(iterator, facts, sink);
}

}  // namespace reseau::detail
