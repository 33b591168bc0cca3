// GIF89a through giflib: its frames, each on what those before it left of the canvas. The
// background colour is ignored, as browsers do: what no frame covers, and what is transparent, is
// white.
#include <algorithm>
#include <array>
#include <cstring>

#include <gif_lib.h>

#include "image/canvas.h"
#include "image/common.h"

namespace reseau::detail {
namespace {

struct CloseGif {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};

int on_read(GifFileType* gif, GifByteType* to, int count) {
  auto* rest = static_cast<Bytes*>(gif->UserData);
  const std::size_t taken = std::min(static_cast<std::size_t>(count), rest->size());
  std::memcpy(to, rest->data(), taken);
  *rest = Bytes(rest->subspan(taken));
  return static_cast<int>(taken);
}

// Reads one extension; `control` is set if it is the one that says what is transparent. `code` is
// its kind, as far as it got.
bool read_extension(GifFileType* gif, GraphicsControlBlock* control, int& code) {
  GifByteType* block = nullptr;  // its length, then as many bytes
  if (DGifGetExtension(gif, &code, &block) != GIF_OK) return false;
  while (block != nullptr) {
    if (code == GRAPHICS_EXT_FUNC_CODE && control != nullptr)
      DGifExtensionToGCB(block[0], block + 1, control);
    if (DGifGetExtensionNext(gif, &block) != GIF_OK) return false;
  }
  return true;
}

// What comes after a frame: another; the end; nothing, as in files that lack their last byte; or
// the start of a frame that is cut short.
enum class Next : std::uint8_t { frame, end, nothing, cut };

// Goes to the next frame, and reads its header but none of its pixels.
Next next_frame(GifFileType* gif, GraphicsControlBlock* control) {
  bool begun = false;
  for (;;) {
    GifRecordType record = UNDEFINED_RECORD_TYPE;
    if (DGifGetRecordType(gif, &record) != GIF_OK) return begun ? Next::cut : Next::nothing;
    if (record == TERMINATE_RECORD_TYPE) return Next::end;
    if (record == IMAGE_DESC_RECORD_TYPE)
      return DGifGetImageHeader(gif) == GIF_OK ? Next::frame : Next::cut;
    if (record != EXTENSION_RECORD_TYPE) continue;
    int code = 0;
    if (!read_extension(gif, control, code)) return Next::cut;
    begun = begun || code == GRAPHICS_EXT_FUNC_CODE;
  }
}

// Whatever is left of a frame's pixels.
bool skip_pixels(GifFileType* gif) {
  GifByteType* block = nullptr;
  do {
    if (DGifGetCodeNext(gif, &block) != GIF_OK) return false;
  } while (block != nullptr);
  return true;
}

// Every index to red, green, blue and alpha; those that are transparent, or have no colour, to
// none.
using Palette = std::array<std::array<std::uint8_t, 4>, 256>;
Palette palette_of(const ColorMapObject& map, int transparent) {
  Palette palette{};
  for (int i = 0; i < std::min(map.ColorCount, 256); ++i) {
    if (i == transparent) continue;
    const GifColorType& color = map.Colors[i];
    palette.at(static_cast<std::size_t>(i)) = {color.Red, color.Green, color.Blue, 255};
  }
  return palette;
}

// The frame's row that comes `index`th in the file.
int row_at(int index, int height, bool interlaced) {
  if (!interlaced) return index;
  constexpr std::array<std::array<int, 2>, 4> kPasses = {{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
  for (const auto& [first, step] : kPasses) {
    const int rows = height > first ? (height - first + step - 1) / step : 0;
    if (index < rows) return first + index * step;
    index -= rows;
  }
  return height - 1;
}

// The frame's rows that are there, as RGBA.
int read_frame(GifFileType* gif, const Palette& palette, Scratch& rgba) {
  const GifImageDesc& frame = gif->Image;
  const auto width = static_cast<std::size_t>(frame.Width);
  Scratch line(width);
  for (int i = 0; i < frame.Height; ++i) {
    if (DGifGetLine(gif, line.data(), frame.Width) != GIF_OK) return i;
    const auto y = static_cast<std::size_t>(row_at(i, frame.Height, frame.Interlace));
    std::uint8_t* to = rgba.data() + 4 * y * width;
    for (std::size_t x = 0; x < width; ++x, to += 4)
      std::memcpy(to, palette[line.data()[x]].data(), 4);
  }
  return frame.Height;
}

// Of the first `rows` of an interlaced frame, how far those of the passes lie apart that are all
// there. 16: not even the first pass is.
int step_of(int height, int rows) {
  for (const int step : {1, 2, 4, 8}) {
    if (rows >= (height + step - 1) / step) return step;
  }
  return 16;
}

// giflib says only that a line failed; repeat the one above each that is missing. Interlaced frames
// lack rows from all over, yet no two that touch if 95 % are there.
void repair_rows(const GifImageDesc& frame, int rows, Scratch& rgba) {
  const std::size_t row_bytes = 4 * static_cast<std::size_t>(frame.Width);
  for (int i = rows; i < frame.Height; ++i) {
    const auto y = static_cast<std::size_t>(row_at(i, frame.Height, frame.Interlace));
    if (y == 0) continue;
    std::memcpy(rgba.data() + y * row_bytes, rgba.data() + (y - 1) * row_bytes, row_bytes);
  }
}

// Draws an animation's frames one by one on what is left of those before.
class Animation {
 public:
  Animation(GifFileType* gif, int width, int height) : gif_(gif), canvas_(width, height) {}

  // The frame of which the header has been read. Gives its completeness; 0: it is not drawn.
  double draw(const GraphicsControlBlock& control) {
    dispose();
    const GifImageDesc frame = gif_->Image;
    const ColorMapObject* map = frame.ColorMap != nullptr ? frame.ColorMap : gif_->SColorMap;
    if (map == nullptr) return 0;
    area_ = {frame.Left, frame.Top, frame.Width, frame.Height};
    dispose_ = control.DisposalMode == DISPOSE_BACKGROUND ? Dispose::clear
               : control.DisposalMode == DISPOSE_PREVIOUS ? Dispose::restore
                                                          : Dispose::keep;
    if (dispose_ == Dispose::restore) {
      if (!saved_) saved_.emplace(canvas_.width(), canvas_.height());
      saved_->copy_from(canvas_);
    }
    Scratch rgba(std::size_t{4} * static_cast<std::size_t>(frame.Width) *
                 static_cast<std::size_t>(frame.Height));
    rows_ = read_frame(gif_, palette_of(*map, control.TransparentColor), rgba);
    if (rows_ == 0) return 0;
    step_ = frame.Interlace ? step_of(frame.Height, rows_) : 1;
    if (enough_rows(static_cast<std::uint64_t>(rows_), static_cast<std::uint64_t>(frame.Height)))
      repair_rows(frame, rows_, rgba);
    canvas_.draw(area_, rgba.data(), frame.Height, true);
    return static_cast<double>(rows_) / frame.Height;
  }

  // The canvas as it is seen now; of a frame that is cut short, down to its last row that is there.
  [[nodiscard]] Picture picture(double completeness, std::uint8_t ground) const {
    Picture picture{canvas_.over(ground)};
    picture.completeness = completeness;
    const Rows seen = rows_seen(completeness);
    if (seen.step > 1) {
      thin_out(picture.image, 1, seen.first, seen.step);
    } else {
      picture.image.keep_rows(0, seen.end);
    }
    return picture;
  }

  // Whether its ground shows.
  [[nodiscard]] bool transparent(double completeness) const {
    const Rows seen = rows_seen(completeness);
    for (int y = seen.first; y < seen.end; y += seen.step) {
      if (any_transparent({canvas_.at(0, y), 4 * static_cast<std::size_t>(canvas_.width())}))
        return true;
    }
    return false;
  }

 private:
  struct Rows {
    int first;
    int end;
    int step;
  };
  [[nodiscard]] Rows rows_seen(double completeness) const {
    const int all = canvas_.height();
    if (completeness >= kWhole) return {0, all, 1};
    // All of it, but not all of its rows.
    if (step_ > 1 && step_ <= 8) return {area_.top % step_, all, step_};
    return {0, std::clamp(area_.top + (step_ == 1 ? rows_ : 1), 1, all), 1};
  }
  void dispose() {
    if (dispose_ == Dispose::clear) canvas_.clear(area_);
    if (dispose_ == Dispose::restore) canvas_.copy_from(*saved_);
    dispose_ = Dispose::keep;
  }

  GifFileType* gif_;
  Canvas canvas_;
  std::optional<Canvas> saved_;
  Area area_;
  Dispose dispose_ = Dispose::keep;
  int rows_ = 0;  // of the frame that are there
  int step_ = 1;  // of an interlaced one that is cut short, how far those lie apart
};

// However large a frame claims to be, no more of it is seen than the canvas; and it takes memory.
std::optional<Error> check_frame(const GifImageDesc& frame, int width, int height,
                                 std::size_t file_bytes, const Limits& limits) {
  const auto pixels = [](int w, int h) {
    return static_cast<std::uint64_t>(std::max(w, 0)) * static_cast<std::uint64_t>(std::max(h, 0));
  };
  constexpr std::uint64_t kAlways = 1U << 20;
  Limits tighter = limits;
  tighter.max_pixels = std::min(limits.max_pixels, std::max(kAlways, 4 * pixels(width, height)));
  return check_size(static_cast<std::uint64_t>(std::max(frame.Width, 0)),
                    static_cast<std::uint64_t>(std::max(frame.Height, 0)), file_bytes, tighter);
}

GraphicsControlBlock no_control() {
  GraphicsControlBlock control{};
  control.TransparentColor = NO_TRANSPARENT_COLOR;
  return control;
}

struct Count {
  int frames = 0;
  Next after = Next::frame;  // the last of them; a frame if they were not counted further
};

// Frames in the file, without decoding them.
Count count_frames(Bytes file) {
  int status = D_GIF_SUCCEEDED;
  const std::unique_ptr<GifFileType, CloseGif> gif(DGifOpen(&file, on_read, &status));
  Count count;
  while (gif && count.frames < kMaxFrames) {
    count.after = next_frame(gif.get(), nullptr);
    if (count.after != Next::frame) break;
    ++count.frames;
    if (!skip_pixels(gif.get())) break;
  }
  count.frames = std::max(count.frames, 1);
  return count;
}

}  // namespace

Shown show_gif(Bytes file, const Limits& limits, const PictureSink& sink) {
  Bytes rest = file;
  int status = D_GIF_SUCCEEDED;
  const std::unique_ptr<GifFileType, CloseGif> gif(DGifOpen(&rest, on_read, &status));
  if (!gif && status == D_GIF_ERR_NOT_ENOUGH_MEM) throw std::bad_alloc();
  if (!gif) return damaged("its header is cut short");
  GraphicsControlBlock control = no_control();
  if (next_frame(gif.get(), &control) != Next::frame)
    return damaged("no picture is there after its header");
  const GifImageDesc frame = gif->Image;
  if (frame.Width <= 0 || frame.Height <= 0) return *check_size(0, 0, file.size(), limits);
  // A first frame larger than the screen enlarges it, as browsers do: nothing shown is left out.
  const int width = std::max(gif->SWidth, frame.Left + frame.Width);
  const int height = std::max(gif->SHeight, frame.Top + frame.Height);
  if (auto error = check_size(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height),
                              file.size(), limits))
    return *error;
  if (frame.ColorMap == nullptr && gif->SColorMap == nullptr)
    return damaged("it has no table of colours");

  Animation animation(gif.get(), width, height);
  const auto [frames, after] = count_frames(file);
  for (int index = 1;; ++index) {
    const double completeness = animation.draw(control);
    if (completeness == 0) return index == 1 ? Shown(nothing_left()) : Shown(frame_missing(index));
    for (const std::uint8_t ground : grounds(animation.transparent(completeness))) {
      Picture picture = animation.picture(completeness, ground);
      picture.frames = frames;
      if (frames > 1) picture.shown_for = seconds_shown(control.DelayTime / 100.0);
      if (index > 1) picture.part = {PicturePart::Kind::frame, index};
      picture.part = shown_over(ground, picture.part);
      if (!sink(std::move(picture))) return std::optional<Error>();
    }
    const bool whole = completeness == 1 || (completeness >= kWhole && skip_pixels(gif.get()));
    if (index > 1 && completeness < kWhole) return frame_missing(index);
    if (!whole) return frames > 1 ? Shown(frame_missing(index + 1)) : std::optional<Error>();
    control = no_control();
    if (index >= frames) {
      if (after == Next::cut || (index > 1 && after != Next::end)) return frame_missing(index + 1);
      break;
    }
    if (next_frame(gif.get(), &control) != Next::frame) return frame_missing(index + 1);
    if (auto error = check_frame(gif->Image, width, height, file.size(), limits)) return error;
  }
  return std::optional<Error>();
}

}  // namespace reseau::detail
