// TIFF 6.0 and BigTIFF through libtiff's RGBA interface, a band of strips or tiles at a time.
// Samples of 16 bits are rounded to 8.
//
// Refused, though libtiff would try: compressions of which the memory or the work cannot be bounded
// from outside (LZMA, JBIG, LERC), or whose decoders few files are worth (old-style JPEG and more).
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <vector>

#include <tiffio.h>

#include "image/common.h"
#include "image/directories.h"

namespace reseau::detail {
namespace {

constexpr int kMaxChannels = 8;  // bounds the work; CMYK with a few extra ones has less

struct Source {
  Bytes file;
  std::uint64_t at = 0;
  std::string first_error;
  bool doubtful = false;  // libtiff's JPEG decoder warned: it may have made rows up
};

struct CloseTiff {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
struct FreeOptions {
  void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
};

tmsize_t on_read(thandle_t handle, void* to, tmsize_t count) {
  auto& source = *static_cast<Source*>(handle);
  if (source.at >= source.file.size() || count <= 0) return 0;
  const std::size_t taken =
      std::min(static_cast<std::size_t>(count), source.file.size() - source.at);
  std::memcpy(to, source.file.data() + source.at, taken);
  source.at += taken;
  return static_cast<tmsize_t>(taken);
}

tmsize_t on_write(thandle_t /*handle*/, void* /*from*/, tmsize_t /*count*/) { return 0; }

toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  auto& source = *static_cast<Source*>(handle);
  if (whence == SEEK_CUR) offset += source.at;
  if (whence == SEEK_END) offset += source.file.size();
  source.at = offset;
  return offset;
}

int on_close(thandle_t /*handle*/) { return 0; }
// Mapped, as libtiff's own files are: without it, 4.5.0 refuses uncompressed tiles of which the
// size is not a multiple of 1024 bytes. It only reads there.
int on_map(thandle_t handle, void** base, toff_t* size) {
  const Bytes file = static_cast<Source*>(handle)->file;
  *base = const_cast<std::uint8_t*>(file.data());
  *size = file.size();
  return 1;
}
void on_unmap(thandle_t /*handle*/, void* /*base*/, toff_t /*size*/) {}

toff_t on_size(thandle_t handle) { return static_cast<Source*>(handle)->file.size(); }

// Handlers of this one file, never libtiff's global ones. 1: nothing more is to be done with it.
int on_error(TIFF* /*tiff*/, void* user, const char* /*module*/, const char* format, va_list args) {
  auto& source = *static_cast<Source*>(user);
  if (!source.first_error.empty()) return 1;
  std::array<char, 160> text{};
  if (std::vsnprintf(text.data(), text.size(), format, args) > 0) source.first_error = text.data();
  return 1;
}

int on_warning(TIFF* /*tiff*/, void* user, const char* module, const char* /*format*/,
               va_list /*args*/) {
  if (module != nullptr && std::strcmp(module, "JPEGLib") == 0)
    static_cast<Source*>(user)->doubtful = true;
  return 1;
}

std::unique_ptr<TIFF, CloseTiff> open(Source& source, const Limits& limits) {
  const std::unique_ptr<TIFFOpenOptions, FreeOptions> options(TIFFOpenOptionsAlloc());
  if (!options) throw std::bad_alloc();
  constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
  const std::uint64_t allocation = 8 * std::min(limits.max_pixels, kMost) + (1 << 20);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(allocation));
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, &source);
  return std::unique_ptr<TIFF, CloseTiff>(TIFFClientOpenExt("", "r", &source, on_read, on_write,
                                                            on_seek, on_close, on_size, on_map,
                                                            on_unmap, options.get()));
}

// Camera raw files put a thumbnail first, and the picture in a directory below it: another page.
std::vector<std::uint64_t> pictures_below(TIFF* tiff) {
  std::uint16_t count = 0;
  void* offsets = nullptr;
  if (TIFFGetField(tiff, TIFFTAG_SUBIFD, &count, &offsets) != 1 || offsets == nullptr) return {};
  const auto* first = static_cast<const std::uint64_t*>(offsets);
  return {first, first + count};
}

