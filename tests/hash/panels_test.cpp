#include <reseau/hash.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "support/picture.h"

using namespace reseau;
using namespace reseau::test;

namespace {

/// Means over squares, as far as they lie in the picture.
Picture blurred(const Picture& picture, int reach) {
  Picture result = picture;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      int sum = 0;
      int count = 0;
      for (int v = std::max(0, y - reach); v <= std::min(picture.height - 1, y + reach); ++v) {
        for (int u = std::max(0, x - reach); u <= std::min(picture.width - 1, x + reach); ++u) {
          sum += picture.at(u, v);
          ++count;
        }
      }
      result.at(x, y) = static_cast<std::uint8_t>(sum / count);
    }
  }
  return result;
}

/// As a player shows an upright picture on a wide screen.
Picture filled(const Picture& picture, int width) {
  Picture canvas = blurred(discs(width, picture.height, 77), 12);
  put(picture, (width - picture.width) / 2, 0, canvas);
  return canvas;
}

Picture collage(const Picture& one, const Picture& other, int gap) {
  Picture canvas = flat(one.width + gap + other.width, one.height, 255);
  put(one, 0, 0, canvas);
  put(other, one.width + gap, 0, canvas);
  return canvas;
}

int apart(const Signature& a, const Signature& b) { return distance(a, b).value(); }

Signature signature_of(const Picture& picture) { return grid(picture.view()).value().signature; }

}  // namespace

TEST_CASE("A copy does not escape between blurred bars, at the sides or above and below") {
  const Picture picture = discs(150, 256, 31);
  const Picture wide = filled(picture, 256);
  for (const View& view : {kViews[0], kViews[1]}) {
    const auto panels = grid_windows(viewed(wide, view).view()).value().panels;
    REQUIRE(panels.size() == 1);
    const Signature wanted = signature_of(viewed(picture, view));
    CHECK(apart(panels[0].hashed.signature, wanted) < 20'000);
    CHECK(apart(signature_of(viewed(wide, view)), wanted) > 40'000);
  }
}

TEST_CASE("Neither picture of a collage escapes, with a gap or without") {
  const Picture one = discs(180, 200, 32);
  const Picture other = discs(180, 200, 33);
  for (const int gap : {0, 6}) {
    for (const View& view : {kViews[0], kViews[1]}) {
      CAPTURE(gap, view.turn);
      const auto panels =
          grid_windows(viewed(collage(one, other, gap), view).view()).value().panels;
      REQUIRE(panels.size() == 2);
      CHECK(apart(panels[0].hashed.signature, signature_of(viewed(one, view))) < 20'000);
      CHECK(apart(panels[1].hashed.signature, signature_of(viewed(other, view))) < 20'000);
    }
  }
}

TEST_CASE("Pictures full of detail do not escape by being put side by side") {
  std::mt19937 random(5);
  const auto grainy = [&random](std::uint32_t seed) {
    Picture picture = discs(180, 200, seed);
    for (std::uint8_t& value : picture.gray)
      value = static_cast<std::uint8_t>(
          std::clamp(static_cast<int>(value) + static_cast<int>(random() % 25) - 12, 0, 255));
    return picture;
  };
  int found = 0;
  for (std::uint32_t seed = 40; seed < 60; seed += 2) {
    const Picture both = collage(grainy(seed), grainy(seed + 1), 0);
    found += grid_windows(both.view()).value().panels.size() == 2 ? 1 : 0;
  }
  CHECK(found >= 8);
}

TEST_CASE("None of four pictures of a collage escapes, with gaps or without") {
  for (const int gap : {0, 6}) {
    CAPTURE(gap);
    const Picture upper = collage(discs(180, 160, 32), discs(180, 160, 33), gap);
    const Picture lower = collage(discs(180, 160, 34), discs(180, 160, 35), gap);
    Picture four = flat(upper.width, 2 * upper.height + gap, 255);
    put(upper, 0, 0, four);
    put(lower, 0, upper.height + gap, four);
    const auto panels = grid_windows(four.view()).value().panels;
    REQUIRE(panels.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {  // down the left side, then the right
      const auto seed = static_cast<std::uint32_t>(32 + i / 2 + 2 * (i % 2));
      CHECK(apart(panels[i].hashed.signature, signature_of(discs(180, 160, seed))) < 20'000);
    }
  }
}

TEST_CASE("A copy does not escape where its own ground is nearly the white of the page around it") {
  Picture picture = flat(180, 180, 242);
  put(discs(80, 80, 35), 60, 50, picture);
  Picture page = flat(200, 260, 250);
  put(picture, 10, 30, page);
  const auto windows = grid_windows(page.view()).value();
  REQUIRE(windows.trimmed);
  CHECK(windows.trimmed->where.height * 260 < 100);  // the discs alone
  CHECK(windows.panels.empty());
  REQUIRE(windows.on_page);
  CHECK(apart(windows.on_page->hashed.signature, signature_of(picture)) < 10'000);
  // Where both windows are the same there is no second.
  put(discs(180, 180, 36), 10, 30, page);
  CHECK_FALSE(grid_windows(page.view()).value().on_page);
}

TEST_CASE("Few pictures are taken for what they are not, and none of nothing") {
  int taken = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    taken += grid_windows(discs(320, 240, seed).view()).value().panels.empty() ? 0 : 1;
  }
  CHECK(taken <= 4);
  for (const int side : {5, 16, 64, 300}) {
    CHECK(grid_windows(flat(side, side, 90).view()).value().panels.empty());
    CHECK(grid_windows(flat(side, 5, 90).view()).value().panels.empty());
  }
}
