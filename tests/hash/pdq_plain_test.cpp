// PDQ once more, as plainly as it can be said, to hold the fast one against.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "support/picture.h"

using namespace reseau;
using namespace reseau::test;

namespace {

using Line = std::vector<float>;
using Plain = std::vector<Line>;

Plain turned(const Plain& picture) {
  Plain result(picture[0].size(), Line(picture.size()));
  for (std::size_t y = 0; y < picture.size(); ++y) {
    for (std::size_t x = 0; x < picture[0].size(); ++x) result[x][y] = picture[y][x];
  }
  return result;
}

/// Adds what enters before taking off what leaves.
Line filtered(const Line& line, int window) {
  const int length = static_cast<int>(line.size());
  const int lead = (window + 2) / 2 - 1;
  Line result;
  float sum = 0;
  int count = 0;
  for (int step = 0; step < length + lead; ++step) {
    if (step < length) {
      sum += line[static_cast<std::size_t>(step)];
      ++count;
    }
    if (step >= window) {
      sum -= line[static_cast<std::size_t>(step - window)];
      --count;
    }
    if (step >= lead) result.push_back(sum / static_cast<float>(count));
  }
  return result;
}

Plain blurred(Plain picture) {
  const auto window = [](std::size_t length) { return static_cast<int>((length + 127) / 128); };
  for (int pass = 0; pass < 4; ++pass) {  // along rows, along columns, and both once more
    const int reach = window(picture[0].size());
    for (Line& line : picture) line = filtered(line, reach);
    picture = turned(picture);
  }
  return picture;
}

std::string plain_pdq(const Picture& picture) {
  Plain luma;
  for (int y = 0; y < picture.height; ++y) {
    luma.emplace_back();
    for (int x = 0; x < picture.width; ++x) luma.back().push_back(picture.at(x, y));
  }
  const Plain smooth = picture.width == 64 && picture.height == 64 ? luma : blurred(luma);
  const auto middle = [](int i, int length) {
    return static_cast<std::size_t>((i + 0.5) * length / 64);
  };
  const auto basis = [](int i, int j) {
    return static_cast<float>(std::sqrt(2.0 / 64) *
                              std::cos(std::numbers::pi / 128 * (i + 1) * (2 * j + 1)));
  };
  std::vector<float> transform;
  for (int i = 0; i < 16; ++i) {
    Line half;
    for (int x = 0; x < 64; ++x) {
      float sum = 0;
      for (int k = 0; k < 64; ++k) {
        sum += basis(i, k) * smooth[middle(k, picture.height)][middle(x, picture.width)];
      }
      half.push_back(sum);
    }
    for (int j = 0; j < 16; ++j) {
      float sum = 0;
      for (int k = 0; k < 64; ++k) sum += half[static_cast<std::size_t>(k)] * basis(j, k);
      transform.push_back(sum);
    }
  }
  std::vector<float> ordered = transform;
  std::sort(ordered.begin(), ordered.end());
  std::vector<std::uint8_t> bytes(32);
  for (std::size_t bit = 0; bit < 256; ++bit) {
    if (transform[bit] > ordered[127]) {
      bytes[31 - bit / 8] |= static_cast<std::uint8_t>(1U << bit % 8);
    }
  }
  return to_hex(Bytes(bytes));
}

}  // namespace

TEST_CASE("PDQ of any size is what its plain description says, or lists would not be found") {
  std::mt19937 random(1);
  std::vector<std::pair<int, int>> sizes = {{5, 5},     {64, 64},  {64, 65},   {128, 128},
                                            {129, 127}, {5, 512},  {512, 5},   {512, 384},
                                            {16, 33},   {300, 17}, {257, 511}, {31, 400}};
  for (int i = 0; i < 12; ++i) {
    sizes.emplace_back(5 + static_cast<int>(random() % 400), 5 + static_cast<int>(random() % 300));
  }
  for (const auto& [width, height] : sizes) {
    CAPTURE(width, height);
    Picture picture = discs(width, height, width * height);
    for (std::uint8_t& level : picture.gray) {
      level = static_cast<std::uint8_t>(level ^ (random() % 8));
    }
    CHECK(pdq(picture.view()).value().signature.hex() == plain_pdq(picture));
  }
}
