// JPEG XL (ISO/IEC 18181), still and animated, through libjxl, in one thread. It turns pictures
// upright and lays frames over each other itself. A frame is all there or not at all.
#include <algorithm>

#include <jxl/decode.h>

#include "image/common.h"

namespace reseau::detail {
namespace {

struct FreeDecoder {
  void operator()(JxlDecoder* decoder) const { JxlDecoderDestroy(decoder); }
};

// Grey, grey and alpha, RGB or RGBA, as libjxl gives them.
Picture painted(const Scratch& pixels, const JxlBasicInfo& info, std::uint8_t ground) {
  const bool gray = info.num_color_channels == 1;
  const bool alpha = info.alpha_bits > 0;
  const std::size_t channels = (gray ? 1 : 3) + (alpha ? 1 : 0);
  Picture picture{Image(static_cast<int>(info.xsize), static_cast<int>(info.ysize),
                        gray ? PixelLayout::gray8 : PixelLayout::rgb8)};
  const std::size_t colors = gray ? 1 : 3;
  const std::uint8_t* from = pixels.data();
  for (int y = 0; y < picture.image.height(); ++y) {
    std::uint8_t* to = picture.image.row(y);
    for (std::uint32_t x = 0; x < info.xsize; ++x, from += channels, to += colors) {
      for (std::size_t c = 0; c < colors; ++c)
        to[c] = alpha ? over_ground(from[c], from[colors], ground) : from[c];
    }
  }
  return picture;
}

}  // namespace

Shown show_jxl(Bytes file, const Limits& limits, const PictureSink& sink) {
  const std::unique_ptr<JxlDecoder, FreeDecoder> decoder(JxlDecoderCreate(nullptr));
  if (!decoder) throw std::bad_alloc();
  JxlDecoderSubscribeEvents(decoder.get(), JXL_DEC_BASIC_INFO | JXL_DEC_FULL_IMAGE);
  JxlDecoderSetInput(decoder.get(), file.data(), file.size());
  JxlDecoderCloseInput(decoder.get());
  JxlBasicInfo info{};
  std::unique_ptr<Scratch> pixels;
  int index = 0;
  for (;;) {
    const JxlDecoderStatus status = JxlDecoderProcessInput(decoder.get());
    if (status == JXL_DEC_BASIC_INFO) {
      if (JxlDecoderGetBasicInfo(decoder.get(), &info) != JXL_DEC_SUCCESS)
        return damaged("its header makes no sense");
      // As it is shown, or as it is stored: either may be turned.
      if (auto error = check_size(info.xsize, info.ysize, file.size(), limits)) return *error;
    } else if (status == JXL_DEC_NEED_IMAGE_OUT_BUFFER) {
      const bool gray = info.num_color_channels == 1;
      const JxlPixelFormat format = {
          static_cast<std::uint32_t>((gray ? 1 : 3) + (info.alpha_bits > 0 ? 1 : 0)),
          JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
      std::size_t size = 0;
      if (JxlDecoderImageOutBufferSize(decoder.get(), &format, &size) != JXL_DEC_SUCCESS ||
          size != std::size_t{format.num_channels} * info.xsize * info.ysize)
        return damaged("its header makes no sense");
      if (!pixels) pixels = std::make_unique<Scratch>(size);
      JxlDecoderSetImageOutBuffer(decoder.get(), &format, pixels->data(), size);
    } else if (status == JXL_DEC_FULL_IMAGE) {
      ++index;
      // How many will come is not known before they do.
      const std::size_t channels = info.num_color_channels == 1 ? 2 : 4;
      const bool transparent = info.alpha_bits > 0 && any_transparent(pixels->bytes(), channels);
      for (const std::uint8_t ground : grounds(transparent)) {
        Picture picture = painted(*pixels, info, ground);
        picture.frames = info.have_animation != 0 ? std::max(index, 2) : 1;
        if (index > 1) picture.part = {PicturePart::Kind::frame, index};
        picture.part = shown_over(ground, picture.part);
        if (!sink(std::move(picture))) return std::optional<Error>();
      }
    } else if (status == JXL_DEC_SUCCESS) {
      if (index == 0) return nothing_left();
      return std::optional<Error>();
    } else {
      if (index == 0) return damaged("it is cut short, or not as JPEG XL should be");
      return frame_missing(index + 1);
    }
    if (index >= kMaxFrames) return frame_missing(index + 1);
  }
}

}  // namespace reseau::detail
