#include "video/thumb.h"

#include <algorithm>
#include <cstdlib>

namespace reseau::detail {
namespace {

constexpr int kSamples = 4;  // of each cell, a side: its mean is then steadier than a frame's noise

/// `level(x, y)` is the pixel there, 0 to 255.
template <typename Level>
Thumb thumb_by(int width, int height, const Level& level) {
  constexpr int kPoints = kThumbSide * kSamples;
  std::array<int, kPoints> columns{};
  for (int i = 0; i < kPoints; ++i) {
    columns.at(static_cast<std::size_t>(i)) =
        static_cast<int>((2LL * i + 1) * width / (2LL * kPoints));
  }
  std::array<unsigned, static_cast<std::size_t>(kThumbSide) * kThumbSide> sums{};
  for (int j = 0; j < kPoints; ++j) {
    const int y = static_cast<int>((2LL * j + 1) * height / (2LL * kPoints));
    unsigned* row = sums.data() + static_cast<std::ptrdiff_t>(j / kSamples) * kThumbSide;
    for (int i = 0; i < kPoints; ++i)
      row[i / kSamples] += level(columns[static_cast<std::size_t>(i)], y);
  }
  Thumb thumb{};
  std::transform(sums.begin(), sums.end(), thumb.begin(), [](unsigned sum) {
    return static_cast<std::uint8_t>(sum / (kSamples * kSamples));
  });
  return thumb;
}

}  // namespace

std::optional<Thumb> thumb_of(const AVFrame& frame) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  constexpr std::uint64_t kOther = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BE |
                                   AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL |
                                   AV_PIX_FMT_FLAG_FLOAT;
  if (format == nullptr || (format->flags & kOther) != 0 || frame.data[0] == nullptr)
    return std::nullopt;
  const AVComponentDescriptor& luma = format->comp[0];
  const int wide = (luma.depth + luma.shift + 7) / 8;
  if (luma.plane != 0 || luma.depth < 8 || wide > 2 || luma.step < wide) return std::nullopt;
  const std::uint8_t* start = frame.data[0] + luma.offset;
  const std::ptrdiff_t stride = frame.linesize[0];
  const std::ptrdiff_t step = luma.step;
  if (wide == 1) {
    return thumb_by(frame.width, frame.height,
                    [=](int x, int y) -> unsigned { return start[y * stride + x * step]; });
  }
  const int drop = luma.shift + luma.depth - 8;
  return thumb_by(frame.width, frame.height, [=](int x, int y) -> unsigned {
    const std::uint8_t* pixel = start + y * stride + x * step;
    return ((pixel[0] | static_cast<unsigned>(pixel[1]) << 8) >> drop) & 0xFFU;
  });
}

Thumb thumb_of(const std::uint8_t* pixels, int width, int height, std::ptrdiff_t stride) {
  return thumb_by(width, height, [=](int x, int y) -> unsigned {
    const std::uint8_t* pixel = pixels + y * stride + static_cast<std::ptrdiff_t>(x) * 3;
    return (77U * pixel[0] + 150U * pixel[1] + 29U * pixel[2]) >> 8;
  });
}

double difference(const Thumb& a, const Thumb& b) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += static_cast<unsigned>(std::abs(int{a[i]} - int{b[i]}));
  return static_cast<double>(sum) / static_cast<double>(a.size());
}

}  // namespace reseau::detail
