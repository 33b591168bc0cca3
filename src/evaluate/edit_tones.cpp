// Edits of tone, focus and codec: every pixel stays in its place.
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "evaluate/edit_parts.h"
#include "evaluate/picture.h"

namespace reseau::evaluation {
namespace {

template <typename Curve>
cv::Mat curve(const cv::Mat& picture, Curve value) {
  cv::Mat table(1, 256, CV_8U);
  for (int i = 0; i < 256; ++i) table.at<unsigned char>(i) = cv::saturate_cast<uchar>(value(i));
  cv::Mat edited;
  cv::LUT(picture, table, edited);
  return edited;
}

cv::Mat luma(const cv::Mat& picture) {
  cv::Mat y;
  cv::cvtColor(picture, y, cv::COLOR_BGR2GRAY);
  return y;
}

}  // namespace

cv::Mat jpeg(const cv::Mat& picture, int quality) { return through_jpeg(picture, quality); }

cv::Mat webp(const cv::Mat& picture, int quality) { return through_webp(picture, quality); }

cv::Mat blur(const cv::Mat& picture, double percent_of_long_edge) {
  const double sigma = percent_of_long_edge / 100 * std::max(picture.cols, picture.rows);
  cv::Mat edited;
  cv::GaussianBlur(picture, edited, {}, std::max(sigma, 0.1), 0, cv::BORDER_REPLICATE);
  return edited;
}

cv::Mat sharpen(const cv::Mat& picture) {
  cv::Mat soft;
  cv::Mat edited;
  cv::GaussianBlur(picture, soft, {}, 1.5, 0, cv::BORDER_REPLICATE);
  cv::addWeighted(picture, 2.5, soft, -1.5, 0, edited);  // unsharp mask, 150 %
  return edited;
}

cv::Mat noise(const cv::Mat& picture, double sigma, cv::RNG& random) {
  cv::Mat grain(picture.size(), CV_16SC3);
  random.fill(grain, cv::RNG::NORMAL, 0, sigma);
  cv::Mat edited;
  cv::add(picture, grain, edited, cv::noArray(), CV_8U);
  return edited;
}

cv::Mat salt(const cv::Mat& picture, double percent, cv::RNG& random) {
  cv::Mat lot(picture.size(), CV_32F);
  random.fill(lot, cv::RNG::UNIFORM, 0, 100);
  cv::Mat edited = picture.clone();
  edited.setTo(cv::Scalar::all(255), lot < percent / 2);
  edited.setTo(cv::Scalar::all(0), lot >= 100 - percent / 2);
  return edited;
}

cv::Mat bright(const cv::Mat& picture, double factor) {
  return curve(picture, [=](int v) { return v * factor; });
}

cv::Mat contrast(const cv::Mat& picture, double factor) {
  const double mean = cv::mean(luma(picture))[0];
  return curve(picture, [=](int v) { return mean + (v - mean) * factor; });
}

cv::Mat gamma(const cv::Mat& picture, double exponent) {
  return curve(picture, [=](int v) { return 255 * std::pow(v / 255.0, exponent); });
}

cv::Mat grey(const cv::Mat& picture) {
  cv::Mat edited;
  cv::cvtColor(luma(picture), edited, cv::COLOR_GRAY2BGR);
  return edited;
}

cv::Mat saturate(const cv::Mat& picture, double factor) {
  cv::Mat edited;
  cv::addWeighted(picture, factor, grey(picture), 1 - factor, 0, edited);
  return edited;
}

cv::Mat sepia(const cv::Mat& picture) {
  // The matrix of the W3C's Filter Effects, section "sepia", in the order BGR.
  const cv::Matx33f matrix(0.131F, 0.534F, 0.272F, 0.168F, 0.686F, 0.349F, 0.189F, 0.769F, 0.393F);
  cv::Mat edited;
  cv::transform(picture, edited, matrix);
  return edited;
}

cv::Mat hue(const cv::Mat& picture, int degrees) {
  cv::Mat hsv;
  cv::cvtColor(picture, hsv, cv::COLOR_BGR2HSV);
  std::vector<cv::Mat> planes;
  cv::split(hsv, planes);
  planes[0] = curve(planes[0], [=](int v) { return (v + degrees / 2) % 180; });
  cv::merge(planes, hsv);
  cv::Mat edited;
  cv::cvtColor(hsv, edited, cv::COLOR_HSV2BGR);
  return edited;
}

cv::Mat equalize(const cv::Mat& picture) {
  cv::Mat ycc;
  cv::cvtColor(picture, ycc, cv::COLOR_BGR2YCrCb);
  std::vector<cv::Mat> planes;
  cv::split(ycc, planes);
  cv::equalizeHist(planes[0], planes[0]);
  cv::merge(planes, ycc);
  cv::Mat edited;
  cv::cvtColor(ycc, edited, cv::COLOR_YCrCb2BGR);
  return edited;
}

cv::Mat posterize(const cv::Mat& picture, int bits) {
  const int kept = 256 - (1 << (8 - bits));
  return curve(picture, [=](int v) { return v & kept; });
}

cv::Mat vignette(const cv::Mat& picture) {
  const double cx = (picture.cols - 1) / 2.0;
  const double cy = (picture.rows - 1) / 2.0;
  const double corner = std::max(cx * cx + cy * cy, 1e-9);
  cv::Mat edited(picture.size(), CV_8UC3);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const double r2 = ((x - cx) * (x - cx) + (y - cy) * (y - cy)) / corner;
      const double light = 1 - 0.85 * r2;  // the corners keep 15 % of their light
      const auto& from = picture.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) {
        edited.at<cv::Vec3b>(y, x)[c] = cv::saturate_cast<uchar>(from[c] * light);
      }
    }
  }
  return edited;
}

cv::Mat invert(const cv::Mat& picture) {
  return curve(picture, [](int v) { return 255 - v; });
}

}  // namespace reseau::evaluation
