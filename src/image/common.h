/// What the decoders of the formats share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <reseau/image.h>

namespace reseau::detail {

/// A picture of a file, as it lies there: decode() turns it upright.
struct Picture {
  Image image;
  int orientation = 1;  ///< as in EXIF: 1 to 8
  int frames = 1;
  double completeness = 1;  ///< as Decoded::completeness
  PicturePart part{};
  int full_width = 0;  ///< before it was reduced; 0: it was not
  int full_height = 0;
  double shown_for = 0;  ///< as Decoded::shown_for
};

/// Decoded::shown_for of what an animation's file claims.
[[nodiscard]] double seconds_shown(double claimed);

/// Takes a picture; false to see no more of them.
using PictureSink = std::function<bool(Picture&&)>;

/// Each takes a file that sniff() gave to its format, and shows its pictures. Fails if the first
/// cannot be decoded; else gives what is wrong with the first that could not be, if any. They may
/// throw std::bad_alloc, and what the sink throws.
using Shown = Result<std::optional<Error>>;
[[nodiscard]] Shown show_jpeg(Bytes file, const Limits& limits, const PictureSink& sink);
[[nodiscard]] Shown show_png(Bytes file, const Limits& limits, const PictureSink& sink);
[[nodiscard]] Shown show_webp(Bytes file, const Limits& limits, const PictureSink& sink);
[[nodiscard]] Shown show_gif(Bytes file, const Limits& limits, const PictureSink& sink);
[[nodiscard]] Shown show_tiff(Bytes file, const Limits& limits, const PictureSink& sink);
[[nodiscard]] Shown show_bmp(Bytes file, const Limits& limits, const PictureSink& sink);
[[nodiscard]] Shown show_ico(Bytes file, const Limits& limits, const PictureSink& sink);
[[nodiscard]] Shown show_heif(Bytes file, const Limits& limits, const PictureSink& sink);
[[nodiscard]] Shown show_avif(Bytes file, const Limits& limits, const PictureSink& sink);
[[nodiscard]] Shown show_jxl(Bytes file, const Limits& limits, const PictureSink& sink);
[[nodiscard]] Shown show_jp2(Bytes file, const Limits& limits, const PictureSink& sink);

/// The only picture of its file.
[[nodiscard]] Shown show_one(Result<Picture> picture, const PictureSink& sink);

/// What is wrong with a picture of the size that a header claims, before anything is allocated.
[[nodiscard]] std::optional<Error> check_size(std::uint64_t width, std::uint64_t height,
                                              std::size_t file_bytes, const Limits& limits);

/// The completeness rule: of a whole picture, 95 of 100 rows are there. Requires: height >= 1.
[[nodiscard]] bool enough_rows(std::uint64_t rows, std::uint64_t height);
/// Nothing of the picture is there.
[[nodiscard]] Error nothing_left();

/// What stopped the showing of frames or pages after the first.
[[nodiscard]] std::optional<Error> frame_missing(int index);

/// All below the first `rows` becomes as the last of them. Requires: 1 <= rows <= height.
void repeat_last_row(Image& image, std::uint64_t rows);

/// Keeps of the columns every `step_x`th, and of the rows every `step_y`th from `top` on: what
/// there is of an interlaced picture when its last passes are not.
void thin_out(Image& image, int step_x, int top, int step_y);

/// What to do with a picture of which the rows from the top are there and the others are not:
/// nothing if it is whole, repeat the last row if enough are, cut the others away if not.
/// Gives its completeness. Fails: corrupt if no row is there.
[[nodiscard]] Result<double> finish_rows(Image& image, std::uint64_t rows);

/// "it is damaged: REASON; get a whole copy"
[[nodiscard]] Error damaged(const std::string& reason);

/// One channel over a plain ground, 255 or 0: c * a + ground * (1 - a), rounded.
[[nodiscard]] constexpr std::uint8_t over_ground(unsigned channel, unsigned alpha,
                                                 unsigned ground) {
  return static_cast<std::uint8_t>((channel * alpha + ground * (255U - alpha) + 127U) / 255U);
}
inline constexpr std::uint8_t kWhiteGround = 255;
inline constexpr std::uint8_t kBlackGround = 0;

/// What to show a picture over, one after another.
[[nodiscard]] inline std::span<const std::uint8_t> grounds(bool transparent) {
  static constexpr std::array kGrounds = {kWhiteGround, kBlackGround};
  return std::span(kGrounds).first(transparent ? 2 : 1);
}

[[nodiscard]] inline PicturePart shown_over(std::uint8_t ground, PicturePart part = {}) {
  part.over_black = ground == kBlackGround;
  return part;
}

/// Whether not all of these pixels are opaque, of which alpha is the last channel.
[[nodiscard]] bool any_transparent(std::span<const std::uint8_t> pixels, std::size_t channels = 4);

/// One pixel of RGBA over a ground, into a pixel of the image.
inline void put_rgba(std::uint8_t* pixel, const std::uint8_t* rgba, PixelLayout layout,
                     std::uint8_t ground) {
  pixel[0] = over_ground(rgba[0], rgba[3], ground);
  if (layout == PixelLayout::gray8) return;
  pixel[1] = over_ground(rgba[1], rgba[3], ground);
  pixel[2] = over_ground(rgba[2], rgba[3], ground);
}

/// An unsigned number of `width` bytes; bytes beyond the end of the file read as zero.
[[nodiscard]] std::uint64_t load_big(Bytes file, std::size_t offset, int width);
[[nodiscard]] std::uint64_t load_little(Bytes file, std::size_t offset, int width);

/// Whether these bytes stand at `at`, all of them within the file.
[[nodiscard]] bool has(Bytes file, std::size_t at, std::string_view bytes);

/// Memory for pixels on their way; zero at first, wiped at last. Throws std::bad_alloc.
class Scratch {
 public:
  explicit Scratch(std::size_t size) : bytes_(size) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Scratch(Scratch&&) = delete;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();

  [[nodiscard]] std::uint8_t* data() noexcept { return bytes_.data(); }
  [[nodiscard]] const std::uint8_t* data() const noexcept { return bytes_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace reseau::detail
