#include "evaluate/look_alikes.h"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>
#include <string>

#include "evaluate/edit_parts.h"

namespace reseau::evaluation {
namespace {

using cv::Mat;
using cv::Point;
using cv::RNG;
using cv::Scalar;
using Picture = const Mat&;

const cv::Size kPage(480, 640);

/// What moves in a scene from one moment to the next: every place by up to `most` of the width,
/// smoothly.
Mat moved(Picture picture, double most, RNG& random) {
  Mat shifts(4, 4, CV_32FC2);
  random.fill(shifts, RNG::UNIFORM, -most * picture.cols, most * picture.cols);
  Mat places;
  cv::resize(shifts, places, picture.size(), 0, 0, cv::INTER_CUBIC);
  for (int y = 0; y < places.rows; ++y) {
    for (int x = 0; x < places.cols; ++x) {
      places.at<cv::Vec2f>(y, x) += cv::Vec2f(static_cast<float>(x), static_cast<float>(y));
    }
  }
  Mat result;
  cv::remap(picture, result, places, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_REFLECT);
  return result;
}

Pair burst(Picture one, Picture /*other*/, RNG& random) {
  const Mat next = crop_anywhere(moved(one, 0.06, random), 0.96, random);
  return {one, noise(bright(next, random.uniform(0.93, 1.07)), 4, random)};
}

Pair meme(Picture one, Picture /*other*/, RNG& random) {
  const Mat known = text_meme(one, random);
  Mat query = known;
  // The words are drawn by lot, and may be the same once more; a tiny picture shows no words.
  for (int i = 0; i < 8 && cv::norm(known, query, cv::NORM_INF) == 0; ++i) {
    query = text_meme(one, random);
  }
  return {known, query};
}

Mat resized(Picture picture, cv::Size size) {
  Mat result;
  cv::resize(picture, result, size, 0, 0, cv::INTER_AREA);
  return result;
}

std::string word(RNG& random) {
  std::string text;
  const int letters = random.uniform(3, 11);
  for (int i = 0; i < letters; ++i) text += static_cast<char>('a' + random.uniform(0, 26));
  return text;
}

void write(Mat& page, const std::string& text, Point at, double size, const Scalar& colour) {
  cv::putText(page, text, at, cv::FONT_HERSHEY_SIMPLEX, size, colour, 1, cv::LINE_AA);
}

/// Fields with names, and what was filled in.
Mat form(RNG layout, RNG& filled) {
  Mat page(kPage, CV_8UC3, Scalar::all(252));
  write(page, word(layout) + " " + word(layout), {40, 50}, 1.0, Scalar::all(20));
  for (int row = 0; row < 9; ++row) {
    const int top = 80 + row * 60;
    const int columns = layout.uniform(1, 4);
    for (int column = 0; column < columns; ++column) {
      const cv::Rect box(40 + column * 400 / columns, top + 16, 400 / columns - 12, 30);
      write(page, word(layout), {box.x, top + 10}, 0.4, Scalar::all(60));
      cv::rectangle(page, box, Scalar::all(90), 1);
      write(page, word(filled), {box.x + 6, box.y + 22}, 0.55, Scalar(120, 30, 30));
    }
  }
  return page;
}

Pair forms(Picture /*one*/, Picture /*other*/, RNG& random) {
  const RNG layout(random.next());
  Mat known = form(layout, random);
  return {std::move(known), form(layout, random)};
}

/// The same application with something else in it.
Mat app_screen(Picture content, RNG& random) {
  Mat screen(kPage, CV_8UC3, Scalar::all(245));
  screen({0, 0, kPage.width, 60}).setTo(Scalar(150, 90, 40));
  screen({0, kPage.height - 60, kPage.width, 60}).setTo(Scalar::all(225));
  write(screen, "Messages", {60, 40}, 0.9, Scalar::all(255));
  for (int i = 0; i < 4; ++i) {
    cv::circle(screen, {60 + i * 120, kPage.height - 30}, 14, Scalar::all(110), 2, cv::LINE_AA);
  }
  for (int row = 0; row < 2; ++row) {
    const int top = 72 + row * 250;
    cv::circle(screen, {36, top + 22}, 18, Scalar(90, 140, 70), cv::FILLED, cv::LINE_AA);
    write(screen, word(random) + " " + word(random), {66, top + 28}, 0.55, Scalar::all(40));
    const int middle = std::max(1, content.rows / 2);
    const Mat half = content.rowRange(row == 0 ? 0 : std::min(middle, content.rows - 1),
                                      row == 0 ? middle : content.rows);
    resized(half, {440, 190}).copyTo(screen({20, top + 48, 440, 190}));
  }
  return screen;
}

Pair app_screens(Picture one, Picture other, RNG& random) {
  Mat known = app_screen(one, random);
  return {std::move(known), app_screen(other, random)};
}

/// A shirt of another cloth, laid out on the same ground.
Mat shirt(Picture cloth, Point by) {
  const std::vector<Point> outline = {{170, 90},  {210, 110}, {270, 110}, {310, 90},
                                      {420, 170}, {380, 250}, {330, 220}, {335, 540},
                                      {145, 540}, {150, 220}, {100, 250}, {60, 170}};
  std::vector<Point> placed;
  placed.reserve(outline.size());
  for (const Point& point : outline) placed.push_back(point + by);
  Mat mask(kPage, CV_8UC1, Scalar(0));
  cv::fillPoly(mask, std::vector{placed}, Scalar(255), cv::LINE_AA);
  Mat soft;
  cv::GaussianBlur(cloth, soft, {}, cloth.cols / 40.0);
  Mat page(kPage, CV_8UC3, Scalar(214, 220, 222));
  resized(soft, kPage).copyTo(page, mask);
  return page;
}

Pair shirts(Picture one, Picture other, RNG& random) {
  const auto near_by = [&random] { return Point(random.uniform(-8, 9), random.uniform(-8, 9)); };
  Mat known = shirt(one, near_by());
  return {std::move(known), shirt(other, near_by())};
}

constexpr std::array<LookAlike, 5> kLookAlikes = {{
    {"burst", "one scene, a moment later", burst},
    {"meme", "one template, other words", meme},
    {"form", "one form, filled in otherwise", forms},
    {"app screen", "one application, other contents", app_screens},
    {"product", "one cut and ground, another cloth", shirts},
}};

}  // namespace

std::span<const LookAlike> look_alikes() { return kLookAlikes; }

}  // namespace reseau::evaluation
