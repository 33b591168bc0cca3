/// Pictures as OpenCV has them, by the library's own decoders.
#pragma once

#include <opencv2/core.hpp>
#include <string>

#include <reseau/image.h>

namespace reseau::evaluation {

/// BGR with 8 bits a channel, upright. Fails as decode() does.
[[nodiscard]] Result<cv::Mat> read_picture(Bytes file, const Limits& limits = {});

/// Requires: BGR with 8 bits a channel; the view lives as long as `picture`.
[[nodiscard]] ImageView view_of(const cv::Mat& picture);

/// Through the codec and back. `quality` is 1 to 100. Requires: at most 16,383 pixels a side.
[[nodiscard]] cv::Mat through_jpeg(const cv::Mat& picture, int quality);
[[nodiscard]] cv::Mat through_webp(const cv::Mat& picture, int quality);

}  // namespace reseau::evaluation
