/// Test pictures as the bytes of files.
#pragma once

#include <opencv2/imgcodecs.hpp>

#include "support/picture.h"

namespace reseau::test {

using File = std::vector<std::uint8_t>;

/// `format` is an extension: ".png", ".jpg", ".webp", ".tiff", ".bmp".
inline File encode(const Picture& picture, const char* format = ".png",
                   const std::vector<int>& how = {}) {
  Picture copy = picture;
  const cv::Mat mat(copy.height, copy.width, CV_8UC1, copy.gray.data());
  File file;
  cv::imencode(format, mat, file, how);
  return file;
}

inline File jpeg(const Picture& picture, int quality) {
  return encode(picture, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality});
}

}  // namespace reseau::test
