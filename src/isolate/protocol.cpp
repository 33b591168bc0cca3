#include "isolate/protocol.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

namespace reseau::detail {
namespace {

constexpr std::uint64_t kMostBytesAPixel = 3;

}  // namespace

std::string harmless(std::span<const char> message, std::uint32_t length) {
  std::string text(message.data(), std::min<std::size_t>(length, message.size()));
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

Order order_of(std::uint64_t bytes, const Limits& limits) {
  Order order;
  order.bytes = bytes;
  order.max_bytes = limits.max_bytes;
  order.max_pixels = limits.max_pixels;
  order.max_ratio = limits.max_ratio;
  order.max_side = limits.max_side;
  order.max_frames = limits.max_frames;
  order.shrink_to = limits.shrink_to.value_or(-1);
  return order;
}

Limits limits_of(const Order& order) {
  Limits limits;
  limits.max_bytes = order.max_bytes;
  limits.max_pixels = order.max_pixels;
  limits.max_ratio = order.max_ratio;
  limits.max_side = order.max_side;
  limits.max_frames = order.max_frames;
  if (order.shrink_to >= 0) limits.shrink_to = order.shrink_to;
  return limits;
}

std::uint64_t output_needed(const Limits& limits) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 38;  // pixels; no machine has so much memory
  const auto side = static_cast<std::uint64_t>(std::max(limits.max_side, 1));
  const std::uint64_t pixels = std::min({limits.max_pixels, side * side, kMost});
  return kMostBytesAPixel * std::max<std::uint64_t>(pixels, 1);
}

Report report_of(const Decoded& picture) {
  Report report;
  report.say = Say::picture;
  report.width = picture.image.width();
  report.height = picture.image.height();
  report.layout = static_cast<std::uint32_t>(picture.image.layout());
  report.part_kind = static_cast<std::uint32_t>(picture.part.kind);
  report.part_index = static_cast<std::uint32_t>(picture.part.index);
  report.part_over_black = picture.part.over_black ? 1 : 0;
  report.part_offset = picture.part.offset;
  report.frames = picture.frames;
  report.completeness = picture.completeness;
  report.full_width = picture.full_width;
  report.full_height = picture.full_height;
  report.shown_for = picture.shown_for;
  return report;
}

Report report_of(const Result<Walked>& end, const Report* last) {
  Report report;
  if (last != nullptr) report = *last;
  report.say = last != nullptr ? Say::last : Say::end;
  const std::optional<Error> error = end ? end->stopped : std::optional(end.error());
  if (end) {
    report.frames_in_all = end->frames;
    report.video_count = static_cast<std::uint32_t>(end->videos.size());
    std::copy(end->videos.begin(), end->videos.end(), report.videos.begin());
  }
  if (!error) return report;
  report.code = static_cast<std::uint32_t>(error->code);
  report.message_length =
      static_cast<std::uint32_t>(std::min(error->message.size(), report.message.size()));
  std::memcpy(report.message.data(), error->message.data(), report.message_length);
  return report;
}

std::optional<Decoded> believe_picture(const Report& report, Bytes file, const Limits& limits,
                                       Bytes output) {
  if (report.magic != kMagic || (report.say != Say::picture && report.say != Say::last))
    return std::nullopt;
  if (report.width < 1 || report.height < 1) return std::nullopt;
  if (report.width > limits.max_side || report.height > limits.max_side) return std::nullopt;
  const auto width = static_cast<std::uint64_t>(report.width);
  const auto height = static_cast<std::uint64_t>(report.height);
  if (width * height > limits.max_pixels) return std::nullopt;
  const bool gray = report.layout == static_cast<std::uint32_t>(PixelLayout::gray8);
  if (!gray && report.layout != static_cast<std::uint32_t>(PixelLayout::rgb8)) return std::nullopt;
  const std::uint64_t size = width * height * (gray ? 1 : 3);
  if (size > output.size()) return std::nullopt;
  if (report.frames < 1 || report.frames > kMaxFrames) return std::nullopt;
  if (!(report.completeness > 0 && report.completeness <= 1)) return std::nullopt;
  if (report.part_kind > static_cast<std::uint32_t>(kLastPicturePart)) return std::nullopt;
  if (report.part_index > static_cast<std::uint32_t>(kMaxFrames)) return std::nullopt;
  if (report.part_over_black > 1) return std::nullopt;
  if (report.part_offset > file.size()) return std::nullopt;
  if (report.full_width < report.width || report.full_width > limits.max_side) return std::nullopt;
  if (report.full_height < report.height || report.full_height > limits.max_side)
    return std::nullopt;
  if (!(report.shown_for >= 0 && report.shown_for <= kMaxShownFor)) return std::nullopt;

  Image image = Image::for_overwrite(report.width, report.height,
                                     gray ? PixelLayout::gray8 : PixelLayout::rgb8);
  std::memcpy(image.row(0), output.data(), size);
  Decoded picture{std::move(image), sniff(Bytes(file.subspan(report.part_offset))), {}};
  picture.frames = report.frames;
  picture.completeness = report.completeness;
  picture.full_width = report.full_width;
  picture.full_height = report.full_height;
  picture.shown_for = report.shown_for;
  picture.part.kind = static_cast<PicturePart::Kind>(report.part_kind);
  picture.part.index = static_cast<int>(report.part_index);
  picture.part.over_black = report.part_over_black != 0;
  picture.part.offset = report.part_offset;
  return picture;
}

std::optional<Result<Walked>> believe_end(const Report& report, Bytes file, int pictures) {
  if (report.magic != kMagic || (report.say != Say::end && report.say != Say::last))
    return std::nullopt;
  if (report.frames_in_all < 0 || report.frames_in_all > kMaxFrames) return std::nullopt;
  const auto code = static_cast<Code>(report.code);
  if (report.code > static_cast<std::uint32_t>(Code::worker_crashed)) return std::nullopt;
  if (report.video_count > report.videos.size()) return std::nullopt;
  const auto videos = std::span(report.videos).first(report.video_count);
  if (std::adjacent_find(videos.begin(), videos.end(), std::greater_equal()) != videos.end())
    return std::nullopt;
  if (!videos.empty() && videos.back() >= file.size()) return std::nullopt;
  Walked walked{pictures, report.frames_in_all, std::nullopt, {videos.begin(), videos.end()}};
  if (code == Code::ok) {
    if (pictures == 0) return std::nullopt;  // an honest worker says why there is none
    return Result<Walked>(std::move(walked));
  }
  Error error{code, harmless(report.message, report.message_length)};
  if (error.message.empty()) return std::nullopt;
  if (pictures == 0) return Result<Walked>(std::move(error));
  walked.stopped = std::move(error);
  return Result<Walked>(std::move(walked));
}

}  // namespace reseau::detail
