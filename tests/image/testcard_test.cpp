#include <reseau/testcard.h>

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>

#include "image/orient.h"

using namespace reseau;

namespace {

// How far apart two pictures are, seen from afar: the mean difference of a grid of 16 x 16.
double far_difference(const Image& a, const Image& b, bool negative) {
  const auto cell = [](const Image& image, int column, int row) {
    double sum = 0;
    int count = 0;
    for (int y = image.height() * row / 16; y < image.height() * (row + 1) / 16; ++y) {
      for (int x = image.width() * column / 16; x < image.width() * (column + 1) / 16; ++x, ++count)
        sum += image.row(y)[x];
    }
    return sum / count;
  };
  double sum = 0;
  for (int row = 0; row < 16; ++row) {
    for (int column = 0; column < 16; ++column) {
      const double other = cell(b, column, row);
      sum += std::abs(cell(a, column, row) - (negative ? 255 - other : other));
    }
  }
  return sum / 256;
}

Image copy(const Image& image) {
  Image other(image.width(), image.height(), image.layout());
  std::memcpy(other.row(0), image.row(0), 1024UL * 768);
  return other;
}

}  // namespace

TEST_CASE("The test card is the same picture in every release, drawn or as a PNG") {
  const Image card = draw_testcard();
  REQUIRE(card.width() == 1024);
  REQUIRE(card.height() == 768);
  REQUIRE(card.layout() == PixelLayout::gray8);
  // FNV-1a, 64 bits. Banks hold signatures of this picture: a change breaks every one of them.
  std::uint64_t digest = 14695981039346656037ULL;
  for (int i = 0; i < 1024 * 768; ++i) digest = (digest ^ card.row(0)[i]) * 1099511628211ULL;
  REQUIRE(digest == 0xfb854facaf5496f4);

  const auto png = testcard_png();
  REQUIRE(png == testcard_png());
  const auto decoded = decode(Bytes(png));
  REQUIRE(decoded);
  REQUIRE(decoded->format.name == "PNG");
  REQUIRE(std::memcmp(card.row(0), decoded->image.row(0), 1024UL * 768) == 0);
}

TEST_CASE("No turn, mirror or negative of the test card looks like another, even from afar") {
  const Image card = draw_testcard();
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Image turned = detail::upright(copy(card), orientation);
    for (const bool negative : {false, true}) {
      CAPTURE(orientation, negative);
      if (orientation == 1 && !negative) continue;
      REQUIRE(far_difference(card, turned, negative) > 25);
    }
  }
}
