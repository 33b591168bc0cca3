#include <gif_lib.h>

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
    GifByteType extension[4];
    EGifGCBToExtension(&control, extension);
    EGifPutExtension(out, GRAPHICS_EXT_FUNC_CODE, 4, extension);
    EGifPutImageDesc(out, options.left, options.top, gray.width, gray.height, options.interlaced,
                     nullptr);
    const int starts[] = {0, 4, 2, 1};
    const int steps[] = {8, 8, 4, 2};
    for (int pass = 0; pass < (options.interlaced ? 4 : 1); ++pass) {
      const int step = options.interlaced ? steps[pass] : 1;
      for (int y = options.interlaced ? starts[pass] : 0; y < gray.height; y += step) {
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
