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
  // Produced by this library's own first release build (g++ 12, x86-64); docs/signature.md.
  const Hashed hashed = grid(discs(320, 240, 1).view()).value();
  CHECK(hashed.signature.hex() ==
        "230843000e23300506350c0b09430e0d1015110814183701150210000b421c040b4318040843160232061c0243"
        "174301"
        "1e070826123a0c27153b2004064337023d083a0543151d211a040826220a12120f300b0e10261b13180726060d"
        "11120d"
        "2800064025060a431542083c29230e1a3f0a19100f2d1a072801024316190143311805432e0d112a3506071f11"
        "1a061c");
  CHECK(grid(discs(97, 61, 5).view()).value().signature.hex() ==
        "0d1012000a090a0049041500490115041b0f0a0f0b0807020a491309190b100349044902430d4904130e490b0c"
        "112801"
        "161209164909490849033c03490321040a0f2100052d28014900190649044902390e4101360113010208040203"
        "26070a"
        "4900090f490109313705131515010603010704020130080a1c0007084900044649000330220001270505010601"
        "490132");
}

TEST_CASE("Enlarging by whole pixels changes nothing: areas are averaged exactly") {
  for (const auto& [width, height] : {std::pair{5, 5}, {17, 31}, {26, 26}, {97, 61}, {320, 240}}) {
    const Picture picture = discs(width, height, 9);
    const Hashed small = grid(picture.view()).value();
    for (const auto& [across, down] : {std::pair{2, 2}, {3, 1}, {1, 4}}) {
      const Hashed large = grid(enlarged(picture, across, down).view()).value();
      CHECK(large.signature == small.signature);
      CHECK(large.quality == small.quality);
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
