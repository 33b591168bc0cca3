/// Small files of every format, made in the test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <reseau/image.h>

namespace make {

using File = std::vector<std::uint8_t>;

/// Pixels to be encoded: rows from the top; 1 (grey), 3 (RGB) or 4 (RGBA, CMYK) channels.
struct Pixels {
  int width = 0;
  int height = 0;
  int channels = 3;
  std::vector<std::uint8_t> data;

  std::uint8_t* at(int x, int y) { return data.data() + (y * width + x) * channels; }
  const std::uint8_t* at(int x, int y) const { return data.data() + (y * width + x) * channels; }
};

/// A smooth scene, unlike itself in every turn and mirror, with a little noise so that every row
/// costs bytes.
Pixels scene(int width, int height, int channels = 3);
/// What decode() should give for `pixels`, of 3 or 4 (RGBA) or 1 channels.
Pixels over_white(const Pixels& pixels);
/// The picture as a file with that EXIF orientation must store it, so that it is shown upright.
Pixels stored(const Pixels& upright, int orientation);

std::string exif(int orientation, bool big_endian = false);

struct JpegOptions {
  int quality = 97;
  bool progressive = false;
  bool subsampled = false;
  int restart_rows = 0;
  int orientation = 0;      ///< 0: no EXIF
  bool adobe_cmyk = false;  ///< of 4 channels: complemented, with Adobe's marker
};
File jpeg(const Pixels& pixels, const JpegOptions& options = {});

struct PngOptions {
  int depth = 8;
  bool palette = false;  ///< of the grey levels of a picture of 1 channel
  bool first_color_transparent = false;
  bool interlaced = false;
  int orientation = 0;
  int animation_frames = 0;  ///< acTL says so many
  bool first_in_animation = true;
};
File png(const Pixels& pixels, const PngOptions& options = {});

struct WebpOptions {
  bool lossless = true;
  int orientation = 0;
  int frames = 0;  ///< an animation: the picture at (2, 4) of a canvas that is larger by 6 and 8
};
File webp(const Pixels& rgba, const WebpOptions& options = {});

struct GifOptions {
  bool interlaced = false;
  int transparent = -1;
  int frames = 1;
  int left = 0;  ///< of the first frame, on a canvas larger by as much and 3 more
  int top = 0;
};
File gif(const Pixels& gray, const GifOptions& options = {});  ///< grey levels to a palette of hues
std::vector<std::uint8_t> gif_color(int level);

struct TiffOptions {
  int compression = 1;  ///< as in TIFF: 1 none, 5 LZW, 7 JPEG, 8 deflate
  int depth = 8;
  bool tiled = false;
  bool white_is_zero = false;
  int rows_per_strip = 4;
  int orientation = 0;
  int pages = 1;
  int extra_sample = 2;  ///< of the last of 2 or 4 channels: 0 unspecified, 1 multiplied, 2 alpha
};
File tiff(const Pixels& pixels, const TiffOptions& options = {});

struct BmpOptions {
  int bits = 24;
  bool top_down = false;
  bool os2 = false;
  bool run_length = false;
  bool alpha = false;  ///< of 32 bits: a V4 header with a mask for it
};
/// Of 1 channel for up to 8 bits (levels scaled to the palette), of 3 or 4 for more.
File bmp(const Pixels& pixels, const BmpOptions& options = {});

/// Files that claim to be of a size and hold next to nothing else.
struct Claim {
  std::string format;
  File file;
};
std::vector<Claim> claims(std::uint32_t width, std::uint32_t height);

/// A whole small file of every format and main variant.
std::vector<Claim> samples(int width, int height);

}  // namespace make
