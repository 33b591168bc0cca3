#include "image/make_modern.h"

#include <avif/avif.h>
#include <jxl/encode.h>
#include <libheif/heif.h>
#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace make {
namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

heif_error write(heif_context* /*context*/, const void* data, size_t size, void* user) {
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  static_cast<File*>(user)->assign(bytes, bytes + size);
  return {heif_error_Ok, heif_suberror_Unspecified, ""};
}

heif_image* heif_picture(const Pixels& pixels) {
  const bool alpha = pixels.channels == 4;
  heif_image* image = nullptr;
  heif_image_create(pixels.width, pixels.height, heif_colorspace_RGB,
                    alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, &image);
  heif_image_add_plane(image, heif_channel_interleaved, pixels.width, pixels.height, 8);
  int stride = 0;
  std::uint8_t* plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  for (int y = 0; y < pixels.height; ++y)
    std::memcpy(plane + y * stride, pixels.at(0, y),
                static_cast<std::size_t>(pixels.width * pixels.channels));
  return image;
}

File heif(const std::vector<Pixels>& pictures, heif_compression_format format) {
  heif_context* context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  require(heif_context_get_encoder_for_format(context, format, &encoder).code == heif_error_Ok,
          "no encoder");
  heif_encoder_set_lossy_quality(encoder, 95);
  for (const Pixels& pixels : pictures) {
    heif_image* image = heif_picture(pixels);
    heif_image_handle* handle = nullptr;
    require(
        heif_context_encode_image(context, image, encoder, nullptr, &handle).code == heif_error_Ok,
        "HEIF");
    heif_image_handle_release(handle);
    heif_image_release(image);
  }
  File file;
  heif_writer writer{1, write};
  heif_context_write(context, &writer, &file);
  heif_encoder_release(encoder);
  heif_context_free(context);
  return file;
}

avifImage* avif_image(const Pixels& pixels) {
  avifImage* image = avifImageCreate(pixels.width, pixels.height, 8, AVIF_PIXEL_FORMAT_YUV444);
  avifRGBImage rgb;
  avifRGBImageSetDefaults(&rgb, image);
  rgb.format = pixels.channels == 4 ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  rgb.pixels = const_cast<std::uint8_t*>(pixels.data.data());
  rgb.rowBytes = static_cast<std::uint32_t>(pixels.width * pixels.channels);
  require(avifImageRGBToYUV(image, &rgb) == AVIF_RESULT_OK, "AVIF");
  return image;
}

avifEncoder* avif_encoder() {
  avifEncoder* encoder = avifEncoderCreate();
  encoder->speed = 10;
  encoder->minQuantizer = encoder->maxQuantizer = 4;
  encoder->minQuantizerAlpha = encoder->maxQuantizerAlpha = 0;
  return encoder;
}

File finish(avifEncoder* encoder) {
  avifRWData output = AVIF_DATA_EMPTY;
  require(avifEncoderFinish(encoder, &output) == AVIF_RESULT_OK, "AVIF");
  const File file(output.data, output.data + output.size);
  avifRWDataFree(&output);
  avifEncoderDestroy(encoder);
  return file;
}

File jxl(const Pixels& pixels) {
  const bool alpha = pixels.channels == 4;
  JxlEncoder* encoder = JxlEncoderCreate(nullptr);
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = static_cast<std::uint32_t>(pixels.width);
  info.ysize = static_cast<std::uint32_t>(pixels.height);
  info.bits_per_sample = 8;
  info.num_color_channels = 3;
  info.num_extra_channels = alpha ? 1 : 0;
  info.alpha_bits = alpha ? 8 : 0;
  info.uses_original_profile = JXL_FALSE;
  require(JxlEncoderSetBasicInfo(encoder, &info) == JXL_ENC_SUCCESS, "JPEG XL");
  JxlColorEncoding color;
  JxlColorEncodingSetToSRGB(&color, JXL_FALSE);
  JxlEncoderSetColorEncoding(encoder, &color);
  JxlEncoderFrameSettings* settings = JxlEncoderFrameSettingsCreate(encoder, nullptr);
  const JxlPixelFormat format = {static_cast<std::uint32_t>(pixels.channels), JXL_TYPE_UINT8,
                                 JXL_NATIVE_ENDIAN, 0};
  require(JxlEncoderAddImageFrame(settings, &format, pixels.data.data(), pixels.data.size()) ==
              JXL_ENC_SUCCESS,
          "JPEG XL");
  JxlEncoderCloseInput(encoder);
  File file(1 << 20);
  std::uint8_t* next = file.data();
  std::size_t left = file.size();
  require(JxlEncoderProcessOutput(encoder, &next, &left) == JXL_ENC_SUCCESS, "JPEG XL");
  file.resize(file.size() - left);
  JxlEncoderDestroy(encoder);
  return file;
}

