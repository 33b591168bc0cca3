#include <array>
#include <new>

#include <reseau/image.h>

#include "image/common.h"
#include "image/orient.h"

namespace reseau {
namespace {

using detail::Picture;

struct Decoder {
  std::string_view format;
  Result<Picture> (*decode)(Bytes, const Limits&);
};

constexpr std::array<Decoder, 6> kDecoders = {{{"JPEG", detail::decode_jpeg},
                                               {"PNG", detail::decode_png},
                                               {"WebP", detail::decode_webp},
                                               {"GIF", detail::decode_gif},
                                               {"TIFF", detail::decode_tiff},
                                               {"BMP", detail::decode_bmp}}};

Error not_decoded(const Format& format) {
  if (format.media == Media::none)
    return {Code::unsupported_format, "it is not an image or video by its content"};
  if (format.name == "playlist") {
    return {Code::policy_protocol,
            "it is a playlist, and the files or addresses that it names are never opened; examine "
            "them by themselves"};
  }
  const bool video = format.media == Media::video;
  return {Code::unsupported_format,
          std::string(format.name) + (video ? " videos" : " pictures") +
              " are not decoded by this release; " +
              (video ? "extract its frames as JPEG or PNG" : "convert it to JPEG or PNG") +
              ", and count it as not examined"};
}

Result<Picture> decode_as(const Format& format, Bytes file, const Limits& limits) {
  for (const Decoder& decoder : kDecoders) {
    if (decoder.format == format.name) return decoder.decode(file, limits);
  }
  return not_decoded(format);
}

}  // namespace

std::string_view name(Media media) {
  constexpr std::array<std::string_view, 3> kNames = {"none", "image", "video"};
  return kNames.at(static_cast<std::size_t>(media));
}

Result<Decoded> decode(Bytes file, const Limits& limits) {
  if (file.empty()) return Error{Code::empty, "it holds no bytes"};
  if (file.size() > limits.max_bytes) {
    return Error{Code::limit_bytes, "it is " + std::to_string(file.size()) +
                                        " bytes, over the limit of " +
                                        std::to_string(limits.max_bytes) +
                                        "; raise it with --max-bytes if the file is trusted"};
  }
  const Format format = sniff(file);
  try {
    Result<Picture> decoded = decode_as(format, file, limits);
    if (!decoded) return decoded.error();
    Picture picture = std::move(decoded).value();
    return Decoded{detail::upright(std::move(picture.image), picture.orientation), format,
                   picture.frames, picture.completeness};
  } catch (const std::bad_alloc&) {
    return Error{Code::limit_memory, "memory ran out while it was decoded; examine it by itself"};
  }
}

}  // namespace reseau
