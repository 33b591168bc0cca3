/// Pixels, and how files become pixels.
///
/// Hashers see an ImageView and never a file; decoders give an Image and never a hash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <reseau/bytes.h>
#include <reseau/result.h>

namespace reseau {

enum class PixelLayout : std::uint8_t {
  gray8,    ///< one byte a pixel: luma
  rgb8,     ///< three bytes a pixel
  bgr8,     ///< three bytes a pixel, as OpenCV has them
  gray32f,  ///< one float a pixel: luma, 0 to 255
};

[[nodiscard]] RESEAU_API std::size_t bytes_per_pixel(PixelLayout layout);

/// Somebody else's pixels: upright, rows from the top, pixels from the left.
struct ImageView {
  const void* pixels = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;  ///< bytes from one row to the next
  PixelLayout layout = PixelLayout::gray8;
  /// Of the picture before it was reduced while it was decoded (Decoded::view()); 0: it was not.
  int full_width = 0;
  int full_height = 0;
};

/// An upright picture, owned: gray8 where the file is grey, rgb8 otherwise. Move-only, and its
/// pixels are wiped before their memory is given back.
///
/// Colour is kept, and each hasher weighs it into luma itself (BT.601: 0.299 R + 0.587 G + 0.114
/// B): luma rounded to whole numbers moved 4 of 35 of PDQ's reference hashes, by up to 36 bits.
class RESEAU_API Image {
 public:
  /// Requires: width, height >= 1; layout gray8 or rgb8. Pixels are zero. Throws std::bad_alloc.
  Image(int width, int height, PixelLayout layout);
  /// The same for whoever writes every pixel: they are not set.
  [[nodiscard]] static Image for_overwrite(int width, int height, PixelLayout layout);
  Image(Image&& other) noexcept;
  Image& operator=(Image&& other) noexcept;
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  ~Image();

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  [[nodiscard]] PixelLayout layout() const noexcept { return layout_; }
  [[nodiscard]] std::uint8_t* row(int y) noexcept;
  [[nodiscard]] const std::uint8_t* row(int y) const noexcept;
  [[nodiscard]] ImageView view() const noexcept;

  /// Keeps `height` rows from `top` on, and wipes the others.
  /// Requires: 0 <= top; 1 <= height; top + height <= height().
  void keep_rows(int top, int height) noexcept;

 private:
  Image() = default;
  void wipe() noexcept;
  int width_ = 0;
  int height_ = 0;
  PixelLayout layout_ = PixelLayout::gray8;
  std::unique_ptr<std::uint8_t[]> pixels_;  // NOLINT(*-avoid-c-arrays)
};

/// What a decoder may spend on one file. Checked from the header, before anything is allocated.
struct Limits {
  std::uint64_t max_bytes = 256ULL << 20;  ///< of the file
  std::uint64_t max_pixels = 64ULL << 20;  ///< of one picture: 64 Mpx, an 8192 x 8192
  int max_side = 65'535;                   ///< pixels; the most that JPEG can say
  /// Pixels a byte of file, asked of pictures of over 16 Mpx only. Honest ones stay below about a
  /// thousand; bombs measure 24,000 to 4 million.
  std::uint64_t max_ratio = 10'000;
  int max_frames = 1024;  ///< pictures of one file that are decoded; over black they do not count
  /// JPEGs are reduced to a half, a quarter or an eighth while they are decoded, as far as the
  /// shorter side keeps so many pixels: several times as fast. 0: never. None: never in decode();
  /// kExamineShrink where all that is wanted of the pixels are signatures.
  std::optional<int> shrink_to;
};

/// For signatures. docs/decoding.md says how far this moves them.
inline constexpr int kExamineShrink = 320;

/// No file's frames are counted further, and Limits::max_frames does not reach beyond.
inline constexpr int kMaxFrames = 10'000;

/// What kind of thing the bytes are, by their content and never by their name.
enum class Media : std::uint8_t { none, image, video };
[[nodiscard]] RESEAU_API std::string_view name(Media media);

struct Format {
  Media media = Media::none;
  std::string_view name = "unknown";  ///< "JPEG", "PNG", "HEIC", "MP4", ...; "unknown" for none
  bool decodable = false;             ///< by this build
};

/// By the magic bytes at the start. Never fails; reads at most the first 512 bytes.
[[nodiscard]] RESEAU_API Format sniff(Bytes file) noexcept;

/// Which of a file's pictures.
struct PicturePart {
  enum class Kind : std::uint8_t {
    first,      ///< the picture, or its first frame or page
    frame,      ///< of an animation, as it is shown: laid over those before it
    page,       ///< of a document
    animation,  ///< no picture: the frames of an animation as a video (see examine_all())
  };
  Kind kind = Kind::first;
  int index = 1;  ///< of the frame or page, from 1
  /// Where in the file another begins of which this is a part: a thumbnail, or one behind its end.
  /// 0: it is of the file itself.
  std::uint64_t offset = 0;
  bool over_black = false;  ///< where it is transparent: over black instead of white

