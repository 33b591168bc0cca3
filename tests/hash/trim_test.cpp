#include <catch2/catch.hpp>

#include "support/picture.h"

using namespace reseau;
using namespace reseau::test;

namespace {

struct Margins {
  int left, top, right, bottom;
};

/// The picture on a ground of one level, which `noise` moves by up to so much.
Picture framed(const Picture& picture, const Margins& margins, std::uint8_t ground, int noise = 0) {
  Picture canvas = flat(picture.width + margins.left + margins.right,
                        picture.height + margins.top + margins.bottom, ground);
  std::uint32_t lot = 1;
  for (std::uint8_t& level : canvas.gray) {
    lot = lot * 1103515245U + 12345U;
    const int moved = level + static_cast<int>(lot >> 16) % (2 * noise + 1) - noise;
    level = static_cast<std::uint8_t>(std::clamp(moved, 0, 255));
  }
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      canvas.at(margins.left + x, margins.top + y) = picture.at(x, y);
    }
  }
  return canvas;
}

int apart(const Signature& a, const Signature& b) { return distance(a, b).value(); }

}  // namespace

TEST_CASE("A copy does not escape by a border, letterbox bars or a frame of any colour") {
  const Picture picture = discs(240, 200, 21);
  const Signature plain = grid(picture.view()).value().signature;
  const Signature other = grid(discs(240, 200, 22).view()).value().signature;
  for (const int ground : {0, 90, 255}) {
    for (const int noise : {0, 6}) {
      for (const Margins& margins :
           {Margins{20, 20, 20, 20}, {0, 60, 0, 60}, {80, 0, 80, 0}, {10, 50, 10, 90}}) {
        CAPTURE(ground, noise, margins.left, margins.top);
        const Picture copy = framed(picture, margins, static_cast<std::uint8_t>(ground), noise);
        const auto windows = grid_windows(copy.view()).value();
        REQUIRE(windows.trimmed);
        const Rectangle& where = windows.trimmed->where;
        const auto pixels = [](float share, int side) { return share * static_cast<float>(side); };
        CHECK(std::abs(pixels(where.x, copy.width) - static_cast<float>(margins.left)) < 4);
        CHECK(std::abs(pixels(where.y, copy.height) - static_cast<float>(margins.top)) < 4);
        CHECK(std::abs(pixels(where.width, copy.width) - 240) < 7);
        CHECK(std::abs(pixels(where.height, copy.height) - 200) < 7);
        const int inside = apart(windows.trimmed->hashed.signature, plain);
        CHECK(inside < apart(windows.trimmed->hashed.signature, other) / 4);
        CHECK(inside < apart(windows.whole.signature, plain));
      }
    }
  }
}

TEST_CASE("Text on a bar is not taken for the picture") {
  const Picture picture = discs(240, 160, 31);
  Picture copy = framed(picture, {0, 80, 0, 80}, 0);
  for (int x = 40; x < 200; x += 4) {  // strokes
    for (int y = 30; y < 45; ++y) copy.at(x, y) = 255;
  }
  const auto windows = grid_windows(copy.view()).value();
  REQUIRE(windows.trimmed);
  CHECK(std::abs(windows.trimmed->where.y * 320 - 80) < 4);
}

TEST_CASE("A picture without borders, all border, or nearly all border is not trimmed to nothing") {
  CHECK_FALSE(grid_windows(discs(320, 240, 1).view()).value().trimmed);
  CHECK_FALSE(grid_windows(flat(320, 240, 200).view()).value().trimmed);
  CHECK_FALSE(
      grid_windows(framed(discs(12, 12, 3), {200, 200, 200, 200}, 0).view()).value().trimmed);
  for (const auto& [width, height] :
       {std::pair{5, 5}, {5, 40'000}, {40'000, 5}, {6, 300}, {17, 17}}) {
    Picture picture = discs(width, height, 5);
    std::fill_n(picture.gray.begin(), width, std::uint8_t{0});
    CAPTURE(width, height);
    const auto windows = grid_windows(picture.view()).value();
    CHECK(windows.whole.quality >= 0);
    if (windows.trimmed) CHECK(windows.trimmed->where.width > 0);
  }
}

TEST_CASE("A copy does not escape by lines of text set close to it, as on a page or a reel") {
  const Picture picture = discs(200, 136, 31);
  Picture page = framed(picture, {0, 60, 0, 60}, 20);
  // Lines of strokes, with one line of ground between them and before the picture.
  for (const int top : {36, 48, 197, 209}) {
    for (int y = top; y < top + 11; ++y) {
      for (int x = 20; x < 180; ++x) page.at(x, y) = x / 3 % 2 == 0 ? 240 : 20;
    }
  }
  const auto windows = grid_windows(page.view()).value();
  REQUIRE(windows.trimmed);
  CHECK(std::abs(windows.trimmed->where.y - 60 / 256.0F) < 0.01F);
  CHECK(std::abs(windows.trimmed->where.height - 136 / 256.0F) < 0.015F);
  CHECK(apart(windows.trimmed->hashed.signature, grid(picture.view()).value().signature) < 10'000);
}

TEST_CASE(
    "A copy does not escape by a line of text close to the edge, as a telephone's status line") {
  const Picture picture = discs(140, 140, 33);
  Picture screen = framed(picture, {5, 24, 5, 40}, 250);
  for (int y = 2; y < 8; ++y) {  // less than a bar's width from the edge
    for (int x = 5; x < 40; ++x) screen.at(x, y) = x / 2 % 2 == 0 ? 40 : 250;
  }
  const auto windows = grid_windows(screen.view()).value();
  REQUIRE(windows.trimmed);
  CHECK(std::abs(windows.trimmed->where.y - 24 / 204.0F) < 0.02F);
  CHECK(apart(windows.trimmed->hashed.signature, grid(picture.view()).value().signature) < 20'000);

  // Without a bar behind it, it is a part of the picture.
  Picture lined = picture;
  for (int x = 0; x < 140; ++x) lined.at(x, 0) = 250;
  CHECK_FALSE(grid_windows(lined.view()).value().trimmed);
}
