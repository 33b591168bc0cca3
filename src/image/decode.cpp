#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include <reseau/image.h>

#include "image/common.h"
#include "image/orient.h"

namespace reseau {
namespace {

using detail::Picture;
using detail::PictureSink;
using detail::Shown;

struct Decoder {
  std::string_view format;
  Shown (*show)(Bytes, const Limits&, const PictureSink&);
};

constexpr std::array kDecoders = {
    Decoder{"JPEG", detail::show_jpeg},     Decoder{"PNG", detail::show_png},
    Decoder{"WebP", detail::show_webp},     Decoder{"GIF", detail::show_gif},
    Decoder{"TIFF", detail::show_tiff},     Decoder{"BMP", detail::show_bmp},
#ifdef RESEAU_HEIF
    Decoder{"HEIC", detail::show_heif},     Decoder{"HEIF", detail::show_heif},
#endif
#ifdef RESEAU_AVIF
    Decoder{"AVIF", detail::show_avif},
#endif
#ifdef RESEAU_JXL
    Decoder{"JPEG XL", detail::show_jxl},
#endif
#ifdef RESEAU_JP2
    Decoder{"JPEG 2000", detail::show_jp2},
#endif
    Decoder{"ICO", detail::show_ico},       Decoder{"CUR", detail::show_ico}};

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

Shown show(const Format& format, Bytes file, const Limits& limits, const PictureSink& sink) {
  for (const Decoder& decoder : kDecoders) {
    if (decoder.format == format.name) return decoder.show(file, limits, sink);
  }
  return not_decoded(format);
}

Error out_of_memory() {
  return {Code::limit_memory, "memory ran out while it was decoded; examine it by itself"};
}

// What can be said without looking into the file.
std::optional<Error> check_bytes(Bytes file, const Limits& limits) {
  if (file.empty()) return Error{Code::empty, "it holds no bytes"};
  if (file.size() <= limits.max_bytes) return std::nullopt;
  return Error{Code::limit_bytes, "it is " + std::to_string(file.size()) +
                                      " bytes, over the limit of " +
                                      std::to_string(limits.max_bytes) +
                                      "; raise it with --max-bytes if the file is trusted"};
}

Decoded turned(Picture picture, const Format& format) {
  const bool reduced = picture.full_width > 0;
  int width = reduced ? picture.full_width : picture.image.width();
  int height = reduced ? picture.full_height : picture.image.height();
  if (picture.orientation >= 5 && picture.orientation <= 8) std::swap(width, height);
  return Decoded{detail::upright(std::move(picture.image), picture.orientation),
                 format,
                 picture.part,
                 picture.frames,
                 picture.completeness,
                 width,
                 height,
                 picture.shown_for};
}

// Shows a file's pictures to a visitor, and keeps count of them and of their pixels.
class Walk {
 public:
  Walk(const Limits& limits, const PictureVisitor& visit)
      : limits_(limits), visit_(visit), pixels_left_(kMostPictures * limits.max_pixels) {}

  // False if it is over: the visitor has had enough, or the limits have.
  bool take(Picture&& picture, const Format& format) {
    const auto pixels = static_cast<std::uint64_t>(picture.image.width()) *
                        static_cast<std::uint64_t>(picture.image.height());
    walked_.frames = std::max(walked_.frames, picture.frames);
    if (!picture.part.over_black) {  // what is over black was there before
      const bool enough = shown_ >= std::clamp(limits_.max_frames, 1, kMaxFrames);
      if (enough || pixels > pixels_left_) {
        walked_.stopped =
            Error{Code::limit_frames,
                  "it has " + std::to_string(walked_.frames) +
                      " frames or pages, and only the first " + std::to_string(shown_) +
                      " pictures of it were looked at, as the limits say; raise " +
                      (enough ? "--max-frames" : "--max-pixels") + " if the file is trusted"};
        return false;
      }
      pixels_left_ -= pixels;
      ++shown_;
    }
    ++walked_.pictures;
    over_ = !visit_(turned(std::move(picture), format));
    return !over_;
  }
  [[nodiscard]] bool over() const { return over_ || walked_.stopped; }

  void note_video(std::size_t offset) { walked_.videos.push_back(offset); }

  Result<Walked> end(std::optional<Error> missing) {
    if (!walked_.stopped && !over_) walked_.stopped = std::move(missing);
    return walked_;
  }

 private:
  static constexpr std::uint64_t kMostPictures = 16;  // of the largest size

