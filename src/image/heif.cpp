// HEIF (ISO/IEC 23008-12) of HEVC pictures, through libheif. It turns pictures upright itself, as
// the file says (irot, imir); EXIF's orientation is not to be applied again. A picture is all there
// or not at all.
#include <algorithm>
#include <cstring>
#include <vector>

#include <libheif/heif.h>

#include "image/heif.h"

namespace reseau::detail {
namespace {

struct FreeContext {
  void operator()(heif_context* context) const { heif_context_free(context); }
};
struct FreeHandle {
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
};
struct FreeImage {
  void operator()(heif_image* image) const { heif_image_release(image); }
};
struct FreeOptions {
  void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
};
using Handle = std::unique_ptr<heif_image_handle, FreeHandle>;

Error to_error(const heif_error& error) {
  switch (error.code) {
    case heif_error_Unsupported_feature:
    case heif_error_Unsupported_filetype:
    case heif_error_Decoder_plugin_error:
      return {Code::unsupported_format, "this kind of HEIF is not decoded (" +
                                            std::string(error.message) +
                                            "); convert it to JPEG or PNG, and count it as not "
                                            "examined"};
    case heif_error_Memory_allocation_error:
      return {Code::limit_memory, "memory ran out while it was decoded; examine it by itself"};
    default:
      return damaged(error.message);
  }
}

// What the container tells of one picture; one that is not to be had is empty.
struct Look {
  std::optional<Error> error;
  std::unique_ptr<heif_image, FreeImage> image;
  bool alpha = false;
  int width = 0;
  int height = 0;

  // Of 4 bytes a pixel if it has alpha, else 3.
  [[nodiscard]] const std::uint8_t* row(int y) const {
    int stride = 0;
    const std::uint8_t* plane =
        heif_image_get_plane_readonly(image.get(), heif_channel_interleaved, &stride);
    return plane + static_cast<std::ptrdiff_t>(y) * stride;
  }
};

bool transparent(const Look& look) {
  if (!look.alpha) return false;
  for (int y = 0; y < look.height; ++y) {
    if (any_transparent({look.row(y), 4 * static_cast<std::size_t>(look.width)})) return true;
  }
  return false;
}

Image over(std::uint8_t ground, const Look& look) {
  Image image(look.width, look.height, PixelLayout::rgb8);
  for (int y = 0; y < look.height; ++y) {
    const std::uint8_t* from = look.row(y);
    std::uint8_t* to = image.row(y);
    if (!look.alpha) {
      std::memcpy(to, from, 3 * static_cast<std::size_t>(look.width));
      continue;
    }
    for (int x = 0; x < look.width; ++x, from += 4, to += 3)
      put_rgba(to, from, PixelLayout::rgb8, ground);
  }
  return image;
}

Look decode_one(const heif_image_handle* handle, std::size_t file_bytes, const Limits& limits) {
  Look look;
  const auto claimed = [](int side) { return static_cast<std::uint64_t>(std::max(side, 0)); };
  look.error = check_size(claimed(heif_image_handle_get_width(handle)),
                          claimed(heif_image_handle_get_height(handle)), file_bytes, limits);
  if (look.error) return look;
  look.alpha = heif_image_handle_has_alpha_channel(handle) != 0;
  const std::unique_ptr<heif_decoding_options, FreeOptions> options(heif_decoding_options_alloc());
  if (!options) throw std::bad_alloc();
  options->convert_hdr_to_8bit = 1;
  heif_image* decoded = nullptr;
  const heif_error error = heif_decode_image(
      handle, &decoded, heif_colorspace_RGB,
      look.alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
  look.image.reset(decoded);
  if (error.code != heif_error_Ok) {
    look.error = to_error(error);
    return look;
  }
  // What was decoded counts, and not what the container said of it.
  look.width = heif_image_get_width(decoded, heif_channel_interleaved);
  look.height = heif_image_get_height(decoded, heif_channel_interleaved);
  look.error = check_size(claimed(look.width), claimed(look.height), file_bytes, limits);
  return look;
}

// All but the first, and the first one's thumbnails.
std::vector<Handle> others_of(heif_context* context, heif_image_handle* first) {
  std::vector<Handle> handles;
  const auto add = [&handles](heif_image_handle* handle) {
    if (handle != nullptr) handles.emplace_back(handle);
  };
  const int count = std::min(heif_context_get_number_of_top_level_images(context), kMaxFrames);
  std::vector<heif_item_id> ids(static_cast<std::size_t>(std::max(count, 0)));
  heif_context_get_list_of_top_level_image_IDs(context, ids.data(), count);
  heif_item_id primary = 0;
  heif_context_get_primary_image_ID(context, &primary);
  for (const heif_item_id id : ids) {
    heif_image_handle* handle = nullptr;
    if (id == primary) continue;
    if (heif_context_get_image_handle(context, id, &handle).code == heif_error_Ok) add(handle);
  }
  std::vector<heif_item_id> thumbnails(static_cast<std::size_t>(
      std::clamp(heif_image_handle_get_number_of_thumbnails(first), 0, 16)));
  heif_image_handle_get_list_of_thumbnail_IDs(first, thumbnails.data(),
                                              static_cast<int>(thumbnails.size()));
  for (const heif_item_id id : thumbnails) {
    heif_image_handle* handle = nullptr;
    if (heif_image_handle_get_thumbnail(first, id, &handle).code == heif_error_Ok) add(handle);
  }
  return handles;
}

struct Container {
  std::unique_ptr<heif_context, FreeContext> context;
  Handle first;
};

Result<Container> open(Bytes file, const Limits& limits) {
  Container container{std::unique_ptr<heif_context, FreeContext>(heif_context_alloc()), nullptr};
  heif_context* context = container.context.get();
  if (context == nullptr) throw std::bad_alloc();
  heif_context_set_maximum_image_size_limit(context, std::max(limits.max_side, 1));
  heif_context_set_max_decoding_threads(context, 0);
  heif_error error =
      heif_context_read_from_memory_without_copy(context, file.data(), file.size(), nullptr);
  if (error.code != heif_error_Ok) return to_error(error);
  heif_image_handle* first = nullptr;
  error = heif_context_get_primary_image_handle(context, &first);
  container.first.reset(first);
  if (error.code != heif_error_Ok) return to_error(error);
  return container;
}

}  // namespace

struct HeifPictures::Impl {
  Impl(Bytes file, Container opened)
      : file_bytes(file.size()),
        container(std::move(opened)),
        handles(others_of(container.context.get(), container.first.get())) {}

