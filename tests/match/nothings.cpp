#include "match/nothings.h"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

namespace reseau::test {
namespace {

using cv::Mat;
using cv::Point;
using cv::RNG;

int any(RNG& random) { return random.uniform(0, 256); }
int light(RNG& random) { return random.uniform(225, 256); }
int dark(RNG& random) { return random.uniform(0, 80); }

Mat ground(RNG& random, int level) {
  const int width = random.uniform(200, 500);
  return {random.uniform(200, 500), width, CV_8UC1, cv::Scalar(level)};
}

/// Two levels that differ.
std::pair<int, int> two(RNG& random) {
  const int one = any(random);
  return {one, (one + random.uniform(40, 216)) % 256};
}

/// Each pixel from its place, -1 to 1 along both sides.
template <typename Level>
Mat painted(RNG& random, const Level& level) {
  Mat picture = ground(random, 0);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      picture.at<std::uint8_t>(y, x) = cv::saturate_cast<std::uint8_t>(
          level(2.0 * x / picture.cols - 1, 2.0 * y / picture.rows - 1));
    }
  }
  return picture;
}

Mat grained(const Mat& picture, double sigma, RNG& random) {
  Mat grain(picture.size(), CV_16SC1);
  random.fill(grain, RNG::NORMAL, 0, sigma);
  Mat result;
  cv::add(picture, grain, result, cv::noArray(), CV_8U);
  return result;
}

Mat solid(RNG& random) { return ground(random, any(random)); }
Mat grain(RNG& random) { return grained(solid(random), random.uniform(1.0, 12.0), random); }
Mat black_frame(RNG& random) { return grained(ground(random, 4), random.uniform(.5, 4.0), random); }

Mat noise(RNG& random) {
  Mat picture = ground(random, 0);
  random.fill(picture, RNG::UNIFORM, 0, 256);
  return picture;
}

Mat gradient(RNG& random) {
  const auto [from, to] = two(random);
  const double angle = random.uniform(0.0, 2 * CV_PI);
  return painted(random, [=](double x, double y) {
    return from + (to - from) * (.5 + (x * std::cos(angle) + y * std::sin(angle)) / 2.83);
  });
}

Mat vignette(RNG& random) {
  const auto [from, to] = two(random);
  const cv::Point2d middle(random.uniform(-.6, .6), random.uniform(-.6, .6));
  const double radius = random.uniform(.8, 2.0);
  const Mat picture = painted(random, [=](double x, double y) {
    return from + (to - from) * std::min(1.0, std::hypot(x - middle.x, y - middle.y) / radius);
  });
  return grained(picture, random.uniform(.1, 4.0), random);
}

Mat horizon(RNG& random) {
  const auto [above, below] = two(random);
  const double at = random.uniform(-.7, .7);
  Mat picture = painted(random, [=](double, double y) { return y < at ? above : below; });
  cv::GaussianBlur(picture, picture, {}, random.uniform(.5, 8.0));
  return grained(picture, random.uniform(.1, 4.0), random);
}

/// An object's edge on white.
Mat edge(RNG& random) {
  const double angle = random.uniform(0.0, 2 * CV_PI);
  const double offset = random.uniform(-.3, .3);
  const double bend = random.uniform(-.6, .6);
  const int ground_level = light(random);
  const int object = random.uniform(0, 180);
  Mat picture = painted(random, [=](double x, double y) {
    const double across = x * std::cos(angle) + y * std::sin(angle);
    const double along = y * std::cos(angle) - x * std::sin(angle);
    return across - offset + bend * along * along > 0 ? object : ground_level;
  });
  cv::GaussianBlur(picture, picture, {}, random.uniform(.5, 4.0));
  return grained(picture, random.uniform(.1, 3.0), random);
}

Mat ellipse(RNG& random) {
  Mat picture = ground(random, light(random));
  const Point middle(cvRound(picture.cols * random.uniform(.3, .7)),
                     cvRound(picture.rows * random.uniform(.3, .7)));
  const cv::Size radii(cvRound(picture.cols * random.uniform(.1, .3)),
                       cvRound(picture.rows * random.uniform(.1, .3)));
  cv::ellipse(picture, middle, radii, random.uniform(0, 180), 0, 360, random.uniform(0, 180),
              cv::FILLED, cv::LINE_AA);
  return grained(picture, random.uniform(.1, 3.0), random);
}

Mat box(RNG& random) {
  Mat picture = ground(random, light(random));
  const auto inset = [&](int side) { return cvRound(side * random.uniform(.05, .4)); };
  const Point from(inset(picture.cols), inset(picture.rows));
  const Point to(picture.cols - inset(picture.cols), picture.rows - inset(picture.rows));
  cv::rectangle(picture, from, to, random.uniform(0, 180), cv::FILLED);
  return grained(picture, random.uniform(.1, 3.0), random);
}

/// A pattern of one pixel's place in a tile of `period` pixels.
template <typename Is>
Mat tiled(RNG& random, int period, const Is& is) {
  const auto [one, other] = two(random);
  Mat picture = ground(random, one);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      if (is(x, y, period)) picture.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(other);
    }
  }
  return picture;
}