  int shown_ = 0;  // pictures, over whatever grounds

  const Limits& limits_;
  const PictureVisitor& visit_;
  std::uint64_t pixels_left_;
  Walked walked_;
  bool over_ = false;
};

// Files within the file: thumbnails, and what was put behind its end. Of what begins as a file does
// and is none, nothing is said; but what is there of one, and could not be looked at, is missing.
std::optional<Error> show_embedded(Bytes file, const Limits& limits, Walk& walk) {
  const auto [files, more] = find_embedded(file);
  std::optional<Error> missing;
  const auto miss = [&missing](std::size_t offset, const std::string& why) {
    const PicturePart part{.offset = offset};
    if (!missing) missing = Error{Code::limit_frames, "the picture " + describe(part) + ": " + why};
  };
  for (const auto& [offset, end, format] : files) {
    if (format.media == Media::video) {
      walk.note_video(offset);
      continue;
    }
    const auto sink = [&, offset = offset, format = format](Picture&& picture) {
      picture.part.offset = offset;
      if (picture.completeness < kWhole)
        miss(offset, "it is cut short or damaged; get a whole copy");
      return walk.take(std::move(picture), format);
    };
    const Shown shown = show(format, Bytes(file.subspan(offset, end - offset)), limits, sink);
    if (walk.over()) return missing;
    if (shown && *shown) miss(offset, (*shown)->message);
    if (!shown && shown.error().code != Code::corrupt && shown.error().code != Code::empty)
      miss(offset, shown.error().message);
  }
  if (more && !missing) {
    missing = Error{Code::limit_frames,
                    "files seem to begin at more than " + std::to_string(kMostEmbedded) +
                        " places in it, and only the first of them were looked at; extract the "
                        "others and examine them by themselves"};
  }
  return missing;
}

class InProcess final : public PictureDecoder {
 public:
  Result<Walked> each(Bytes file, const Limits& limits, const PictureVisitor& visit) override {
    return decode_each(file, limits, visit);
  }
  [[nodiscard]] std::string isolation() const override { return "none"; }
};

}  // namespace

std::string_view name(Media media) {
  constexpr std::array<std::string_view, 3> kNames = {"none", "image", "video"};
  return kNames.at(static_cast<std::size_t>(media));
}

std::string describe(const PicturePart& part) {
  std::string text;
  const auto say = [&text](const std::string& more) {
    if (!text.empty()) text += ", ";
    text += more;
  };
  if (part.offset > 0) say("embedded at byte " + std::to_string(part.offset));
  switch (part.kind) {
    case PicturePart::Kind::first:
      break;
    case PicturePart::Kind::frame:
      say("frame " + std::to_string(part.index));
      break;
    case PicturePart::Kind::page:
      say("page " + std::to_string(part.index));
      break;
    case PicturePart::Kind::animation:
      say("animation");
      break;
  }
  if (part.over_black) say("over black");
  return text;
}

PictureDecoder::~PictureDecoder() = default;

PictureDecoder& decoder_in_process() {
  static InProcess decoder;
  return decoder;
}

Result<Walked> decode_each(Bytes file, const Limits& limits, const PictureVisitor& visit) {
  if (auto error = check_bytes(file, limits)) return *error;
  const Format format = sniff(file);
  Walk walk(limits, visit);
  try {
    const auto sink = [&](Picture&& picture) { return walk.take(std::move(picture), format); };
    Shown shown = show(format, file, limits, sink);
    if (!shown) return shown.error();
    std::optional<Error> missing = *std::move(shown);
    if (!walk.over()) {
      std::optional<Error> within = show_embedded(file, limits, walk);
      if (!missing) missing = std::move(within);
    }
    return walk.end(std::move(missing));
  } catch (const std::bad_alloc&) {
    Result<Walked> walked = walk.end(out_of_memory());
    if (walked->pictures == 0) return out_of_memory();
    return walked;
  }
}

Result<Decoded> decode(Bytes file, const Limits& limits) {
  if (auto error = check_bytes(file, limits)) return *error;
  const Format format = sniff(file);
  std::optional<Picture> first;
  const auto sink = [&first](Picture&& picture) {
    first.emplace(std::move(picture));
    return false;
  };
  try {
    const Shown shown = show(format, file, limits, sink);
    if (!shown) return shown.error();
    if (!first) return Error{Code::internal, "a decoder showed nothing and did not say why"};
    return turned(*std::move(first), format);
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

}  // namespace reseau
