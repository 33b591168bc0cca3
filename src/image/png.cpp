// PNG through libspng, row by row. Samples of 16 bits keep their high byte, as libpng's strip_16
// does; gamma and profiles are ignored.
#include <algorithm>
#include <array>

#include <spng.h>

#include "image/canvas.h"
#include "image/common.h"
#include "image/png_chunks.h"

namespace reseau::detail {
namespace {

struct FreeContext {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};
using Context = std::unique_ptr<spng_ctx, FreeContext>;

int on_read(spng_ctx* /*context*/, void* user, void* to, std::size_t count) {
  auto* stream = static_cast<PngPixelStream*>(user);
  return stream->read(static_cast<std::uint8_t*>(to), count) ? SPNG_OK : SPNG_IO_EOF;
}

// Which pixels of a row one of Adam7's passes brings. A picture that is not interlaced is all in
// one pass.
struct Pass {
  std::size_t first;
  std::size_t step;
};
constexpr std::array<Pass, 7> kAdam7 = {{{0, 8}, {4, 8}, {0, 4}, {2, 4}, {0, 2}, {1, 2}, {0, 1}}};

// What is there of a picture: whole rows from the top; or, of an interlaced one, every so many
// columns and rows of all of it.
struct There {
  std::uint32_t rows = 0;
  int step_x = 1;
  int step_y = 1;
};

// How far the pixels lie apart once each of Adam7's passes is over.
struct Steps {
  int x;
  int y;
};
constexpr std::array<Steps, 7> kLattice = {
    {{8, 8}, {4, 8}, {4, 4}, {2, 4}, {2, 2}, {1, 2}, {1, 1}}};

// Counts them as they come.
class Progress {
 public:
  Progress(std::uint32_t height, bool interlaced) : height_(height), interlaced_(interlaced) {}

  void got(const spng_row_info& row) {
    rows_ = row.row_num + 1;
    pass_ = row.pass;
  }
  [[nodiscard]] There there(bool finished) const {
    if (finished) return {height_, 1, 1};
    if (!interlaced_) return {rows_, 1, 1};
    // The pass before the one that it was in is over, since passes come one after another.
    if (pass_ == 0) return {};
    const Steps steps = kLattice.at(static_cast<std::size_t>(pass_) - 1);
    return {height_, steps.x, steps.y};
  }

 private:
  std::uint32_t height_;
  bool interlaced_;
  int pass_ = 0;
  std::uint32_t rows_ = 0;
};

// All of it, or less with `status` saying why. `put(x, y, rgba)` takes pixels.
template <typename Put>
There read_rows(spng_ctx* context, const spng_ihdr& header, int& status, const Put& put) {
  const bool interlaced = header.interlace_method != SPNG_INTERLACE_NONE;
  Scratch rgba(std::size_t{4} * header.width);
  Progress progress(header.height, interlaced);
  spng_row_info row{};
  for (;;) {
    status = spng_get_row_info(context, &row);
    if (status != SPNG_OK) break;
    status = spng_decode_row(context, rgba.data(), rgba.size());
    if (status != SPNG_OK && status != SPNG_EOI) break;
    const Pass pass = interlaced ? kAdam7.at(static_cast<std::size_t>(row.pass)) : Pass{0, 1};
    for (std::size_t x = pass.first; x < header.width; x += pass.step)
      put(x, static_cast<int>(row.row_num), rgba.data() + 4 * x);
    progress.got(row);
    if (status == SPNG_EOI) break;
  }
  return progress.there(status == SPNG_EOI);
}

Error to_error(int status) {
  switch (status) {
    case SPNG_EMEM:
      return {Code::limit_memory, "memory ran out while it was decoded; examine it by itself"};
    case SPNG_EWIDTH:
    case SPNG_EHEIGHT:
      return {Code::corrupt,
              "it is damaged: its header claims a size that no PNG can have; get a "
              "whole copy"};
    default:
      return damaged(spng_strerror(status));
  }
}

// A file that libspng has begun to read.
struct Opened {
  PngPixelStream stream;
  Context context;
  spng_ihdr header{};

  explicit Opened(Bytes file) : stream(file), context(spng_ctx_new(0)) {
    if (!context) throw std::bad_alloc();
  }

  std::optional<Error> open(std::size_t file_bytes, const Limits& limits) {
    spng_set_crc_action(context.get(), SPNG_CRC_USE, SPNG_CRC_USE);  // the stream has checked them
    spng_set_chunk_limits(context.get(), 1 << 16, 1 << 20);
    int status = spng_set_png_stream(context.get(), on_read, &stream);
    if (status == SPNG_OK) status = spng_get_ihdr(context.get(), &header);
    if (status != SPNG_OK) return to_error(status);
    if (auto error = check_size(header.width, header.height, file_bytes, limits)) return error;
    status = spng_decode_image(context.get(), nullptr, 0, SPNG_FMT_RGBA8,
                               SPNG_DECODE_TRNS | SPNG_DECODE_PROGRESSIVE);
    if (status != SPNG_OK) return to_error(status);
    return std::nullopt;
  }

