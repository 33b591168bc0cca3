// Edits of shape: scaling, cropping, turning, and ground added around the picture.
#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "evaluate/edit_parts.h"

namespace reseau::evaluation {
namespace {

int pixels(double length) { return std::max(1, static_cast<int>(std::lround(length))); }

cv::Mat resized(const cv::Mat& picture, double width, double height) {
  const cv::Size size(pixels(width), pixels(height));
  const bool smaller = size.area() < picture.size().area();
  cv::Mat edited;
  cv::resize(picture, edited, size, 0, 0, smaller ? cv::INTER_AREA : cv::INTER_CUBIC);
  return edited;
}

// The part of `picture` that starts at (x, y) and keeps the given shares of its sides.
cv::Mat part(const cv::Mat& picture, double x, double y, double width, double height) {
  const int left = std::clamp(static_cast<int>(std::lround(x)), 0, picture.cols - 1);
  const int top = std::clamp(static_cast<int>(std::lround(y)), 0, picture.rows - 1);
  const cv::Rect box(left, top, std::min(pixels(width * picture.cols), picture.cols - left),
                     std::min(pixels(height * picture.rows), picture.rows - top));
  return picture(box).clone();
}

// The smallest canvas of that ratio that the picture fits into.
cv::Size canvas_for(const cv::Mat& picture, double width_to_height) {
  return {std::max(picture.cols, pixels(picture.rows * width_to_height)),
          std::max(picture.rows, pixels(picture.cols / width_to_height))};
}

void put_in_the_middle(const cv::Mat& picture, cv::Mat& canvas) {
  picture.copyTo(canvas({(canvas.cols - picture.cols) / 2, (canvas.rows - picture.rows) / 2,
                         picture.cols, picture.rows}));
}

cv::Mat rotated(const cv::Mat& picture, double degrees, cv::Size size) {
  const cv::Point2f centre(static_cast<float>(picture.cols - 1) / 2,
                           static_cast<float>(picture.rows - 1) / 2);
  cv::Mat matrix = cv::getRotationMatrix2D(centre, degrees, 1);
  matrix.at<double>(0, 2) += (size.width - picture.cols) / 2.0;
  matrix.at<double>(1, 2) += (size.height - picture.rows) / 2.0;
  cv::Mat edited;
  cv::warpAffine(picture, edited, matrix, size, cv::INTER_CUBIC, cv::BORDER_CONSTANT);
  return edited;
}

}  // namespace

double either(cv::RNG& random) { return random.uniform(0, 2) == 0 ? -1 : 1; }

cv::Mat scale(const cv::Mat& picture, double factor) {
  return resized(picture, picture.cols * factor, picture.rows * factor);
}

cv::Mat long_edge(const cv::Mat& picture, int edge) {
  return scale(picture, static_cast<double>(edge) / std::max(picture.cols, picture.rows));
}

cv::Mat aspect(const cv::Mat& picture, double width_to_height) {
  const double area = static_cast<double>(picture.cols) * picture.rows;
  return resized(picture, std::sqrt(area * width_to_height), std::sqrt(area / width_to_height));
}

cv::Mat crop(const cv::Mat& picture, double keep) {
  return part(picture, picture.cols * (1 - keep) / 2, picture.rows * (1 - keep) / 2, keep, keep);
}

cv::Mat crop_anywhere(const cv::Mat& picture, double keep, cv::RNG& random) {
  const double x = random.uniform(0.0, 1.0) * picture.cols * (1 - keep);
  const double y = random.uniform(0.0, 1.0) * picture.rows * (1 - keep);
  return part(picture, x, y, keep, keep);
}

cv::Mat crop_side(const cv::Mat& picture, double keep, cv::RNG& random) {
  const double gone = 1 - keep;
  switch (random.uniform(0, 4)) {
    case 0:
      return part(picture, 0, 0, keep, 1);
    case 1:
      return part(picture, picture.cols * gone, 0, keep, 1);
    case 2:
      return part(picture, 0, 0, 1, keep);
    default:
      return part(picture, 0, picture.rows * gone, 1, keep);
  }
}

cv::Mat border(const cv::Mat& picture, double of_long_edge, const cv::Scalar& colour) {
  const int width = pixels(of_long_edge * std::max(picture.cols, picture.rows));
  cv::Mat edited;
  cv::copyMakeBorder(picture, edited, width, width, width, width, cv::BORDER_CONSTANT, colour);
  return edited;
}

cv::Mat letterbox(const cv::Mat& picture, double width_to_height) {
  cv::Mat canvas(canvas_for(picture, width_to_height), CV_8UC3, cv::Scalar::all(0));
  put_in_the_middle(picture, canvas);
  return canvas;
}

cv::Mat side_fill_blurred(const cv::Mat& picture) {
  // To 16:9 where the picture is upright, to 9:16 where it is not, so that there is always a fill.
  const cv::Size size = canvas_for(picture, picture.cols < picture.rows ? 16.0 / 9 : 9.0 / 16);
  // The middle of the picture in the canvas's shape, to cover it.
  const double ratio = static_cast<double>(size.width) / size.height;
  const int width = std::min(picture.cols, pixels(picture.rows * ratio));
  const int height = std::min(picture.rows, pixels(picture.cols / ratio));
  const cv::Mat middle =
      picture({(picture.cols - width) / 2, (picture.rows - height) / 2, width, height});
  cv::Mat canvas = bright(blur(resized(middle, size.width, size.height), 3), 0.8);
  put_in_the_middle(picture, canvas);
  return canvas;
}

cv::Mat frame_textured(const cv::Mat& picture, cv::RNG& random) {
  const int width = pixels(0.08 * std::max(picture.cols, picture.rows));
  cv::Mat grain(picture.rows + 2 * width, picture.cols + 2 * width, CV_8U);
  random.fill(grain, cv::RNG::UNIFORM, 0, 256);
  // Wood: noise drawn out along the grain.
  cv::GaussianBlur(grain, grain, {}, width * 0.6, std::max(0.5, width * 0.04));
  cv::normalize(grain, grain, 40, 200, cv::NORM_MINMAX);
  cv::Mat canvas;
  cv::cvtColor(grain, canvas, cv::COLOR_GRAY2BGR);
  cv::multiply(canvas, cv::Scalar(0.5, 0.75, 1.0), canvas);
  put_in_the_middle(picture, canvas);
  return canvas;
}

cv::Mat rotate_cut(const cv::Mat& picture, double degrees) {
  const double angle = std::abs(degrees) * CV_PI / 180;
  const double ratio = static_cast<double>(picture.cols) / picture.rows;
  // The largest picture of the same shape that fits into the turned one.
  const double keep = 1 / (std::cos(angle) + std::max(ratio, 1 / ratio) * std::sin(angle));
  return rotated(picture, degrees, {pixels(keep * picture.cols), pixels(keep * picture.rows)});
}

cv::Mat rotate_expand(const cv::Mat& picture, double degrees) {
  const double c = std::cos(std::abs(degrees) * CV_PI / 180);
  const double s = std::sin(std::abs(degrees) * CV_PI / 180);
  return rotated(
      picture, degrees,
      {pixels(picture.cols * c + picture.rows * s), pixels(picture.cols * s + picture.rows * c)});
}

cv::Mat turn(const cv::Mat& picture, int cv_rotate_code) {
  cv::Mat edited;
  cv::rotate(picture, edited, cv_rotate_code);
  return edited;
}

cv::Mat flip(const cv::Mat& picture, int cv_flip_code) {
  cv::Mat edited;
  cv::flip(picture, edited, cv_flip_code);
  return edited;
}

cv::Mat perspective(const cv::Mat& picture, double of_side, cv::RNG& random) {
  const auto width = static_cast<float>(picture.cols);
  const auto height = static_cast<float>(picture.rows);
  const std::array<cv::Point2f, 4> to = {{{0, 0}, {width, 0}, {width, height}, {0, height}}};
  std::array<cv::Point2f, 4> from = to;
  for (auto& corner : from) {  // moved inwards, so that no ground shows
    const auto dx = static_cast<float>(random.uniform(0.0, of_side)) * width;
    const auto dy = static_cast<float>(random.uniform(0.0, of_side)) * height;
    corner.x += corner.x > 0 ? -dx : dx;
    corner.y += corner.y > 0 ? -dy : dy;
  }
  cv::Mat edited;
  cv::warpPerspective(picture, edited, cv::getPerspectiveTransform(from.data(), to.data()),
                      picture.size(), cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  return edited;
}

}  // namespace reseau::evaluation