Mat stripes(RNG& random) {
  const int across = random.uniform(0, 2);
  const int down = across == 0 ? 1 : random.uniform(-1, 2);
  return tiled(random, random.uniform(6, 70), [=](int x, int y, int period) {
    return (x * across + y * down + 10'000 * period) % period < period / 2;
  });
}
Mat checker(RNG& random) {
  return tiled(random, random.uniform(6, 45),
               [](int x, int y, int period) { return (x / period + y / period) % 2 == 1; });
}
Mat dots(RNG& random) {
  return tiled(random, random.uniform(10, 80), [](int x, int y, int period) {
    const int dx = x % period - period / 2;
    const int dy = y % period - period / 2;
    return 9 * (dx * dx + dy * dy) < period * period;
  });
}
Mat bricks(RNG& random) {
  return tiled(random, random.uniform(10, 40), [](int x, int y, int period) {
    const int shifted = x + (y / period % 2) * period;
    return y % period < 3 || shifted % (2 * period) < 3;
  });
}
Mat zigzag(RNG& random) {
  return tiled(random, random.uniform(12, 80), [](int x, int y, int period) {
    return (y + std::abs(x % period - period / 2)) % period < period / 2;
  });
}
Mat squared_paper(RNG& random) {
  return tiled(random, random.uniform(8, 80),
               [](int x, int y, int period) { return x % period < 2 || y % period < 2; });
}

Mat plaid(RNG& random) {
  Mat picture = ground(random, any(random));
  const int period = random.uniform(20, 100);
  for (int bands = random.uniform(1, 4); bands > 0; --bands) {
    const int from = random.uniform(0, period);
    const int width = random.uniform(2, period / 2);
    const int level = any(random);
    for (int at = from - period; at < picture.cols + picture.rows; at += period) {
      for (const cv::Rect& band :
           {cv::Rect(at, 0, width, picture.rows), {0, at, picture.cols, width}}) {
        Mat part = picture(band & cv::Rect({}, picture.size()));
        if (!part.empty()) part = part * .5 + level * .5;
      }
    }
  }
  return picture;
}

std::string word(RNG& random) {
  std::string letters(static_cast<std::size_t>(random.uniform(2, 9)), ' ');
  for (char& letter : letters) letter = static_cast<char>('a' + random.uniform(0, 26));
  return letters;
}

void write(Mat& picture, const std::string& text, const Point& at, double size, RNG& random) {
  cv::putText(picture, text, at, cv::FONT_HERSHEY_SIMPLEX, size, dark(random), 1, cv::LINE_AA);
}

Mat table(RNG& random) {
  Mat picture = ground(random, light(random));
  const int rows = random.uniform(6, 20);
  const int columns = random.uniform(4, 10);
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const Point from(column * picture.cols / columns, row * picture.rows / rows);
      const Point to((column + 1) * picture.cols / columns, (row + 1) * picture.rows / rows);
      cv::rectangle(picture, from, to, dark(random));
      write(picture, std::to_string(random.uniform(0, 999)), {from.x + 3, to.y - 3}, .35, random);
    }
  }
  return picture;
}

Mat a_few_words(RNG& random) {
  Mat picture = ground(random, light(random));
  for (int lines = random.uniform(1, 3); lines > 0; --lines) {
    const Point at(picture.cols / 10, random.uniform(40, picture.rows - 20));
    write(picture, word(random) + " " + word(random), at, .7, random);
  }
  return picture;
}

Mat page(RNG& random) {
  Mat picture(random.uniform(500, 700), 480, CV_8UC1, cv::Scalar(light(random)));
  const double size = random.uniform(.4, .7);
  for (int y = 40; y < picture.rows - 30; y += cvRound(40 * size)) {
    std::string line;
    while (static_cast<double>(line.size()) * size < 21) line += word(random) + " ";
    write(picture, line, {30, y}, size, random);
  }
  return picture;
}

/// Looks as a QR code does, and says nothing.
Mat code(RNG& random) {
  const int side = 21 + 4 * random.uniform(0, 6);
  Mat modules(side, side, CV_8UC1);
  random.fill(modules, RNG::UNIFORM, 0, 2);
  modules *= 255;
  for (const Point& corner : {Point(0, 0), Point(side - 7, 0), Point(0, side - 7)}) {
    for (const auto& [inset, level] : {std::pair(-1, 255), {0, 0}, {1, 255}, {2, 0}}) {
      cv::rectangle(modules, corner + Point(inset, inset), corner + Point(6 - inset, 6 - inset),
                    level, cv::FILLED);
    }
  }
  Mat picture;
  cv::resize(modules, picture, {}, 9, 9, cv::INTER_NEAREST);
  const int quiet = random.uniform(0, 60);
  cv::copyMakeBorder(picture, picture, quiet, quiet, quiet, quiet, cv::BORDER_CONSTANT, 255);
  return picture;
}

}  // namespace

std::span<const Nothing> nothings() {
  static constexpr auto kNothings = std::to_array<Nothing>({
      {"solid", solid, true},
      {"grain", grain, true},
      {"black frame", black_frame, true},
      {"noise", noise, true},
      {"gradient", gradient, true},
      {"vignette", vignette, true},
      {"horizon", horizon, true},
      {"edge", edge, true},
      {"ellipse", ellipse, true},
      {"box", box, true},
      {"stripes", stripes, true},
      {"checker", checker, true},
      {"dots", dots, true},
      {"bricks", bricks, true},
      {"zigzag", zigzag, true},
      {"squared paper", squared_paper, true},
      {"plaid", plaid, true},
      {"table", table, true},
      {"a few words", a_few_words, false},
      {"page", page, false},
      {"code", code, false},
  });
  return kNothings;
}

}  // namespace reseau::test
