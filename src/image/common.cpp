#include "image/common.h"

#include <algorithm>
#include <cstring>

namespace reseau::detail {

std::optional<Error> check_size(std::uint64_t width, std::uint64_t height, std::size_t file_bytes,
                                const Limits& limits) {
  // Bombs of fewer pixels cost little, and honest blank scans pack very well.
  constexpr std::uint64_t kRatioAppliesAbove = 16ULL << 20;

  const std::string claim =
      "the header claims " + std::to_string(width) + " x " + std::to_string(height) + " pixels";
  if (width == 0 || height == 0) return Error{Code::empty, claim + ", so there is no picture"};
  const auto max_side = static_cast<std::uint64_t>(std::max(limits.max_side, 0));
  if (width > max_side || height > max_side) {
    return Error{Code::limit_dimension, claim + ", and no side may be longer than " +
                                            std::to_string(max_side) +
                                            "; raise it with --max-side if the file is trusted"};
  }
  const std::uint64_t pixels = width * height;
  if (pixels > limits.max_pixels) {
    return Error{Code::limit_pixels, claim + ", over the limit of " +
                                         std::to_string(limits.max_pixels) +
                                         "; raise it with --max-pixels if the file is trusted"};
  }
  const std::uint64_t ratio = pixels / std::max<std::size_t>(file_bytes, 1);
  if (pixels > kRatioAppliesAbove && ratio > limits.max_ratio) {
    return Error{Code::limit_ratio,
                 claim + " in " + std::to_string(file_bytes) + " bytes, over the limit of " +
                     std::to_string(limits.max_ratio) +
                     " pixels a byte; raise it with --max-ratio if the file is trusted"};
  }
  return std::nullopt;
}

bool enough_rows(std::uint64_t rows, std::uint64_t height) {
  static_assert(kWhole == 0.95);
  return rows * 100 >= height * 95;
}

Shown show_one(Result<Picture> picture, const PictureSink& sink) {
  if (!picture) return picture.error();
  sink(std::move(picture).value());
  return std::optional<Error>();
}

std::optional<Error> frame_missing(int index) {
  return Error{Code::corrupt, "it is cut short or damaged: frame or page " + std::to_string(index) +
                                  " cannot be decoded; get a whole copy"};
}

Error nothing_left() {
  return {Code::corrupt,
          "it is cut short or damaged: not one of its rows is there; get a whole copy"};
}

void repeat_last_row(Image& image, std::uint64_t rows) {
  const std::size_t row_bytes =
      static_cast<std::size_t>(image.width()) * bytes_per_pixel(image.layout());
  const std::uint8_t* last = image.row(static_cast<int>(rows) - 1);
  for (auto y = static_cast<int>(rows); y < image.height(); ++y)
    std::memcpy(image.row(y), last, row_bytes);
}

void thin_out(Image& image, int step_x, int top, int step_y) {
  const std::size_t channels = bytes_per_pixel(image.layout());
  const int width = (image.width() + step_x - 1) / step_x;
  const int height = (image.height() - top + step_y - 1) / step_y;
  if (width < 1 || height < 1) return;
  Image kept(width, height, image.layout());
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* from = image.row(top + y * step_y);
    for (int x = 0; x < width; ++x) {
      std::memcpy(kept.row(y) + static_cast<std::size_t>(x) * channels,
                  from + static_cast<std::size_t>(x * step_x) * channels, channels);
    }
  }
  image = std::move(kept);
}

Result<double> finish_rows(Image& image, std::uint64_t rows) {
  const auto height = static_cast<std::uint64_t>(image.height());
  if (rows >= height) return 1.0;
  if (rows == 0) return nothing_left();
  if (enough_rows(rows, height)) {
    repeat_last_row(image, rows);
  } else {
    image.keep_rows(0, static_cast<int>(rows));
  }
  return static_cast<double>(rows) / static_cast<double>(height);
}

Error damaged(const std::string& reason) {
  return {Code::corrupt, "it is damaged: " + reason + "; get a whole copy"};
}

std::uint64_t load_big(Bytes file, std::size_t offset, int width) {
  std::uint64_t value = 0;
  for (int i = 0; i < width; ++i, ++offset)
    value = value << 8 | (offset < file.size() ? file[offset] : 0U);
  return value;
}

std::uint64_t load_little(Bytes file, std::size_t offset, int width) {
  std::uint64_t value = 0;
  for (int i = 0; i < width; ++i, ++offset)
    value |= static_cast<std::uint64_t>(offset < file.size() ? file[offset] : 0U) << (8 * i);
  return value;
}

bool any_transparent(std::span<const std::uint8_t> pixels, std::size_t channels) {
  for (std::size_t at = channels - 1; at < pixels.size(); at += channels) {
    if (pixels[at] < 255) return true;
  }
  return false;
}

bool has(Bytes file, std::size_t at, std::string_view bytes) {
  return at + bytes.size() <= file.size() &&
         std::equal(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

Scratch::~Scratch() {
  if (!bytes_.empty()) explicit_bzero(bytes_.data(), bytes_.size());
}

double seconds_shown(double claimed) {
  constexpr double kShortest = 0.0101;
  constexpr double kInstead = 0.1;
  return claimed < kShortest ? kInstead : std::min(claimed, kMaxShownFor);
}

}  // namespace reseau::detail
