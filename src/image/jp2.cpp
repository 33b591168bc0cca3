// JPEG 2000 (ISO/IEC 15444), bare codestreams and JP2 files, through OpenJPEG, strictly: a picture
// is all there or not at all.
#include <algorithm>
#include <cstring>

#include <openjpeg.h>

#include "image/common.h"

namespace reseau::detail {
namespace {

struct Source {
  Bytes file;
  std::size_t at = 0;
};

OPJ_SIZE_T on_read(void* to, OPJ_SIZE_T count, void* user) {
  auto& source = *static_cast<Source*>(user);
  const std::size_t taken = std::min(count, source.file.size() - source.at);
  if (taken == 0) return static_cast<OPJ_SIZE_T>(-1);
  std::memcpy(to, source.file.data() + source.at, taken);
  source.at += taken;
  return taken;
}

OPJ_OFF_T on_skip(OPJ_OFF_T count, void* user) {
  auto& source = *static_cast<Source*>(user);
  if (count < 0) return -1;
  const std::size_t taken =
      std::min(static_cast<std::size_t>(count), source.file.size() - source.at);
  source.at += taken;
  return static_cast<OPJ_OFF_T>(taken);
}

OPJ_BOOL on_seek(OPJ_OFF_T to, void* user) {
  auto& source = *static_cast<Source*>(user);
  if (to < 0 || static_cast<std::size_t>(to) > source.file.size()) return OPJ_FALSE;
  source.at = static_cast<std::size_t>(to);
  return OPJ_TRUE;
}

void on_message(const char* /*text*/, void* /*user*/) {}

struct FreeStream {
  void operator()(opj_stream_t* stream) const { opj_stream_destroy(stream); }
};
struct FreeCodec {
  void operator()(opj_codec_t* codec) const { opj_destroy_codec(codec); }
};
struct FreeImage {
  void operator()(opj_image_t* image) const { opj_image_destroy(image); }
};

Error not_decoded(const std::string& what) {
  return {Code::unsupported_format, "this kind of JPEG 2000 is not decoded (" + what +
                                        "); convert it to JPEG or PNG, and count it as not "
                                        "examined"};
}

// A sample stretched to 0 to 255, from a component that may have fewer of them.
class Channel {
 public:
  Channel(const opj_image_comp_t& component, std::uint32_t width, std::uint32_t height)
      : component_(component),
        bias_(component.sgnd != 0 ? std::int64_t{1} << (component.prec - 1) : 0),
        most_((std::int64_t{1} << component.prec) - 1),
        step_x_(std::max(1U, (width + component.w - 1) / component.w)),
        step_y_(std::max(1U, (height + component.h - 1) / component.h)) {}

  [[nodiscard]] std::uint8_t at(std::uint32_t x, std::uint32_t y) const {
    const std::size_t column = std::min(x / step_x_, component_.w - 1);
    const std::size_t row = std::min(y / step_y_, component_.h - 1);
    const std::int64_t value =
        std::clamp<std::int64_t>(component_.data[row * component_.w + column] + bias_, 0, most_);
    return static_cast<std::uint8_t>((value * 255 + most_ / 2) / most_);
  }

