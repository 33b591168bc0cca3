// Edits that bring something else into the picture: text, marks, stickers, frames of programs.
#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "evaluate/edit_parts.h"

namespace reseau::evaluation {
namespace {

constexpr std::array kLines = {"when you see it",  "follow for more pictures", "who did this",
                               "wait for the end", "nobody expected that",     "monday again"};
constexpr std::array kLoudLines = {"ONE DOES NOT SIMPLY", "NOT SURE IF SERIOUS",
                                   "BRACE YOURSELVES",    "WHAT IF I TOLD YOU",
                                   "SUCH A NICE DAY",     "THAT MOMENT WHEN"};
constexpr std::array kMarks = {"SAMPLE", "(c) stock", "@picturepage", "preview"};

const cv::Scalar kWhite = cv::Scalar::all(255);
const cv::Scalar kBlack = cv::Scalar::all(0);

template <typename Lines>
const char* any_of(const Lines& lines, cv::RNG& random) {
  return lines[static_cast<std::size_t>(random.uniform(0, static_cast<int>(lines.size())))];
}

// A box by shares of the picture: left, top, width, height.
cv::Rect box_of(const cv::Mat& picture, double x, double y, double width, double height) {
  const cv::Rect box(static_cast<int>(x * picture.cols), static_cast<int>(y * picture.rows),
                     std::max(1, static_cast<int>(width * picture.cols)),
                     std::max(1, static_cast<int>(height * picture.rows)));
  return box & cv::Rect(0, 0, picture.cols, picture.rows);
}

// One line, as large as fits into `box`, in its middle, outlined if `outline` is not negative.
void write(cv::Mat& picture, const char* line, const cv::Rect& box, const cv::Scalar& colour,
           bool outlined, bool bold) {
  const int font = cv::FONT_HERSHEY_DUPLEX;
  int below = 0;
  const cv::Size unit = cv::getTextSize(line, font, 1, 1, &below);
  const double size = std::min(0.95 * box.width / unit.width, 0.8 * box.height / unit.height);
  const int stroke = std::max(1, static_cast<int>(std::lround(size * (bold ? 3 : 1.3))));
  const cv::Point at(box.x + static_cast<int>(box.width - unit.width * size) / 2,
                     box.y + static_cast<int>(box.height + unit.height * size) / 2);
  if (outlined) {
    const int wide = stroke + std::max(2, static_cast<int>(std::lround(size * 3)));
    cv::putText(picture, line, at, font, size, cv::Scalar::all(255) - colour, wide, cv::LINE_AA);
  }
  cv::putText(picture, line, at, font, size, colour, stroke, cv::LINE_AA);
}

void paste(const cv::Mat& picture, cv::Mat& canvas, const cv::Rect& box) {
  if (box.empty()) return;
  cv::Mat fitted;
  cv::resize(picture, fitted, box.size(), 0, 0, cv::INTER_AREA);
  fitted.copyTo(canvas(box));
}

cv::Scalar any_colour(cv::RNG& random) {
  return {random.uniform(0.0, 255.0), random.uniform(0.0, 255.0), random.uniform(0.0, 255.0)};
}

void draw_smiley(cv::Mat& picture, cv::Point centre, int radius) {
  cv::circle(picture, centre, radius, {40, 200, 255}, cv::FILLED, cv::LINE_AA);
  cv::circle(picture, centre, radius, {20, 120, 200}, std::max(1, radius / 12), cv::LINE_AA);
  const cv::Point eye(radius * 2 / 5, radius / 4);
  cv::circle(picture, centre - eye, radius / 6, kBlack, cv::FILLED, cv::LINE_AA);
  cv::circle(picture, {centre.x + eye.x, centre.y - eye.y}, radius / 6, kBlack, cv::FILLED,
             cv::LINE_AA);
  cv::ellipse(picture, centre, {radius * 3 / 5, radius * 3 / 5}, 0, 20, 160, kBlack,
              std::max(1, radius / 8), cv::LINE_AA);
}

void draw_star(cv::Mat& picture, cv::Point centre, int radius, const cv::Scalar& colour) {
  std::vector<cv::Point> points;
  for (int i = 0; i < 10; ++i) {
    const double r = i % 2 == 0 ? radius : radius * 0.4;
    points.emplace_back(centre.x + static_cast<int>(r * std::sin(i * CV_PI / 5)),
                        centre.y - static_cast<int>(r * std::cos(i * CV_PI / 5)));
  }
  cv::fillPoly(picture, std::vector{points}, colour, cv::LINE_AA);
  cv::polylines(picture, points, true, kWhite, std::max(1, radius / 15), cv::LINE_AA);
}

}  // namespace

cv::Mat watermark(const cv::Mat& picture, cv::RNG& random) {
  // Tiled on a square that still covers the picture when it is turned by 30 degrees.
  const int side = picture.cols + picture.rows;
  const int step = std::max(24, std::max(picture.cols, picture.rows) / 4);
  cv::Mat ink(side, side, CV_8UC3, kBlack);
  const char* mark = any_of(kMarks, random);
  for (int y = 0, row = 0; y < side; y += step / 2, ++row) {
    for (int x = row % 2 == 0 ? 0 : -step / 2; x < side; x += step) {
      write(ink, mark, {x, y, step * 4 / 5, step / 3}, kWhite, false, true);
    }
  }
  const auto middle = static_cast<float>(side) / 2;
  cv::warpAffine(ink, ink, cv::getRotationMatrix2D({middle, middle}, 30, 1), ink.size());
  ink = ink({(side - picture.cols) / 2, (side - picture.rows) / 2, picture.cols, picture.rows});
  cv::Mat opacity;
  ink.convertTo(opacity, CV_32F, 0.4 / 255);
  cv::Mat base;
  picture.convertTo(base, CV_32F);
  cv::Mat edited = base + opacity.mul(kWhite - base);
  edited.convertTo(edited, CV_8U);
  return edited;
}

cv::Mat text_line(const cv::Mat& picture, cv::RNG& random) {
  cv::Mat edited = picture.clone();
  const double y = random.uniform(0, 2) == 0 ? 0.04 : 0.86;
  write(edited, any_of(kLines, random), box_of(edited, 0.05, y, 0.9, 0.1), kWhite, true, false);
  return edited;
}

cv::Mat text_meme(const cv::Mat& picture, cv::RNG& random) {
  cv::Mat edited = picture.clone();
  for (const double y : {0.02, 0.79}) {
    write(edited, any_of(kLoudLines, random), box_of(edited, 0.02, y, 0.96, 0.19), kWhite, true,
          true);
  }
  return edited;
}

cv::Mat logo(const cv::Mat& picture, double of_area, cv::RNG& random) {
  cv::Mat edited = picture.clone();
  const double area = of_area * picture.cols * picture.rows;
  const int width = std::min(picture.cols, static_cast<int>(std::sqrt(area * 1.5)) + 1);
  const int height = std::min(picture.rows, static_cast<int>(area / width) + 1);
  const int gap = std::min(picture.cols, picture.rows) / 50;
  const bool right = random.uniform(0, 2) == 1;
  const bool low = random.uniform(0, 2) == 1;
  cv::Rect box(right ? picture.cols - width - gap : gap, low ? picture.rows - height - gap : gap,
               width, height);
  box &= cv::Rect(0, 0, picture.cols, picture.rows);
  const cv::Scalar colour = any_colour(random);
  cv::rectangle(edited, box, colour, cv::FILLED);
  const int radius = std::max(1, height / 3);
  draw_star(edited, {box.x + width / 4, box.y + height / 2}, radius, cv::Scalar::all(255) - colour);
  write(edited, "NEWS 5", {box.x + width / 2, box.y + height / 4, width / 2, height / 2}, kWhite,
        false, true);
  return edited;
}

cv::Mat stickers(const cv::Mat& picture, cv::RNG& random) {
  cv::Mat edited = picture.clone();
  const double side = std::sqrt(static_cast<double>(picture.cols) * picture.rows);
  for (int i = 0; i < 4; ++i) {
    // About 2 to 5 % of the area each.
    const int radius = std::max(2, static_cast<int>(side * random.uniform(0.08, 0.13)));
    const cv::Point at(random.uniform(0, picture.cols), random.uniform(0, picture.rows));
    if (i % 2 == 0) {
      draw_smiley(edited, at, radius);
    } else {
      draw_star(edited, at, radius * 3 / 2, any_colour(random));
    }
  }
  return edited;
}

cv::Mat screenshot(const cv::Mat& picture, cv::RNG& random) {
  // A page of a picture program on a telephone: status bar, name, picture, buttons, comments.
  const int side = std::max(picture.cols, picture.rows);
  const int margin = side / 30;
  const int above = side / 6;
  const int below = side / 4;
  cv::Mat canvas(picture.rows + above + below, picture.cols + 2 * margin, CV_8UC3,
                 cv::Scalar::all(250));
  picture.copyTo(canvas({margin, above, picture.cols, picture.rows}));
  const int line = std::max(1, side / 24);
  const cv::Scalar ink = cv::Scalar::all(40);
  write(canvas, "12:41", {margin, line / 3, line * 3, line}, ink, false, false);
  write(canvas, "4G  78%", {canvas.cols - margin - line * 4, line / 3, line * 4, line}, ink, false,
        false);
  cv::circle(canvas, {margin + line, above - line * 5 / 4}, line * 4 / 5, any_colour(random),
             cv::FILLED, cv::LINE_AA);
  write(canvas, "picturepage", {margin + line * 5 / 2, above - line * 2, line * 6, line * 3 / 2},
        ink, false, false);
  const int foot = above + picture.rows;
  for (int i = 0; i < 3; ++i) {
    cv::circle(canvas, {margin + line * (1 + 2 * i), foot + line * 5 / 4}, line / 2, ink,
               std::max(1, line / 8), cv::LINE_AA);
  }
  write(canvas, "1,204 likes", {margin, foot + line * 2, line * 6, line * 3 / 2}, ink, false,
        false);
  write(canvas, any_of(kLines, random), {margin, foot + line * 7 / 2, line * 10, line * 3 / 2}, ink,
        false, false);
  return canvas;
}

cv::Mat picture_in_picture(const cv::Mat& picture, cv::RNG& random) {
  cv::Mat edited = picture.clone();
  const bool right = random.uniform(0, 2) == 1;
  const bool low = random.uniform(0, 2) == 1;
  const cv::Rect box = box_of(edited, right ? 0.67 : 0.03, low ? 0.67 : 0.03, 0.3, 0.3);
  paste(other_picture(box.size(), random), edited, box);
  cv::rectangle(edited, box, kWhite, std::max(1, edited.cols / 150));
  return edited;
}

cv::Mat collage_two(const cv::Mat& picture, cv::RNG& random) {
  const bool beside = picture.cols < picture.rows;  // the shorter side is doubled
  const int gap = std::max(1, std::max(picture.cols, picture.rows) / 60);
  const cv::Mat other = other_picture(picture.size(), random);
  const cv::Size size(beside ? picture.cols * 2 + gap : picture.cols,
                      beside ? picture.rows : picture.rows * 2 + gap);
  cv::Mat canvas(size, CV_8UC3, kWhite);
  const cv::Rect first(0, 0, picture.cols, picture.rows);
  const cv::Rect second(size.width - picture.cols, size.height - picture.rows, picture.cols,
                        picture.rows);
  const bool swapped = random.uniform(0, 2) == 1;
  picture.copyTo(canvas(swapped ? second : first));
  other.copyTo(canvas(swapped ? first : second));
  return canvas;
}

cv::Mat photographed_screen(const cv::Mat& picture, cv::RNG& random) {
  // The screen's own raster, a light reflected in it, a camera held askew, its noise and its JPEG.
  cv::Mat light;
  picture.convertTo(light, CV_32F);
  const double gx = random.uniform(0.2, 0.8) * picture.cols;
  const double gy = random.uniform(0.1, 0.5) * picture.rows;
  const double spread = 0.25 * std::max(picture.cols, picture.rows);
  const double pitch = random.uniform(2.1, 2.9);  // pixels; beats with the camera's own raster
  for (int y = 0; y < light.rows; ++y) {
    for (int x = 0; x < light.cols; ++x) {
      const double raster =
          1 + 0.12 * std::sin(2 * CV_PI * x / pitch) * std::sin(2 * CV_PI * (y + 0.03 * x) / pitch);
      const double r2 = ((x - gx) * (x - gx) + (y - gy) * (y - gy)) / (spread * spread);
      const auto glare = static_cast<float>(70 * std::exp(-r2));
      auto& pixel = light.at<cv::Vec3f>(y, x);
      pixel = pixel * static_cast<float>(0.85 * raster) + cv::Vec3f(glare, glare, glare);
    }
  }
  cv::Mat edited;
  light.convertTo(edited, CV_8U);
  edited = perspective(edited, 0.04, random);
  edited = rotate_expand(edited, either(random) * random.uniform(0.5, 1.5));
  edited = noise(blur(edited, 0.15), 6, random);
  return jpeg(edited, 70);
}

cv::Mat reel(const cv::Mat& picture, cv::RNG& random) {
  cv::Mat canvas = letterbox(picture, 9.0 / 16);
  // In the bars where there are any, as such films have it.
  const double bar = (canvas.rows - picture.rows) / 2.0 / canvas.rows;
  const double height = std::clamp(bar * 0.5, 0.04, 0.08);
  const double above = std::max(0.02, bar - height * 1.3);
  const double below = std::min(1 - height - 0.02, 1 - bar + height * 0.3);
  write(canvas, any_of(kLines, random), box_of(canvas, 0.05, above, 0.9, height), kWhite, true,
        false);
  write(canvas, any_of(kLines, random), box_of(canvas, 0.05, below, 0.9, height), kWhite, true,
        false);
  return jpeg(canvas, 50);
}

cv::Mat other_picture(cv::Size size, cv::RNG& random) {
  const cv::Size drawn(320, 240);
  cv::Mat scene(drawn, CV_8UC3);
  const cv::Scalar sky = any_colour(random);
  for (int y = 0; y < drawn.height; ++y) {
    scene.row(y).setTo(sky * (1 - y / 400.0) + cv::Scalar::all(y / 3.0));
  }
  for (int hill = 0; hill < 4; ++hill) {
    const cv::Point at(random.uniform(0, drawn.width), drawn.height - 20 + 15 * hill);
    cv::ellipse(scene, at, {random.uniform(60, 200), random.uniform(40, 130 - 20 * hill)}, 0, 0,
                360, any_colour(random) * 0.7, cv::FILLED, cv::LINE_AA);
  }
  for (int thing = 0; thing < 12; ++thing) {
    const cv::Point at(random.uniform(0, drawn.width), random.uniform(60, drawn.height));
    const cv::Size half(random.uniform(4, 30), random.uniform(4, 40));
    cv::ellipse(scene, at, half, random.uniform(0, 180), 0, 360, any_colour(random), cv::FILLED,
                cv::LINE_AA);
  }
  scene = noise(scene, 12, random);
  cv::Mat edited;
  cv::resize(scene, edited, size, 0, 0, cv::INTER_CUBIC);
  return edited;
}

}  // namespace reseau::evaluation