  std::size_t file_bytes;
  Container container;
  std::vector<Handle> handles;
};

HeifPictures::HeifPictures(Bytes file, const Limits& limits) {
  if (auto container = open(file, limits))
    impl_ = std::make_unique<Impl>(file, *std::move(container));
}

HeifPictures::HeifPictures(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HeifPictures::~HeifPictures() = default;

int HeifPictures::count() const { return impl_ ? static_cast<int>(impl_->handles.size()) : 0; }

bool HeifPictures::show(int first, int frames, const Limits& limits, const PictureSink& sink,
                        std::optional<Error>& missing) const {
  const int last = std::min(frames, first + count() - 1);
  for (int index = first; index <= last; ++index) {
    const heif_image_handle* handle = impl_->handles[static_cast<std::size_t>(index - first)].get();
    const Look look = decode_one(handle, impl_->file_bytes, limits);
    if (look.error) {
      if (!missing) missing = frame_missing(index);
      continue;
    }
    for (const std::uint8_t ground : grounds(transparent(look))) {
      Picture picture{over(ground, look)};
      picture.frames = frames;
      picture.part = shown_over(ground, {PicturePart::Kind::page, index});
      if (!sink(std::move(picture))) return false;
    }
  }
  return true;
}

Shown show_heif(Bytes file, const Limits& limits, const PictureSink& sink) {
  auto container = open(file, limits);
  if (!container) return container.error();
  const heif_image_handle* first = container->first.get();
  const HeifPictures others(std::make_unique<HeifPictures::Impl>(file, *std::move(container)));
  const int frames = std::min(1 + others.count(), kMaxFrames);
  {
    const Look look = decode_one(first, file.size(), limits);
    if (look.error) return *look.error;
    for (const std::uint8_t ground : grounds(transparent(look))) {
      Picture picture{over(ground, look)};
      picture.frames = frames;
      picture.part = shown_over(ground);
      if (!sink(std::move(picture))) return std::optional<Error>();
    }
  }
  std::optional<Error> missing;
  if (!others.show(2, frames, limits, sink, missing)) return std::optional<Error>();
  return missing;
}

}  // namespace reseau::detail
