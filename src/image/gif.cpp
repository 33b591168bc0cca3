// GIF89a through giflib: the first frame on its canvas. The background colour is ignored, as
// browsers do: what no frame covers, and what is transparent, is white.
#include <algorithm>
#include <array>
#include <cstring>

#include <gif_lib.h>

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

// Reads one extension; `control` is set if it is the one that says what is transparent.
bool read_extension(GifFileType* gif, GraphicsControlBlock* control) {
  int code = 0;
  GifByteType* block = nullptr;  // its length, then as many bytes
  if (DGifGetExtension(gif, &code, &block) != GIF_OK) return false;
  while (block != nullptr) {
    if (code == GRAPHICS_EXT_FUNC_CODE && control != nullptr)
      DGifExtensionToGCB(block[0], block + 1, control);
    if (DGifGetExtensionNext(gif, &block) != GIF_OK) return false;
  }
  return true;
}

// Goes to the next frame, and reads its header but none of its pixels.
bool next_frame(GifFileType* gif, GraphicsControlBlock* control) {
  for (;;) {
    GifRecordType record = UNDEFINED_RECORD_TYPE;
    if (DGifGetRecordType(gif, &record) != GIF_OK) return false;
    if (record == IMAGE_DESC_RECORD_TYPE) return DGifGetImageHeader(gif) == GIF_OK;
    if (record == TERMINATE_RECORD_TYPE) return false;
    if (record == EXTENSION_RECORD_TYPE && !read_extension(gif, control)) return false;
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

// Frames after the first, without decoding them.
int count_more_frames(GifFileType* gif) {
  int frames = 0;
  while (frames < kMaxFramesCounted && next_frame(gif, nullptr)) {
    ++frames;
    if (!skip_pixels(gif)) break;
  }
  return frames;
}

// Every index to its colour; those that are transparent, or have no colour, to white.
using Palette = std::array<std::array<std::uint8_t, 3>, 256>;
Palette palette_of(const ColorMapObject& map, int transparent) {
  Palette palette;
  for (int i = 0; i < 256; ++i) {
    auto& color = palette.at(static_cast<std::size_t>(i));
    color = {255, 255, 255};
    if (i == transparent || i >= map.ColorCount) continue;
    color = {map.Colors[i].Red, map.Colors[i].Green, map.Colors[i].Blue};
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

// The frame's rows that are there, drawn where they belong.
int draw_frame(GifFileType* gif, const Palette& palette, Image& image) {
  const GifImageDesc& frame = gif->Image;
  Scratch line(static_cast<std::size_t>(frame.Width));
  for (int i = 0; i < frame.Height; ++i) {
    if (DGifGetLine(gif, line.data(), frame.Width) != GIF_OK) return i;
    std::uint8_t* to = image.row(frame.Top + row_at(i, frame.Height, frame.Interlace)) +
                       3 * static_cast<std::size_t>(frame.Left);
    for (std::size_t x = 0; x < line.size(); ++x, to += 3)
      std::memcpy(to, palette[line.data()[x]].data(), 3);
  }
  return frame.Height;
}

// Of the first `rows` in the file, those that are in one piece from the top. At least one is.
int leading_rows(const GifImageDesc& frame, int rows) {
  if (!frame.Interlace) return rows;
  std::vector<bool> there(static_cast<std::size_t>(frame.Height));
  for (int i = 0; i < rows; ++i)
    there[static_cast<std::size_t>(row_at(i, frame.Height, true))] = true;
  return static_cast<int>(std::find(there.begin(), there.end(), false) - there.begin());
}

// giflib says only that a line failed; rows that are missing are white otherwise, so repeat the one
// above each. Interlaced frames lack rows from all over, yet no two that touch if 95 % are there.
void repair_rows(const GifImageDesc& frame, int rows, Image& image) {
  const std::size_t left = 3 * static_cast<std::size_t>(frame.Left);
  for (int i = rows; i < frame.Height; ++i) {
    const int y = row_at(i, frame.Height, frame.Interlace);
    if (y == 0) continue;
    std::memcpy(image.row(frame.Top + y) + left, image.row(frame.Top + y - 1) + left,
                3 * static_cast<std::size_t>(frame.Width));
  }
}

}  // namespace

Result<Picture> decode_gif(Bytes file, const Limits& limits) {
  Bytes rest = file;
  int status = D_GIF_SUCCEEDED;
  const std::unique_ptr<GifFileType, CloseGif> gif(DGifOpen(&rest, on_read, &status));
  if (!gif && status == D_GIF_ERR_NOT_ENOUGH_MEM) throw std::bad_alloc();
  if (!gif) return damaged("its header is cut short");
  GraphicsControlBlock control{};
  control.TransparentColor = NO_TRANSPARENT_COLOR;
  if (!next_frame(gif.get(), &control)) return damaged("no picture is there after its header");
  const GifImageDesc frame = gif->Image;
  if (frame.Width <= 0 || frame.Height <= 0) return *check_size(0, 0, file.size(), limits);
  // A first frame larger than the screen enlarges it, as browsers do: nothing shown is left out.
  const int width = std::max(gif->SWidth, frame.Left + frame.Width);
  const int height = std::max(gif->SHeight, frame.Top + frame.Height);
  if (auto error = check_size(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height),
                              file.size(), limits))
    return *error;
  const ColorMapObject* map = frame.ColorMap != nullptr ? frame.ColorMap : gif->SColorMap;
  if (map == nullptr) return damaged("it has no table of colours");

  Image image(width, height, PixelLayout::rgb8);
  for (int y = 0; y < height; ++y)
    std::fill_n(image.row(y), 3 * static_cast<std::size_t>(width), std::uint8_t{255});
  const int rows = draw_frame(gif.get(), palette_of(*map, control.TransparentColor), image);
  if (rows < frame.Height) {
    if (rows == 0) return nothing_left();
    const double completeness = static_cast<double>(rows) / frame.Height;
    if (!enough_rows(static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(frame.Height))) {
      image.keep_rows(0, frame.Top + leading_rows(frame, rows));
      return Picture{std::move(image), 1, 1, completeness};
    }
    repair_rows(frame, rows, image);
    if (!skip_pixels(gif.get())) return Picture{std::move(image), 1, 1, completeness};
  }
  return Picture{std::move(image), 1, 1 + count_more_frames(gif.get())};
}

}  // namespace reseau::detail