bool compression_is_allowed(std::uint16_t compression) {
  constexpr std::array kAllowed = {
      COMPRESSION_NONE,          COMPRESSION_CCITTRLE, COMPRESSION_CCITTRLEW, COMPRESSION_CCITTFAX3,
      COMPRESSION_CCITTFAX4,     COMPRESSION_LZW,      COMPRESSION_JPEG,      COMPRESSION_PACKBITS,
      COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE,  COMPRESSION_ZSTD,      COMPRESSION_WEBP};
  return std::find(kAllowed.begin(), kAllowed.end(), compression) != kAllowed.end();
}

Error not_decoded(const std::string& what) {
  return {Code::unsupported_format, "this kind of TIFF is not decoded (" + what +
                                        "); convert it to JPEG or PNG, and count it as not "
                                        "examined"};
}

struct Layout {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t band = 0;  // rows that are decoded together
};

// All that is to be known before anything of size is allocated.
Result<Layout> check_layout(TIFF* tiff, std::size_t file_bytes, const Limits& limits) {
  Layout layout;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout.width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout.height);
  if (auto error = check_size(layout.width, layout.height, file_bytes, limits)) return *error;
  std::uint16_t compression = 0;
  std::uint16_t channels = 0;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &channels);
  if (!compression_is_allowed(compression))
    return not_decoded("compression " + std::to_string(compression));
  if (channels > kMaxChannels) return not_decoded(std::to_string(channels) + " channels");
  if (TIFFIsTiled(tiff) == 0) {
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &layout.band);
  } else {
    std::uint32_t tile_width = 0;
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &layout.band);
    if (tile_width == 0 || layout.band == 0) return damaged("its tiles have no size");
    // Small pictures of huge tiles: what is decoded is the tiles.
    const auto whole = [](std::uint64_t side, std::uint64_t tile) {
      return (side + tile - 1) / tile * tile;
    };
    const std::uint64_t padded =
        whole(layout.width, tile_width) * whole(layout.height, layout.band);
    if (padded > std::max<std::uint64_t>(2 * limits.max_pixels, 16 << 20)) {
      return Error{Code::limit_pixels, "its tiles hold " + std::to_string(padded) +
                                           " pixels, far more than the picture; save it as JPEG "
                                           "or PNG if it is trusted"};
    }
  }
  if (layout.band == 0) return damaged("its strips have no rows");
  layout.band = std::min(layout.band, layout.height);
  return layout;
}

// What the fourth byte of libtiff's RGBA is.
enum class Alpha : std::uint8_t {
  multiplied,  // the colours are by it already: what shines through of the ground is just added
  plain,       // of grey with alpha, libtiff does not multiply
  none,        // a sample that the file does not call alpha, which libtiff takes for it
};

Alpha alpha_of(TIFF* tiff, const TIFFRGBAImage& rgba, bool gray) {
  std::uint16_t count = 0;
  const std::uint16_t* kinds = nullptr;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds);
  if (count == 0 || kinds == nullptr || kinds[0] == EXTRASAMPLE_UNSPECIFIED) return Alpha::none;
  const bool plain = gray && rgba.isContig != 0 && kinds[0] == EXTRASAMPLE_UNASSALPHA;
  return plain ? Alpha::plain : Alpha::multiplied;
}

// Rows from the top that are there.
std::uint32_t read_bands(TIFFRGBAImage& rgba, const Layout& layout, Source& source, Alpha alpha,
                         std::uint8_t ground_level, Image& image, bool& transparent) {
  Scratch raster(std::size_t{4} * layout.width * layout.band);
  const std::size_t channels = bytes_per_pixel(image.layout());
  for (std::uint32_t top = 0; top < layout.height; top += layout.band) {
    const std::uint32_t rows = std::min(layout.band, layout.height - top);
    // Scratch's memory comes from new[], which is aligned for any of the plain types.
    auto* pixels = reinterpret_cast<std::uint32_t*>(raster.data());
    rgba.row_offset = static_cast<int>(top);
    rgba.col_offset = 0;
    if (TIFFRGBAImageGet(&rgba, pixels, layout.width, rows) == 0 || source.doubtful) return top;
    for (std::uint32_t y = 0; y < rows; ++y) {
      std::uint8_t* to = image.row(static_cast<int>(top + y));
      for (std::uint32_t x = 0; x < layout.width; ++x, to += channels, ++pixels) {
        const unsigned opacity = alpha == Alpha::none ? 255U : TIFFGetA(*pixels);
        const unsigned ground = ground_level == kWhiteGround ? 255U - opacity : 0;
        transparent = transparent || opacity < 255U;
        const auto put = [&](std::size_t channel, unsigned value) {
          to[channel] = alpha == Alpha::plain
                            ? over_ground(value, opacity, ground_level)
                            : static_cast<std::uint8_t>(std::min(255U, value + ground));
        };
        put(0, TIFFGetR(*pixels));
        if (channels == 1) continue;
        put(1, TIFFGetG(*pixels));
        put(2, TIFFGetB(*pixels));
      }
    }
  }
  return layout.height;
}

