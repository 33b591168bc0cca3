#include <catch2/catch.hpp>
#include <limits>

#include "support/picture.h"

using namespace reseau;
using namespace reseau::test;

namespace {

int apart(const Signature& a, const Signature& b) { return distance(a, b).value(); }

/// Every pixel made a block of `across` x `down`.
Picture enlarged(const Picture& picture, int across, int down) {
  Picture large = flat(picture.width * across, picture.height * down, 0);
  for (int y = 0; y < large.height; ++y) {
    for (int x = 0; x < large.width; ++x) large.at(x, y) = picture.at(x / across, y / down);
  }
  return large;
}

}  // namespace

TEST_CASE(
    "The grid signature is the same on every compiler and CPU, or banks could not be shared") {
  // Produced by this library's first build with this table (g++ 12, x86-64); a second
  // implementation, tests/project/test_grid_reference.py, gives the same bytes for other pictures.
  CHECK(grid(discs(320, 240, 1).view()).value().signature.hex() ==
        "12c611ecd2e0f222f934f7f8e622f23604f8f603f7ffd2d5191f06e905130b0e1ab825f4d5db150a25da"
        "01f9e416140c11ea1c0a24e1f4e31e12e003193204f7ddddd61eeaf3890aed00c11f0c0ae73dfefd51e9"
        "fec03d00032414cef0f9181f");
  CHECK(grid(discs(97, 61, 5).view()).value().signature.hex() ==
        "08f303caed040810e0e7f103231e162ffafafefef1fc0e07ee050f01ddffc212dc23302307f7dce62907"
        "fff80adee8011c41edfde607deed1e00011b03f907e410f513fe7feffe12ba1e0514f1ee0d0afeed75fe"
        "dcf1430131e50b161ffe0527");
}

TEST_CASE("Enlarging by whole pixels hardly changes anything: areas are averaged, not sampled") {
  for (const auto& [width, height] : {std::pair{5, 5}, {17, 31}, {26, 26}, {97, 61}, {320, 240}}) {
    const Picture picture = discs(width, height, 9);
    const Hashed small = grid(picture.view()).value();
    for (const auto& [across, down] : {std::pair{2, 2}, {3, 1}, {1, 4}}) {
      CAPTURE(width, across, down);
      const Hashed large = grid(enlarged(picture, across, down).view()).value();
      CHECK(apart(large.signature, small.signature) < 1'000);
    }
  }
}

TEST_CASE("A turned, mirrored or inverted copy has exactly the signature that its view foretells") {
  for (const auto& [width, height] : {std::pair{320, 240}, {97, 61}, {31, 200}}) {
    const Picture picture = discs(width, height, 11);
    const auto views = grid_views(grid(picture.view()).value().signature);
    for (std::size_t v = 0; v < kViews.size(); ++v) {
      CAPTURE(width, describe(kViews[v]));
      // Sums in another order round differently: at most a step in a value or two.
      CHECK(apart(views[v], grid(viewed(picture, kViews[v]).view()).value().signature) <= 4);
    }
  }
}

TEST_CASE("Brightness and contrast hardly move a signature; another picture is far away") {
  const Picture picture = discs(320, 240, 1);
  Picture dim = picture;
  for (std::uint8_t& level : dim.gray) level = static_cast<std::uint8_t>(level / 2 + 60);
  const Signature original = grid(picture.view()).value().signature;
  CHECK(apart(original, grid(dim.view()).value().signature) < 300);
  CHECK(apart(original, grid(discs(320, 240, 2).view()).value().signature) > 60'000);
}

TEST_CASE("The same pixels give the same signature in whatever layout they come") {
  const Picture picture = discs(200, 300, 3);
  std::vector<std::uint8_t> rgb;
  std::vector<float> luma(picture.gray.begin(), picture.gray.end());
  for (const std::uint8_t level : picture.gray) rgb.insert(rgb.end(), 3, level);
  const Hashed expected = grid(picture.view()).value();
  CHECK(grid({rgb.data(), 200, 300, 600, PixelLayout::rgb8}).value().signature ==
        expected.signature);
  CHECK(grid({rgb.data(), 200, 300, 600, PixelLayout::bgr8}).value().signature ==
        expected.signature);
  CHECK(grid({luma.data(), 200, 300, 800, PixelLayout::gray32f}).value().signature ==
        expected.signature);
  // A view into a larger picture: rows further apart than they are long.
  const Picture wide = discs(250, 300, 4);
  Picture cut = flat(200, 300, 0);
  for (int y = 0; y < 300; ++y)
    std::copy_n(&wide.gray[static_cast<std::size_t>(y) * 250], 200, &cut.at(0, y));
  CHECK(grid({wide.gray.data(), 200, 300, 250, PixelLayout::gray8}).value().signature ==
        grid(cut.view()).value().signature);
}

TEST_CASE("Pictures with nothing to recognise say so by their quality") {
  for (const auto& [width, height] : {std::pair{5, 5}, {640, 480}, {5, 100'000}, {100'000, 5}}) {
    const Hashed hashed = grid(flat(width, height, 128).view()).value();
    CHECK(hashed.quality == 0);
    CHECK(hashed.signature.bytes()[0] == 0);
  }
  CHECK(grid(flat(4, 400, 1).view()).error().code == Code::low_information);
  Picture near_flat = flat(320, 240, 128);
  for (std::size_t i = 0; i < near_flat.gray.size(); i += 3) near_flat.gray[i] = 129;
  CHECK(grid(near_flat.view()).value().quality < kMinQuality);
  Picture edge = flat(320, 240, 255);  // an object's edge on white
  for (int y = 0; y < 240; ++y) std::fill_n(&edge.at(0, y), 12, std::uint8_t{0});
  CHECK(grid(edge.view()).value().quality < kMinQuality);
  CHECK(grid(discs(320, 240, 1).view()).value().quality > 60);

  std::vector<float> nonsense(64 * 64, std::numeric_limits<float>::quiet_NaN());
  nonsense[7] = std::numeric_limits<float>::infinity();
  CHECK(grid({nonsense.data(), 64, 64, 256, PixelLayout::gray32f}).value().quality < kMinQuality);
}