  friend bool operator==(const PicturePart&, const PicturePart&) = default;
};
/// The last that decoders show.
inline constexpr PicturePart::Kind kLastPicturePart = PicturePart::Kind::page;

/// "frame 7", "page 2", "over black", "frame 7, over black", "animation", "embedded at byte 51234",
/// "embedded at byte 51234, frame 7"; empty for the first picture.
[[nodiscard]] RESEAU_API std::string describe(const PicturePart& part);

struct Decoded {
  Image image;
  Format format;
  PicturePart part;
  /// Frames or pages in the file, as far as they were counted (kMaxFrames).
  int frames = 1;
  /// How much of the picture is really there, by its rows: 0 to 1. Under kWhole, `image` is only
  /// that part of it (a crop): what is missing is never made up.
  double completeness = 1;
  /// Of the picture before it was reduced (Limits::shrink_to), upright, as far as it is there.
  int full_width = 0;
  int full_height = 0;
  /// The image, which knows of what size it was.
  [[nodiscard]] RESEAU_API ImageView view() const noexcept;
  /// Seconds for which a frame of an animation is shown; 0 if it is none. Where the file claims a
  /// hundredth or less, a tenth, as browsers have it.
  double shown_for = 0;
};
/// No format can claim more.
inline constexpr double kMaxShownFor = 65'536;

/// A picture of which so many rows are there counts as whole. Where a few are missing, the last one
/// that is there is repeated below it.
inline constexpr double kWhole = 0.95;

/// The bytes of a file to upright pixels, the first of its pictures: EXIF or TIFF orientation
/// applied, transparency composited over white, palettes looked up, CMYK turned to RGB, 16-bit
/// reduced to 8. Colour profiles are ignored.
///
/// Fails:   empty, unsupported_format, corrupt (no row is there), limit_*, policy_protocol: see
///          Code. A picture that is cut short does not fail: see Decoded::completeness.
/// Cost:    bytes a pixel: one if grey, three if not; while decoding, four more for WebP, at most
///          four for TIFF, two a channel for progressive JPEG; and twice the picture while it is
///          turned.
/// Threads: any number; no state is shared.
[[nodiscard]] RESEAU_API Result<Decoded> decode(Bytes file, const Limits& limits = {});

/// Takes a picture; false to see no more of them.
using PictureVisitor = std::function<bool(Decoded&&)>;

/// How a file's pictures were gone through.
struct Walked {
  int pictures = 0;  ///< that were visited
  int frames = 0;    ///< frames or pages that the file has, as far as they were counted
  /// Why not all of them were visited, if it was not the visitor who had enough: limit_frames, or
  /// what is wrong with the first that could not be decoded.
  std::optional<Error> stopped;
  /// Where in the file videos begin, in ascending order: behind a phone's picture, say. They were
  /// not looked at. At 0: a HEIC's sequence of pictures, which is one with the whole file.
  std::vector<std::uint64_t> videos;
};
/// Files within a file that are looked at; where there are more, that is what stopped it.
inline constexpr std::size_t kMostEmbedded = 64;

/// All the pictures of a file, one after another: what decode() gives; then the frames of an
/// animation (GIF, WebP, APNG), each as it is shown, or the pages of a TIFF, and those below a
/// page; what is transparent over black, too; then all the pictures of files embedded in the file,
/// or appended to it. Videos within it are only told of (Walked::videos); examine_all() looks at
/// them.
///
/// Fails:   as decode(), if the first one cannot be decoded.
/// Cost:    as decode() for each. No more than Limits::max_frames are decoded, and no more than
///          sixteen times Limits::max_pixels in all; and once more of each what is transparent.
/// Threads: any number; no state is shared.
[[nodiscard]] RESEAU_API Result<Walked> decode_each(Bytes file, const Limits& limits,
                                                    const PictureVisitor& visit);

/// Another file that seems to begin within a file.
struct Embedded {
  std::uint64_t offset = 0;
  std::uint64_t end = 0;  ///< no further than here: the file ends, or is a video whose frames go on
  Format format;
};
struct EmbeddedFiles {
  std::vector<Embedded> files;  ///< in the order of their offsets
  bool more = false;            ///< than kMostEmbedded: these are the first of them
};

/// The pictures and videos of which the beginning lies within a file: thumbnails, cover pictures,
/// what was put behind its end, a phone's film of the moment. A HEIC's sequence of pictures is a
/// video that begins with the file, at 0. A beginning may be there by chance, and nothing behind
/// it. Not told of are those at the places that an icon's or a TIFF's directories name, headers
/// that a TIFF's own pages have, and those among the frames of a video, be it the file or in it.
///
/// JPEG, PNG, GIF, WebP, BMP, TIFF, JPEG XL in its container, JPEG 2000; MP4's kin (HEIC, AVIF, MOV
/// and 3GP too), Matroska, WebM, AVI, ASF, FLV, Ogg. Not those that begin with too little to be
/// told: icons, bare JPEG XL, MPEG streams. Where frames lie is known of MP4, MOV, 3GP, Matroska,
/// WebM and AVI. Of a file that is another video, nothing is told.
/// Cost: about half a nanosecond a byte. Threads: any number.
[[nodiscard]] RESEAU_API EmbeddedFiles find_embedded(Bytes file);

class VideoDecoder;  // video.h

/// Whoever turns the bytes of files into pixels: this process, or confined ones (isolate.h).
class RESEAU_API PictureDecoder {
 public:
  virtual ~PictureDecoder();
  /// As decode_each(). Threads: any number.
  [[nodiscard]] virtual Result<Walked> each(Bytes file, const Limits& limits,
                                            const PictureVisitor& visit) = 0;
  /// What stands between a decoder and the system, for the record: "none", or as DecoderPool has
  /// it.
  [[nodiscard]] virtual std::string isolation() const = 0;
  /// Who decodes videos where this one decodes pictures; null: the calling process.
  [[nodiscard]] virtual VideoDecoder* videos() { return nullptr; }

 protected:
  PictureDecoder() = default;
  PictureDecoder(const PictureDecoder&) = default;
  PictureDecoder& operator=(const PictureDecoder&) = default;
};

/// The calling process and thread.
[[nodiscard]] RESEAU_API PictureDecoder& decoder_in_process();

/// A regular file, open for reading; closed when it goes.
class RESEAU_API OpenFile {
 public:
  explicit OpenFile(int descriptor) noexcept : descriptor_(descriptor) {}
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile();
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

/// Opens as read_file() does, and reads nothing. Fails: io_error, policy_filetype.
[[nodiscard]] RESEAU_API Result<OpenFile> open_file(const std::string& path);

/// The bytes of a regular file. Symbolic links are followed; a FIFO, socket or device is refused
/// without waiting on it. `path` is bytes, as the system has them.
/// Fails: io_error, policy_filetype, limit_bytes.
[[nodiscard]] RESEAU_API Result<std::vector<std::uint8_t>> read_file(const std::string& path,
                                                                     const Limits& limits = {});

}  // namespace reseau
