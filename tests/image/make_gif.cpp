#include <gif_lib.h>

#include <array>

#include "image/make.h"

namespace make {

std::vector<std::uint8_t> gif_color(int level) {
  return {static_cast<std::uint8_t>(level), static_cast<std::uint8_t>(255 - level / 2),
          static_cast<std::uint8_t>(level / 3)};
}

File gif(const Pixels& gray, const GifOptions& options) {
  File file;
  int error = 0;
  GifFileType* out = EGifOpen(
      &file,
      [](GifFileType* to, const GifByteType* bytes, int count) {
        auto& target = *static_cast<File*>(to->UserData);
        target.insert(target.end(), bytes, bytes + count);
        return count;
      },
      &error);
  EGifSetGifVersion(out, true);
  std::vector<GifColorType> colors(256);
  for (int i = 0; i < 256; ++i) {
    const auto color = gif_color(i);
    colors[static_cast<std::size_t>(i)] = {color[0], color[1], color[2]};
  }
  ColorMapObject* map = GifMakeMapObject(256, colors.data());
  const bool offset = options.left > 0 || options.top > 0;
  EGifPutScreenDesc(out, gray.width + options.left + (offset ? 3 : 0),
                    gray.height + options.top + (offset ? 3 : 0), 8, 0, map);
  for (int frame = 0; frame < options.frames; ++frame) {
    const GraphicsControlBlock control = {DISPOSE_DO_NOT, false, 10, options.transparent};
    std::array<GifByteType, 4> extension{};
    EGifGCBToExtension(&control, extension.data());
    EGifPutExtension(out, GRAPHICS_EXT_FUNC_CODE, 4, extension.data());
    EGifPutImageDesc(out, options.left, options.top, gray.width, gray.height, options.interlaced,
                     nullptr);
    using Passes = std::vector<std::array<int, 2>>;  // first row, step
    const Passes passes =
        options.interlaced ? Passes{{0, 8}, {4, 8}, {2, 4}, {1, 2}} : Passes{{0, 1}};
    for (const auto& [first, step] : passes) {
      for (int y = first; y < gray.height; y += step) {
        std::vector<GifPixelType> line(gray.at(0, y), gray.at(0, y) + gray.width);
        EGifPutLine(out, line.data(), gray.width);
      }
    }
  }
  EGifCloseFile(out, &error);
  GifFreeMapObject(map);
  return file;
}

}  // namespace make