 private:
  const opj_image_comp_t& component_;
  std::int64_t bias_;
  std::int64_t most_;
  std::uint32_t step_x_;
  std::uint32_t step_y_;
};

std::uint8_t rounded(double value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
}

void ycc_to_rgb(std::uint8_t* pixel) {  // ITU-R BT.601
  const double y = pixel[0];
  const double cb = pixel[1] - 128.0;
  const double cr = pixel[2] - 128.0;
  pixel[0] = rounded(y + 1.402 * cr);
  pixel[1] = rounded(y - 0.344136 * cb - 0.714136 * cr);
  pixel[2] = rounded(y + 1.772 * cb);
}

// The inks of a picture for printing, as JPEG's are turned.
void cmyk_to_rgb(std::uint8_t* pixel, unsigned black) {
  for (int c = 0; c < 3; ++c) pixel[c] = over_ground(255U - pixel[c], 255U - black, kBlackGround);
}

// `transparent`: whether the ground shows anywhere.
Picture painted(const opj_image_t& decoded, std::uint32_t width, std::uint32_t height,
                std::uint8_t ground, bool& transparent) {
  const bool gray = decoded.numcomps < 3;
  const std::uint32_t colors = gray ? 1 : 3;
  const bool fourth = decoded.numcomps > colors;  // or second
  const bool inks = decoded.color_space == OPJ_CLRSPC_CMYK && !gray;
  std::vector<Channel> channels;
  for (std::uint32_t c = 0; c < colors + (fourth ? 1U : 0U); ++c)
    channels.emplace_back(decoded.comps[c], width, height);
  const bool ycc =
      !gray &&
      (decoded.color_space == OPJ_CLRSPC_SYCC ||
       (decoded.comps[0].dx != decoded.comps[1].dx && decoded.color_space != OPJ_CLRSPC_SRGB));
  Picture picture{Image(static_cast<int>(width), static_cast<int>(height),
                        gray ? PixelLayout::gray8 : PixelLayout::rgb8)};
  for (std::uint32_t y = 0; y < height; ++y) {
    std::uint8_t* to = picture.image.row(static_cast<int>(y));
    for (std::uint32_t x = 0; x < width; ++x, to += colors) {
      for (std::uint32_t c = 0; c < colors; ++c) to[c] = channels[c].at(x, y);
      if (ycc) ycc_to_rgb(to);
      if (!fourth) continue;
      const unsigned opacity = channels.back().at(x, y);
      if (inks) {
        cmyk_to_rgb(to, opacity);
        continue;
      }
      transparent = transparent || opacity < 255;
      for (std::uint32_t c = 0; c < colors; ++c) to[c] = over_ground(to[c], opacity, ground);
    }
  }
  return picture;
}

std::optional<Error> check_components(const opj_image_t& image) {
  if (image.numcomps < 1 || image.numcomps > 4)
    return not_decoded(std::to_string(image.numcomps) + " channels");
  for (std::uint32_t c = 0; c < image.numcomps; ++c) {
    const opj_image_comp_t& component = image.comps[c];
    if (component.prec < 1 || component.prec > 31)
      return not_decoded(std::to_string(component.prec) + " bits");
  }
  return std::nullopt;
}

}  // namespace

Shown show_jp2(Bytes file, const Limits& limits, const PictureSink& sink) {
  Source source{file};
  const std::unique_ptr<opj_stream_t, FreeStream> stream(opj_stream_default_create(OPJ_TRUE));
  const bool bare = file[0] == 0xFF;
  const std::unique_ptr<opj_codec_t, FreeCodec> codec(
      opj_create_decompress(bare ? OPJ_CODEC_J2K : OPJ_CODEC_JP2));
  if (!stream || !codec) throw std::bad_alloc();
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), file.size());
  opj_stream_set_read_function(stream.get(), on_read);
  opj_stream_set_skip_function(stream.get(), on_skip);
  opj_stream_set_seek_function(stream.get(), on_seek);
  opj_set_error_handler(codec.get(), on_message, nullptr);
  opj_set_warning_handler(codec.get(), on_message, nullptr);
  opj_set_info_handler(codec.get(), on_message, nullptr);
  opj_dparameters_t parameters{};
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t* raw = nullptr;
  if (opj_setup_decoder(codec.get(), &parameters) == OPJ_FALSE) return damaged("its header");
  const bool begun = opj_read_header(stream.get(), codec.get(), &raw) != OPJ_FALSE;
  const std::unique_ptr<opj_image_t, FreeImage> image(raw);
  if (!begun || !image) return damaged("its header makes no sense");
  const std::uint64_t width = image->x1 > image->x0 ? image->x1 - image->x0 : 0;
  const std::uint64_t height = image->y1 > image->y0 ? image->y1 - image->y0 : 0;
  if (auto error = check_size(width, height, file.size(), limits)) return *error;
  if (auto error = check_components(*image)) return *error;
  if (opj_decode(codec.get(), stream.get(), image.get()) == OPJ_FALSE ||
      opj_end_decompress(codec.get(), stream.get()) == OPJ_FALSE)
    return damaged("it is cut short, or not as JPEG 2000 should be");
  // What was decoded counts, and not what the header said of it.
  if (auto error = check_components(*image)) return *error;
  for (std::uint32_t c = 0; c < image->numcomps; ++c) {
    const opj_image_comp_t& component = image->comps[c];
    if (component.data == nullptr || component.w < 1 || component.h < 1) return nothing_left();
  }
  bool transparent = false;
  for (const std::uint8_t ground : grounds(true)) {
    Picture picture = painted(*image, static_cast<std::uint32_t>(width),
                              static_cast<std::uint32_t>(height), ground, transparent);
    picture.part = shown_over(ground);
    if (!sink(std::move(picture)) || !transparent) break;
  }
  return std::optional<Error>();
}

}  // namespace reseau::detail