  [[nodiscard]] PixelLayout layout() const {
    const bool gray = header.color_type == SPNG_COLOR_TYPE_GRAYSCALE ||
                      header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA;
    return gray ? PixelLayout::gray8 : PixelLayout::rgb8;
  }
};

// The still picture over a plain ground. `transparent`: whether that shows anywhere.
Result<Picture> read_still(Bytes file, const Limits& limits, std::uint8_t ground,
                           bool& transparent) {
  Opened png(file);
  if (auto error = png.open(file.size(), limits)) return *error;
  const PixelLayout layout = png.layout();
  const std::size_t channels = bytes_per_pixel(layout);
  Image image(static_cast<int>(png.header.width), static_cast<int>(png.header.height), layout);
  unsigned least_alpha = 255;
  int status = SPNG_OK;
  const There there = read_rows(png.context.get(), png.header, status,
                                [&](std::size_t x, int y, const std::uint8_t* rgba) {
                                  least_alpha = std::min<unsigned>(least_alpha, rgba[3]);
                                  put_rgba(image.row(y) + x * channels, rgba, layout, ground);
                                });
  transparent = least_alpha < 255;
  if (status == SPNG_EMEM) return to_error(status);
  const auto completeness = finish_rows(image, there.rows);
  if (!completeness) return completeness.error();
  Picture picture{std::move(image)};
  picture.completeness = *completeness;
  if (there.step_y > 1) {
    thin_out(picture.image, there.step_x, 0, there.step_y);
    picture.completeness = 1.0 / (there.step_x * there.step_y);
  }
  return picture;
}

// A frame of an animation on its canvas. False if it is not all there.
bool draw_frame(const ApngFrame& frame, Bytes still, std::size_t file_bytes, const Limits& limits,
                Canvas& canvas) {
  Opened png(frame.file.empty() ? still : Bytes(frame.file));
  if (png.open(file_bytes, limits)) return false;
  Scratch rgba(std::size_t{4} * png.header.width * png.header.height);
  int status = SPNG_OK;
  const There there = read_rows(
      png.context.get(), png.header, status, [&](std::size_t x, int y, const std::uint8_t* pixel) {
        std::copy_n(pixel, 4,
                    rgba.data() + 4 * (static_cast<std::size_t>(y) * png.header.width + x));
      });
  if (there.rows < png.header.height || there.step_y > 1) return false;
  const Area area = {frame.left, frame.top, static_cast<int>(png.header.width),
                     static_cast<int>(png.header.height)};
  canvas.draw(area, rgba.data(), area.height, frame.blend);
  return true;
}

// The frames of an animation but the one that is the still picture, each as it is shown.
std::optional<Error> show_animation(Bytes file, const Limits& limits, int width, int height,
                                    const PngFacts& facts, const PictureSink& sink) {
  Canvas canvas(width, height);
  Canvas before(width, height);
  ApngFrames frames(file);
  ApngFrame frame;
  // A still picture outside the animation has been shown as the first.
  int index = facts.still_in_animation ? 1 : 2;
  for (; index <= facts.frames; ++index) {
    if (!frames.next(frame)) return frame_missing(index);
    const Area area = {frame.left, frame.top, frame.width, frame.height};
    const Area seen = canvas.clipped(area);
    if (seen.width != area.width || seen.height != area.height || area.width < 1)
      return frame_missing(index);
    if (frame.dispose == Dispose::restore) before.copy_from(canvas);
    if (!draw_frame(frame, file, file.size(), limits, canvas)) return frame_missing(index);
    if (index > 1) {  // the first has been shown
      for (const std::uint8_t ground : grounds(canvas.transparent())) {
        Picture picture{canvas.over(ground)};
        picture.orientation = facts.orientation;
        picture.frames = facts.frames;
        picture.part = shown_over(ground, {PicturePart::Kind::frame, index});
        picture.shown_for = seconds_shown(frame.shown_for);
        if (!sink(std::move(picture))) return std::nullopt;
      }
    }
    if (frame.dispose == Dispose::clear) canvas.clear(area);
    if (frame.dispose == Dispose::restore) canvas.copy_from(before);
  }
  return std::nullopt;
}

}  // namespace

Shown show_png(Bytes file, const Limits& limits, const PictureSink& sink) {
  // From the bytes themselves: libspng calls a side of zero an error like any other.
  const std::uint64_t width = load_big(file, 16, 4);
  const std::uint64_t height = load_big(file, 20, 4);
  if (file.size() >= 24) {
    if (auto error = check_size(width, height, file.size(), limits)) return *error;
  }
  const PngFacts facts = png_facts(file);
  const auto marked = [&facts](Picture picture, std::uint8_t ground) {
    picture.orientation = facts.orientation;
    picture.frames = facts.frames;
    picture.part = shown_over(ground);
    if (facts.frames > 1 && facts.still_in_animation)
      picture.shown_for = seconds_shown(facts.still_shown_for);
    return picture;
  };
  bool transparent = false;
  auto white = read_still(file, limits, kWhiteGround, transparent);
  if (!white) return white.error();
  if (!sink(marked(*std::move(white), kWhiteGround))) return std::optional<Error>();
  if (transparent) {
    auto black = read_still(file, limits, kBlackGround, transparent);
    if (black && !sink(marked(*std::move(black), kBlackGround))) return std::optional<Error>();
  }
  if (facts.frames == 1) return std::optional<Error>();
  return show_animation(file, limits, static_cast<int>(width), static_cast<int>(height), facts,
                        sink);
}

}  // namespace reseau::detail
