// Icons and cursors: a directory of pictures, each a PNG, or a BMP without its file header and with
// a mask of as many rows below. The largest is the first picture, the others are pages.
#include <algorithm>
#include <string_view>
#include <vector>

#include "image/bmp.h"
#include "image/directories.h"

namespace reseau::detail {
namespace {

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

Shown show_entry(Bytes bytes, const Limits& limits, const PictureSink& sink) {
  if (sniff(bytes).name == std::string_view("PNG")) return show_png(bytes, limits, sink);
  if (bytes.size() < kCommonHeader) return nothing_left();
  return show_icon_bmp(Bytes(as_bmp(bytes)), limits, sink);
}

}  // namespace

Shown show_ico(Bytes file, const Limits& limits, const PictureSink& sink) {
  const std::size_t count = load_little(file, 4, 2);
  std::vector<Bytes> pictures = icon_pictures(file);
  const auto frames = static_cast<int>(std::clamp<std::size_t>(count, 1, kMaxFrames));
  // By their bytes, since what the directory says of their sizes is anybody's word.
  std::stable_sort(pictures.begin(), pictures.end(),
                   [](Bytes a, Bytes b) { return a.size() > b.size(); });
  std::optional<Error> missing;
  if (pictures.size() < count) missing = frame_missing(static_cast<int>(pictures.size()) + 1);
  int index = 1;
  std::optional<Error> first_error;
  for (const Bytes bytes : pictures) {
    bool wanted = true;
    bool there = false;
    const auto take = [&](Picture&& picture) {
      there = true;
      picture.frames = std::max(picture.frames, frames);
      if (index > 1 && picture.part.kind == PicturePart::Kind::first) {
        picture.part.kind = PicturePart::Kind::page;
        picture.part.index = index;
      } else if (index > 1) {  // a frame of the animation that this page is
        picture.part.offset = static_cast<std::uint64_t>(bytes.data() - file.data());
      }
      return wanted = sink(std::move(picture));
    };
    const Shown shown = show_entry(bytes, limits, take);
    if (!wanted) return std::optional<Error>();
    if (there) ++index;
    if (!shown && !first_error) first_error = shown.error();
    if (!missing) missing = shown ? *shown : std::optional(shown.error());
  }
  if (index == 1) return first_error.value_or(nothing_left());
  return missing;
}

}  // namespace reseau::detail
