/// Pictures that pass for photographs, each unlike the others.
#pragma once

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "evaluate/edit_parts.h"
#include "support/temp_dir.h"

namespace reseau::test {

inline cv::Mat photograph(int number) {
  cv::RNG random(1000 + number);
  for (int i = 0; i < 8; ++i) random.next();
  const cv::Size size(250, 180);
  cv::Mat picture = evaluation::other_picture(size, random);
  // Patches, so that each has a layout of its own.
  for (int i = 0; i < 24; ++i) {
    const cv::Point middle(random.uniform(0, size.width), random.uniform(0, size.height));
    const cv::Size radii(random.uniform(6, 50), random.uniform(6, 40));
    const cv::Scalar colour(random.uniform(0, 256), random.uniform(0, 256), random.uniform(0, 256));
    cv::ellipse(picture, middle, radii, random.uniform(0, 180), 0, 360, colour, cv::FILLED,
                cv::LINE_AA);
  }
  return picture;
}

/// 00.png, 01.png and so on.
inline void write_photographs(const std::string& folder, int count) {
  std::filesystem::create_directories(folder);
  for (int i = 0; i < count; ++i) {
    cv::imwrite(folder + "/" + (i < 10 ? "0" : "") + std::to_string(i) + ".png", photograph(i));
  }
}

}  // namespace reseau::test
