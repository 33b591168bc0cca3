// AVIF, still and animated, through libavif. Turned as the file says (irot, imir); EXIF's
// orientation is not to be applied again. A frame is all there or not at all.
#include <algorithm>
#include <array>

#include <avif/avif.h>

#include "image/boxes.h"
#include "image/common.h"
#include "image/heif.h"

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

// To pixels of red, green, blue and alpha. Gives what is wrong.
std::optional<Error> convert(const avifImage& image, Scratch& rgba) {
  avifRGBImage rgb{};
  avifRGBImageSetDefaults(&rgb, &image);
  rgb.format = AVIF_RGB_FORMAT_RGBA;
  rgb.depth = 8;
  rgb.pixels = rgba.data();
  rgb.rowBytes = 4 * image.width;
  const avifResult converted = avifImageYUVToRGB(&image, &rgb);
  if (converted != AVIF_RESULT_OK) return to_error(converted);
  return std::nullopt;
}

Picture painted(const avifImage& image, const Scratch& rgba, std::uint8_t ground) {
  const bool gray = image.yuvFormat == AVIF_PIXEL_FORMAT_YUV400;
  const PixelLayout layout = gray ? PixelLayout::gray8 : PixelLayout::rgb8;
  Picture picture{Image(static_cast<int>(image.width), static_cast<int>(image.height), layout),
                  orientation_of(image)};
  const std::size_t channels = bytes_per_pixel(layout);
  const std::uint8_t* from = rgba.data();
  for (int y = 0; y < picture.image.height(); ++y) {
    std::uint8_t* to = picture.image.row(y);
    for (std::uint32_t x = 0; x < image.width; ++x, from += 4, to += channels)
      put_rgba(to, from, layout, ground);
  }
  return picture;
}

using Decoder = std::unique_ptr<avifDecoder, FreeDecoder>;

Result<Decoder> open(Bytes file, avifDecoderSource source) {
  Decoder decoder(avifDecoderCreate());
  if (!decoder) throw std::bad_alloc();
  decoder->maxThreads = 1;
  decoder->imageCountLimit = kMaxFrames;
  decoder->ignoreExif = AVIF_TRUE;
  decoder->ignoreXMP = AVIF_TRUE;
  decoder->strictFlags = AVIF_STRICT_DISABLED;
  decoder->requestedSource = source;
  avifResult result = avifDecoderSetIOMemory(decoder.get(), file.data(), file.size());
  if (result == AVIF_RESULT_OK) result = avifDecoderParse(decoder.get());
  if (result != AVIF_RESULT_OK) return to_error(result);
  return decoder;
}

// A file may have a still picture, an animation, or both.
struct Sources {
  avifDecoderSource first;
  std::optional<avifDecoderSource> second;
};

// The first is what browsers show.
Sources sources_of(Bytes file) {
  if (!has_box(file, "moov")) return {AVIF_DECODER_SOURCE_PRIMARY_ITEM, std::nullopt};
  if (!has_box(file, "meta")) return {AVIF_DECODER_SOURCE_TRACKS, std::nullopt};
  if (has(file, 8, "avif")) return {AVIF_DECODER_SOURCE_PRIMARY_ITEM, AVIF_DECODER_SOURCE_TRACKS};
  return {AVIF_DECODER_SOURCE_TRACKS, AVIF_DECODER_SOURCE_PRIMARY_ITEM};
}

int count_of(const Decoder& decoder) {
  return decoder ? std::clamp(decoder->imageCount, 1, kMaxFrames) : 0;
}

// The pictures of one source, after `before` of others. Gives what is wrong with the first that
// cannot be decoded.
std::optional<Error> show_source(const Decoder& decoder, int before, int frames,
                                 std::size_t file_bytes, const Limits& limits,
                                 const PictureSink& sink) {
  const int count = count_of(decoder);
  for (int index = before + 1; index <= std::min(before + count, kMaxFrames); ++index) {
    const avifImage& image = *decoder->image;
    if (auto error = check_size(image.width, image.height, file_bytes, limits)) return error;
    const avifResult result = avifDecoderNextImage(decoder.get());
    if (result != AVIF_RESULT_OK) return index == 1 ? to_error(result) : frame_missing(index);
    // What was decoded counts, and not what was claimed before.
    if (auto error = check_size(image.width, image.height, file_bytes, limits)) return error;
    Scratch rgba(std::size_t{4} * image.width * image.height);
    if (const auto error = convert(image, rgba)) return index == 1 ? error : frame_missing(index);
    const bool transparent = decoder->alphaPresent != AVIF_FALSE && any_transparent(rgba.bytes());
    for (const std::uint8_t ground : grounds(transparent)) {
      Picture picture = painted(image, rgba, ground);
      picture.frames = frames;
      using Kind = PicturePart::Kind;
      if (index > 1) picture.part = {count > 1 ? Kind::frame : Kind::page, index};
      picture.part = shown_over(ground, picture.part);
      if (!sink(std::move(picture))) return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

Shown show_avif(Bytes file, const Limits& limits, const PictureSink& sink) {
  const Sources sources = sources_of(file);
  const Result<Decoder> first = open(file, sources.first);
  if (!first) return first.error();
  Result<Decoder> second = Decoder();
  if (sources.second) second = open(file, *sources.second);
  const HeifPictures others(file, limits);  // which libavif knows nothing of

  const int before_second = count_of(*first);
  const int before_others = before_second + (second ? count_of(*second) : 1);
  const int frames = std::min(before_others + others.count(), kMaxFrames);
  bool any = false;
  bool wanted = true;
  const PictureSink watched = [&](Picture&& picture) {
    any = true;
    wanted = sink(std::move(picture));
    return wanted;
  };
  std::optional<Error> missing = show_source(*first, 0, frames, file.size(), limits, watched);
  if (!any) return missing.value_or(nothing_left());
  if (wanted && sources.second) {
    std::optional<Error> error =
        second ? show_source(*second, before_second, frames, file.size(), limits, watched)
               : frame_missing(before_others);
    if (!missing) missing = std::move(error);
  }
  if (!wanted || !others.show(before_others + 1, frames, limits, sink, missing))
    return std::optional<Error>();
  return missing;
}

}  // namespace reseau::detail
