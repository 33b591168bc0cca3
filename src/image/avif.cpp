// AVIF, still and animated, through libavif. Turned as the file says (irot, imir); EXIF's
// orientation is not to be applied again. A frame is all there or not at all.
#include <algorithm>
#include <array>

#include <avif/avif.h>

#include "image/common.h"

namespace reseau::detail {
namespace {

struct FreeDecoder {
  void operator()(avifDecoder* decoder) const { avifDecoderDestroy(decoder); }
};

// As EXIF would have it. First turned against the clock, then mirrored: ISO/IEC 23008-12.
int orientation_of(const avifImage& image) {
  const bool turns = (image.transformFlags & AVIF_TRANSFORM_IROT) != 0;
  const bool mirrors = (image.transformFlags & AVIF_TRANSFORM_IMIR) != 0;
  const std::size_t angle = turns ? image.irot.angle & 3U : 0;
  constexpr std::array<int, 4> kTurned = {1, 8, 3, 6};
  constexpr std::array<int, 4> kThenTopToBottom = {4, 5, 2, 7};
  constexpr std::array<int, 4> kThenLeftToRight = {2, 7, 4, 5};
  if (!mirrors) return kTurned.at(angle);
  return (image.imir.mode == 0 ? kThenTopToBottom : kThenLeftToRight).at(angle);
}

Error to_error(avifResult result) {
  switch (result) {
    case AVIF_RESULT_OUT_OF_MEMORY:
      return {Code::limit_memory, "memory ran out while it was decoded; examine it by itself"};
    case AVIF_RESULT_NO_CODEC_AVAILABLE:
    case AVIF_RESULT_NOT_IMPLEMENTED:
    case AVIF_RESULT_UNSUPPORTED_DEPTH:
      return {Code::unsupported_format, "this kind of AVIF is not decoded (" +
                                            std::string(avifResultToString(result)) +
                                            "); convert it to JPEG or PNG, and count it as not "
                                            "examined"};
    default:
      return damaged(avifResultToString(result));
  }
}

Result<Picture> picture_of(const avifImage& image, Scratch& rgba) {
  avifRGBImage rgb{};
  avifRGBImageSetDefaults(&rgb, &image);
  rgb.format = AVIF_RGB_FORMAT_RGBA;
  rgb.depth = 8;
  rgb.pixels = rgba.data();
  rgb.rowBytes = 4 * image.width;
  const avifResult converted = avifImageYUVToRGB(&image, &rgb);
  if (converted != AVIF_RESULT_OK) return to_error(converted);
  const bool gray = image.yuvFormat == AVIF_PIXEL_FORMAT_YUV400;
  Picture picture{Image(static_cast<int>(image.width), static_cast<int>(image.height),
                        gray ? PixelLayout::gray8 : PixelLayout::rgb8),
                  orientation_of(image)};
  return picture;
}

void paint(const Scratch& rgba, std::uint8_t ground, Image& image) {
  const std::size_t channels = bytes_per_pixel(image.layout());
  const std::uint8_t* from = rgba.data();
  for (int y = 0; y < image.height(); ++y) {
    std::uint8_t* to = image.row(y);
    for (int x = 0; x < image.width(); ++x, from += 4, to += channels)
      put_rgba(to, from, image.layout(), ground);
  }
}

}  // namespace

Shown show_avif(Bytes file, const Limits& limits, const PictureSink& sink) {
  const std::unique_ptr<avifDecoder, FreeDecoder> decoder(avifDecoderCreate());
  if (!decoder) throw std::bad_alloc();
  decoder->maxThreads = 1;
  decoder->imageCountLimit = kMaxFrames;
  decoder->ignoreExif = AVIF_TRUE;
  decoder->ignoreXMP = AVIF_TRUE;
  decoder->strictFlags = AVIF_STRICT_DISABLED;
  avifResult result = avifDecoderSetIOMemory(decoder.get(), file.data(), file.size());
  if (result == AVIF_RESULT_OK) result = avifDecoderParse(decoder.get());
  if (result != AVIF_RESULT_OK) return to_error(result);
  const int frames = std::clamp(decoder->imageCount, 1, kMaxFrames);
  for (int index = 1; index <= frames; ++index) {
    const avifImage& claimed = *decoder->image;
    if (auto error = check_size(claimed.width, claimed.height, file.size(), limits))
      return index == 1 ? Shown(*error) : Shown(error);
    result = avifDecoderNextImage(decoder.get());
    if (result != AVIF_RESULT_OK)
      return index == 1 ? Shown(to_error(result)) : Shown(frame_missing(index));
    const avifImage& image = *decoder->image;
    if (auto error = check_size(image.width, image.height, file.size(), limits))
      return index == 1 ? Shown(*error) : Shown(error);
    Scratch rgba(std::size_t{4} * image.width * image.height);
    for (const std::uint8_t ground : {kWhiteGround, kBlackGround}) {
      if (ground == kBlackGround && (index > 1 || decoder->alphaPresent == AVIF_FALSE)) continue;
      auto picture = picture_of(image, rgba);
      if (!picture) return index == 1 ? Shown(picture.error()) : Shown(frame_missing(index));
      paint(rgba, ground, picture->image);
      picture->frames = frames;
      if (index > 1) picture->part = {PicturePart::Kind::frame, index};
      if (ground == kBlackGround) picture->part.kind = PicturePart::Kind::over_black;
      if (!sink(*std::move(picture))) return std::optional<Error>();
    }
  }
  return std::optional<Error>();
}

}  // namespace reseau::detail