// The picture of the directory that libtiff is at.
Result<Picture> read_page(TIFF* tiff, Source& source, const Limits& limits, std::uint8_t ground,
                          bool& transparent) {
  source.doubtful = false;
  const auto layout = check_layout(tiff, source.file.size(), limits);
  if (!layout) return layout.error();
  std::array<char, 1024> reason{};  // the size that libtiff's documentation asks for
  if (TIFFRGBAImageOK(tiff, reason.data()) == 0) return not_decoded(reason.data());
  struct EndImage {
    void operator()(TIFFRGBAImage* rgba) const { TIFFRGBAImageEnd(rgba); }
  };
  TIFFRGBAImage rgba{};
  if (TIFFRGBAImageBegin(&rgba, tiff, 1, reason.data()) == 0) return not_decoded(reason.data());
  const std::unique_ptr<TIFFRGBAImage, EndImage> end(&rgba);
  const bool gray =
      rgba.photometric == PHOTOMETRIC_MINISBLACK || rgba.photometric == PHOTOMETRIC_MINISWHITE;
  const Alpha alpha = alpha_of(tiff, rgba, gray);
  if (gray && alpha != Alpha::none && rgba.isContig != 0 && rgba.bitspersample != 8) {
    // libtiff leaves that alpha out.
    return not_decoded("grey with alpha, of " + std::to_string(rgba.bitspersample) + " bits");
  }
  std::uint16_t orientation = ORIENTATION_TOPLEFT;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  rgba.orientation = rgba.req_orientation = ORIENTATION_TOPLEFT;  // decode() does all eight

  Image image(static_cast<int>(layout->width), static_cast<int>(layout->height),
              gray ? PixelLayout::gray8 : PixelLayout::rgb8);
  transparent = false;
  const std::uint32_t rows = read_bands(rgba, *layout, source, alpha, ground, image, transparent);
  const auto completeness = finish_rows(image, rows);
  if (!completeness) return completeness.error();
  Picture picture{std::move(image), orientation};
  picture.completeness = *completeness;
  return picture;
}

}  // namespace

Shown show_tiff(Bytes file, const Limits& limits, const PictureSink& sink) {
  Source source{file, 0, {}, false};
  const auto tiff = open(source, limits);
  if (!tiff) return damaged(source.first_error.empty() ? "no directory" : source.first_error);
  std::vector<std::uint64_t> pages = tiff_pages(file);
  for (const std::uint64_t below : pictures_below(tiff.get())) {
    if (std::find(pages.begin(), pages.end(), below) == pages.end()) pages.push_back(below);
  }
  const int frames = std::clamp(static_cast<int>(pages.size()), 1, kMaxFrames);
  std::optional<Error> missing;
  for (int index = 1; index <= frames; ++index) {
    const bool there = index == 1 || TIFFSetSubDirectory(tiff.get(), pages[index - 1U]) == 1;
    bool transparent = false;
    Result<Picture> page = frame_missing(index).value();
    if (there) page = read_page(tiff.get(), source, limits, kWhiteGround, transparent);
    if (!page && index == 1) return page.error();
    if (!page) {  // and the next one may be sound
      if (!missing) missing = page.error();
      continue;
    }
    const PicturePart part =
        index > 1 ? PicturePart{PicturePart::Kind::page, index} : PicturePart{};
    page->frames = frames;
    page->part = part;
    if (!sink(*std::move(page))) return std::optional<Error>();
    if (!transparent) continue;
    page = read_page(tiff.get(), source, limits, kBlackGround, transparent);
    if (!page) continue;
    page->frames = frames;
    page->part = shown_over(kBlackGround, part);
    if (!sink(*std::move(page))) return std::optional<Error>();
  }
  return missing;
}

}  // namespace reseau::detail