File jp2(const Pixels& pixels, bool bare, OPJ_COLOR_SPACE space = OPJ_CLRSPC_SRGB) {
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = 1;
  parameters.tcp_rates[0] = 0;
  parameters.cp_disto_alloc = 1;
  parameters.numresolution = 4;
  std::vector<opj_image_cmptparm_t> components(static_cast<std::size_t>(pixels.channels));
  for (auto& component : components) {
    component.dx = component.dy = 1;
    component.w = static_cast<OPJ_UINT32>(pixels.width);
    component.h = static_cast<OPJ_UINT32>(pixels.height);
    component.prec = 8;
  }
  opj_image_t* image =
      opj_image_create(static_cast<OPJ_UINT32>(components.size()), components.data(), space);
  image->x1 = static_cast<OPJ_UINT32>(pixels.width);
  image->y1 = static_cast<OPJ_UINT32>(pixels.height);
  for (int i = 0; i < pixels.width * pixels.height; ++i) {
    for (int c = 0; c < pixels.channels; ++c)
      image->comps[c].data[i] = pixels.data[static_cast<std::size_t>(i * pixels.channels + c)];
  }
  struct Sink {
    File file;
    std::size_t at = 0;
  } sink;
  opj_stream_t* stream = opj_stream_default_create(OPJ_FALSE);
  opj_stream_set_user_data(stream, &sink, nullptr);
  opj_stream_set_write_function(stream, [](void* data, OPJ_SIZE_T size, void* user) {
    auto& to = *static_cast<Sink*>(user);
    to.file.resize(std::max(to.file.size(), to.at + size));
    std::memcpy(to.file.data() + to.at, data, size);
    to.at += size;
    return size;
  });
  opj_stream_set_seek_function(stream, [](OPJ_OFF_T to, void* user) -> OPJ_BOOL {
    static_cast<Sink*>(user)->at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
  });
  opj_stream_set_skip_function(stream, [](OPJ_OFF_T by, void* user) {
    static_cast<Sink*>(user)->at += static_cast<std::size_t>(by);
    return by;
  });
  opj_codec_t* codec = opj_create_compress(bare ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
  require(opj_setup_encoder(codec, &parameters, image) != 0, "JPEG 2000");
  require(opj_start_compress(codec, image, stream) != 0 && opj_encode(codec, stream) != 0 &&
              opj_end_compress(codec, stream) != 0,
          "JPEG 2000");
  opj_destroy_codec(codec);
  opj_stream_destroy(stream);
  opj_image_destroy(image);
  return sink.file;
}

void put_little(File& to, std::size_t value, int width) {
  for (int i = 0; i < width; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace

File avif(const Pixels& pixels, int orientation) {
  avifImage* image = avif_image(pixels);
  // EXIF's orientations as turns against the clock, then a mirror.
  struct Turn {
    int angle;
    int mirror;  // -1: none; 0: top to bottom; 1: left to right
  };
  constexpr Turn kTurns[] = {{0, -1}, {0, -1}, {0, 1}, {2, -1}, {0, 0},
                             {1, 0},  {3, -1}, {1, 1}, {1, -1}};
  const Turn turn = kTurns[orientation];
  if (turn.angle > 0) {
    image->transformFlags |= AVIF_TRANSFORM_IROT;
    image->irot.angle = static_cast<std::uint8_t>(turn.angle);
  }
  if (turn.mirror >= 0) {
    image->transformFlags |= AVIF_TRANSFORM_IMIR;
    image->imir.mode = static_cast<std::uint8_t>(turn.mirror);
  }
  avifEncoder* encoder = avif_encoder();
  require(avifEncoderAddImage(encoder, image, 1, AVIF_ADD_IMAGE_FLAG_SINGLE) == AVIF_RESULT_OK,
          "AVIF");
  avifImageDestroy(image);
  return finish(encoder);
}

File avif_animation(const std::vector<Pixels>& frames) {
  avifEncoder* encoder = avif_encoder();
  encoder->timescale = 10;
  for (const Pixels& frame : frames) {
    avifImage* image = avif_image(frame);
    require(avifEncoderAddImage(encoder, image, 1, AVIF_ADD_IMAGE_FLAG_NONE) == AVIF_RESULT_OK,
            "AVIF");
    avifImageDestroy(image);
  }
  return finish(encoder);
}

File heif_items(const std::vector<Pixels>& pictures, bool avif) {
  return heif(pictures, avif ? heif_compression_AV1 : heif_compression_HEVC);
}

File jp2_inks(const Pixels& cmyk) {
  File file = jp2(cmyk, false);
  // The encoder has no word for inks: the colour box's number for sRGB becomes that for CMYK.
  const std::string box = "colr";
  const auto at = std::search(file.begin(), file.end(), box.begin(), box.end());
  require(at != file.end(), "no colour box");
  *(at + 10) = 12;
  return file;
}

File ico(const std::vector<File>& pictures) {
  File file;
  put_little(file, 0, 2);
  put_little(file, 1, 2);
  put_little(file, pictures.size(), 2);
  std::vector<File> bodies;
  for (const File& picture : pictures) {
    File body = picture;
    if (picture[0] == 'B') {
      body.erase(body.begin(), body.begin() + 14);
      body[8] = static_cast<std::uint8_t>(body[8] * 2);  // with the mask's rows
      body.insert(body.end(), 4 * body[8] / 2, 0);
    }
    bodies.push_back(std::move(body));
  }
  std::size_t offset = 6 + 16 * pictures.size();
  for (const File& body : bodies) {
    put_little(file, 0, 4);  // sizes: 256, or whatever
    put_little(file, 1, 2);
    put_little(file, 32, 2);
    put_little(file, body.size(), 4);
    put_little(file, offset, 4);
    offset += body.size();
  }
  for (const File& body : bodies) file.insert(file.end(), body.begin(), body.end());
  return file;
}

std::vector<Claim> modern(const Pixels& pixels) {
  return {{"HEIC", heif({pixels}, heif_compression_HEVC)},
          {"AVIF", avif(pixels)},
          {"JPEG XL", jxl(pixels)},
          {"JPEG 2000", jp2(pixels, false)},
          {"JPEG 2000 codestream", jp2(pixels, true)}};
}

}  // namespace make
