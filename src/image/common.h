/// What the decoders of the formats share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <reseau/image.h>

namespace reseau::detail {

/// The first picture of a file, as it lies there: decode() turns it upright.
struct Picture {
  Image image;
  int orientation = 1;  ///< as in EXIF: 1 to 8
  int frames = 1;
  double completeness = 1;  ///< as Decoded::completeness
};

/// Each takes a file that sniff() gave to its format. They may throw std::bad_alloc.
[[nodiscard]] Result<Picture> decode_jpeg(Bytes file, const Limits& limits);
[[nodiscard]] Result<Picture> decode_png(Bytes file, const Limits& limits);
[[nodiscard]] Result<Picture> decode_webp(Bytes file, const Limits& limits);
[[nodiscard]] Result<Picture> decode_gif(Bytes file, const Limits& limits);
[[nodiscard]] Result<Picture> decode_tiff(Bytes file, const Limits& limits);
[[nodiscard]] Result<Picture> decode_bmp(Bytes file, const Limits& limits);

/// Frames beyond these are not counted: a file of a million empty ones should cost nothing.
inline constexpr int kMaxFramesCounted = 10'000;

/// What is wrong with a picture of the size that a header claims, before anything is allocated.
[[nodiscard]] std::optional<Error> check_size(std::uint64_t width, std::uint64_t height,
                                              std::size_t file_bytes, const Limits& limits);

/// The completeness rule: of a whole picture, 95 of 100 rows are there. Requires: height >= 1.
[[nodiscard]] bool enough_rows(std::uint64_t rows, std::uint64_t height);
/// Nothing of the picture is there.
[[nodiscard]] Error nothing_left();

/// All below the first `rows` becomes as the last of them. Requires: 1 <= rows <= height.
void repeat_last_row(Image& image, std::uint64_t rows);

/// What to do with a picture of which the rows from the top are there and the others are not:
/// nothing if it is whole, repeat the last row if enough are, cut the others away if not.
/// Gives its completeness. Fails: corrupt if no row is there.
[[nodiscard]] Result<double> finish_rows(Image& image, std::uint64_t rows);

/// "it is damaged: REASON; get a whole copy"
[[nodiscard]] Error damaged(const std::string& reason);

/// One channel over white: c * a + 255 * (1 - a), rounded.
[[nodiscard]] constexpr std::uint8_t over_white(unsigned channel, unsigned alpha) {
  return static_cast<std::uint8_t>((channel * alpha + 255U * (255U - alpha) + 127U) / 255U);
}

/// One pixel of RGBA over white, into a pixel of the image.
inline void put_rgba(std::uint8_t* pixel, const std::uint8_t* rgba, PixelLayout layout) {
  pixel[0] = over_white(rgba[0], rgba[3]);
  if (layout == PixelLayout::gray8) return;
  pixel[1] = over_white(rgba[1], rgba[3]);
  pixel[2] = over_white(rgba[2], rgba[3]);
}

/// An unsigned number of `width` bytes; bytes beyond the end of the file read as zero.
[[nodiscard]] std::uint64_t load_big(Bytes file, std::size_t offset, int width);
[[nodiscard]] std::uint64_t load_little(Bytes file, std::size_t offset, int width);

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
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace reseau::detail
