#include "video/scaler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <reseau/video.h>

namespace reseau::detail {
namespace {

constexpr int kLeastSide = 16;

int shrunk(int side, int longest) {
  if (longest <= kMaxSampledSide) return side;
  const int scaled =
      static_cast<int>(std::lround(static_cast<double>(side) * kMaxSampledSide / longest));
  return std::clamp(scaled, std::min(side, kLeastSide), kMaxSampledSide);
}

// Where a video does not say, players take the large ones for BT.709 and the others for BT.601.
int color_space(const AVFrame& frame) {
  constexpr int kHighDefinition = 720;
  switch (frame.colorspace) {
    case AVCOL_SPC_BT709:
    case AVCOL_SPC_FCC:
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
    case AVCOL_SPC_SMPTE240M:
    case AVCOL_SPC_BT2020_NCL:
      return frame.colorspace;
    default:
      return frame.height >= kHighDefinition ? SWS_CS_ITU709 : SWS_CS_ITU601;
  }
}

bool has_full_range(const AVFrame& frame) {
  switch (frame.format) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ411P:
      return true;
    default:
      return frame.color_range == AVCOL_RANGE_JPEG;
  }
}

Image shown(const Image& image, const Showing& showing) {
  const bool turned = showing.turn % 180 != 0;
  const int width = turned ? image.height() : image.width();
  const int height = turned ? image.width() : image.height();
  Image result(width, height, PixelLayout::rgb8);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const std::uint8_t* from = image.row(y) + static_cast<std::ptrdiff_t>(x) * 3;
      const int column = showing.mirror ? image.width() - 1 - x : x;
      int to_x = column;
      int to_y = y;
      if (showing.turn == 90) {
        to_x = width - 1 - y;
        to_y = column;
      } else if (showing.turn == 180) {
        to_x = width - 1 - column;
        to_y = height - 1 - y;
      } else if (showing.turn == 270) {
        to_x = y;
        to_y = height - 1 - column;
      }
      std::copy_n(from, 3, result.row(to_y) + static_cast<std::ptrdiff_t>(to_x) * 3);
    }
  }
  return result;
}

}  // namespace

// The matrix takes (x, y) to (a x + c y, b x + d y); rows of it are a b u, c d v, ...
Showing showing_of(const std::int32_t* matrix) {
  const double a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
  if (a * d - b * c == 0) return {};
  Showing showing;
  showing.mirror = a * d - b * c < 0;
  // Mirrored first: that turns the sign of what x is taken to.
  const double angle = std::atan2(showing.mirror ? -b : b, showing.mirror ? -a : a);
  const long quarters = std::lround(angle / 1.57079632679489662);
  showing.turn = static_cast<int>(((quarters % 4) + 4) % 4) * 90;
  return showing;
}

Scaler::~Scaler() { wipe(); }

void Scaler::wipe() {
  if (!padded_.empty()) explicit_bzero(padded_.data(), padded_.size());
}

bool Scaler::prepare(const AVFrame& frame) {
  const Kind kind{frame.width, frame.height, frame.format,
                  as_vpdq_ ? SWS_CS_ITU601 : color_space(frame), has_full_range(frame) ? 1 : 0};
  if (kind == kind_) return context_ != nullptr;
  kind_ = kind;
  ++changes_;
  context_.reset();
  const auto format = static_cast<AVPixelFormat>(frame.format);
  if (frame.width < 1 || frame.height < 1 || sws_isSupportedInput(format) == 0) return false;
  const int longest = as_vpdq_ ? 0 : std::max(frame.width, frame.height);
  width_ = shrunk(frame.width, longest);
  height_ = shrunk(frame.height, longest);
  context_.reset(sws_getContext(frame.width, frame.height, format, width_, height_,
                                AV_PIX_FMT_RGB24, SWS_AREA | SWS_ACCURATE_RND, nullptr, nullptr,
                                nullptr));
  if (!context_) return false;
  // Its vector code writes over the ends of rows.
  constexpr int kPadding = 64;
  stride_ = (3 * width_ + 2 * kPadding - 1) / kPadding * kPadding;
  wipe();
  padded_.assign(static_cast<std::size_t>(stride_) * height_ + kPadding, 0);
  const int* space = sws_getCoefficients(kind.space);
  const int* rgb = sws_getCoefficients(SWS_CS_DEFAULT);
  constexpr int kUnchanged = 1 << 16;
  sws_setColorspaceDetails(context_.get(), space, kind.range, rgb, 1, 0, kUnchanged, kUnchanged);
  return true;
}

std::optional<Image> Scaler::scale(const AVFrame& frame, const Showing& showing) {
  if (!prepare(frame)) return std::nullopt;
  const std::array<std::uint8_t*, 4> rows = {padded_.data(), nullptr, nullptr, nullptr};
  const std::array<int, 4> strides = {stride_, 0, 0, 0};
  const int done = sws_scale(context_.get(), frame.data, frame.linesize, 0, frame.height,
                             rows.data(), strides.data());
  if (done != height_) return std::nullopt;
  Image image(width_, height_, PixelLayout::rgb8);
  for (int y = 0; y < height_; ++y) {
    std::copy_n(padded_.data() + static_cast<std::ptrdiff_t>(y) * stride_, 3 * width_,
                image.row(y));
  }
  if (showing.turn == 0 && !showing.mirror) return image;
  return shown(image, showing);
}

}  // namespace reseau::detail
