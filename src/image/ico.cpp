// Icons and cursors: a directory of pictures, each a PNG, or a BMP without its file header and with
// a mask of as many rows below. The largest is the first picture, the others are pages.
#include <algorithm>
#include <string_view>
#include <vector>

#include "image/common.h"

namespace reseau::detail {
namespace {

constexpr std::size_t kHeader = 6;
constexpr std::size_t kEntry = 16;
constexpr std::size_t kFileHeader = 14;
constexpr std::size_t kCommonHeader = 40;

// The picture as a BMP file of its own: half the height, since the mask is not asked.
std::vector<std::uint8_t> as_bmp(Bytes picture) {
  std::vector<std::uint8_t> file(kFileHeader, 0);
  file[0] = 'B';
  file[1] = 'M';
  file.insert(file.end(), picture.begin(), picture.end());
  const std::uint64_t bits = load_little(picture, 14, 2);
  const std::uint64_t claimed = load_little(picture, 32, 4);
  const std::uint64_t colors = bits > 8 ? 0 : claimed == 0 ? 1ULL << bits : claimed;
  const std::uint64_t offset =
      kFileHeader + load_little(picture, 0, 4) + 4 * std::min<std::uint64_t>(colors, 256);
  const std::uint64_t height = load_little(picture, 8, 4) / 2;
  for (int i = 0; i < 4; ++i) {
    file[10 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(offset >> (8 * i));
    file[kFileHeader + 8 + static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(height >> (8 * i));
  }
  return file;
}

Result<Picture> picture_of(Bytes bytes, const Limits& limits) {
  Result<Picture> picture = nothing_left();
  const auto take = [&picture](Picture&& first) {
    picture = std::move(first);
    return false;
  };
  Shown shown = std::optional<Error>();
  if (sniff(bytes).name == std::string_view("PNG")) {
    shown = show_png(bytes, limits, take);
  } else if (bytes.size() >= kCommonHeader) {
    shown = show_bmp(Bytes(as_bmp(bytes)), limits, take);
  }
  if (!shown) return shown.error();
  return picture;
}

}  // namespace

Shown show_ico(Bytes file, const Limits& limits, const PictureSink& sink) {
  const std::size_t count = load_little(file, 4, 2);
  std::vector<Bytes> pictures;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = kHeader + i * kEntry;
    const std::size_t size = load_little(file, at + 8, 4);
    const std::size_t offset = load_little(file, at + 12, 4);
    if (offset >= file.size()) continue;
    pictures.emplace_back(file.subspan(offset, std::min(size, file.size() - offset)));
  }
  const auto frames = static_cast<int>(std::clamp<std::size_t>(count, 1, kMaxFrames));
  // By their bytes, since what the directory says of their sizes is anybody's word.
  std::stable_sort(pictures.begin(), pictures.end(),
                   [](Bytes a, Bytes b) { return a.size() > b.size(); });
  std::optional<Error> missing;
  if (pictures.size() < count) missing = frame_missing(static_cast<int>(pictures.size()) + 1);
  int index = 0;
  std::optional<Error> first_error;
  for (const Bytes bytes : pictures) {
    auto picture = picture_of(bytes, limits);
    if (!picture) {
      if (!first_error) first_error = picture.error();
      if (!missing) missing = picture.error();
      continue;
    }
    picture->frames = frames;
    if (++index > 1) picture->part = {PicturePart::Kind::page, index};
    if (!sink(*std::move(picture))) return std::optional<Error>();
  }
  if (index == 0) return first_error.value_or(nothing_left());
  return missing;
}

}  // namespace reseau::detail
