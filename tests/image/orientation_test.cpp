#include <catch2/catch.hpp>

#include "image/exif.h"
#include "image/make.h"
#include "image/orient.h"

using namespace reseau;

namespace {

double mean_difference(const Image& image, const make::Pixels& expected) {
  REQUIRE(image.width() == expected.width);
  REQUIRE(image.height() == expected.height);
  double sum = 0;
  for (int y = 0; y < expected.height; ++y) {
    for (int i = 0; i < 3 * expected.width; ++i)
      sum += std::abs(image.row(y)[i] - expected.at(0, y)[i]);
  }
  return sum / (3.0 * expected.width * expected.height);
}

}  // namespace

TEST_CASE(
    "A photograph stored turned or mirrored is seen upright, in every format that can say so") {
  const make::Pixels upright = make::scene(40, 24);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const make::Pixels file = make::stored(upright, orientation);
    const std::vector<make::Claim> files = {
        {"JPEG", make::jpeg(file, {.orientation = orientation})},
        {"progressive JPEG", make::jpeg(file, {.progressive = true, .orientation = orientation})},
        {"PNG", make::png(file, {.orientation = orientation})},
        {"WebP", make::webp(file, {.orientation = orientation})},
        {"TIFF", make::tiff(file, {.orientation = orientation})}};
    for (const auto& [format, bytes] : files) {
      CAPTURE(format);
      const auto result = decode(Bytes(bytes));
      REQUIRE(result);
      REQUIRE(mean_difference(result->image, upright) < (format.find("JPEG") < 20 ? 3.0 : 0.001));
    }
  }
}

TEST_CASE("Turning a grey picture turns it as it turns a coloured one") {
  const make::Pixels upright = make::scene(70, 33, 1);  // more than one tile
  for (int orientation = 0; orientation <= 9; ++orientation) {
    const int told = orientation >= 2 && orientation <= 8 ? orientation : 1;
    const make::Pixels file = make::stored(upright, told);
    Image image(file.width, file.height, PixelLayout::gray8);
    std::copy(file.data.begin(), file.data.end(), image.row(0));
    const Image shown = detail::upright(std::move(image), orientation);
    REQUIRE(shown.width() == upright.width);
    REQUIRE(std::equal(upright.data.begin(), upright.data.end(), shown.row(0)));
  }
}

TEST_CASE("Orientations that make no sense leave the picture as it is, and never read too far") {
  for (const bool big_endian : {false, true}) {
    for (int orientation = 0; orientation < 20; ++orientation) {
      const int expected = orientation >= 1 && orientation <= 8 ? orientation : 1;
      const std::string data = make::exif(orientation, big_endian);
      REQUIRE(detail::exif_orientation(Bytes(data)) == expected);
      REQUIRE(detail::exif_orientation(Bytes(std::string("Exif\0\0", 6) + data)) == expected);
    }
  }
  const std::string good = make::exif(6);
  for (std::size_t length = 0; length < good.size(); ++length) {
    // A copy of just that length, so that the address sanitizer sees a step too far.
    const std::vector<std::uint8_t> cut(good.begin(),
                                        good.begin() + static_cast<std::ptrdiff_t>(length));
    const int orientation = detail::exif_orientation(Bytes(cut));
    REQUIRE((orientation == 1 || (orientation == 6 && length + 4 >= good.size())));
  }
  std::string endless = good;
  endless[8] = endless[9] = '\xFF';  // 65,535 entries
  REQUIRE(detail::exif_orientation(Bytes(endless)) == 6);
  std::string beyond = good;
  beyond[4] = beyond[5] = beyond[6] = beyond[7] = '\xFF';  // the directory at 4 GiB
  REQUIRE(detail::exif_orientation(Bytes(beyond)) == 1);
}

TEST_CASE("Of two Exif blocks in a JPEG the first says how it is turned, as in viewers") {
  const make::Pixels upright = make::scene(24, 16);
  make::File file = make::jpeg(upright, {.orientation = 6});
  const make::File second = make::jpeg(upright, {.orientation = 1});
  const auto app1 = [](const make::File& jpeg) {  // after SOI and JFIF's APP0
    constexpr std::size_t kAt = 2 + 18;
    REQUIRE(jpeg[kAt + 1] == 0xE1);
    const std::size_t length = 2 + jpeg[kAt + 2] * 256U + jpeg[kAt + 3];
    return std::pair(kAt, make::File(jpeg.begin() + kAt,
                                     jpeg.begin() + kAt + static_cast<std::ptrdiff_t>(length)));
  };
  const auto [at, first] = app1(file);
  const make::File other = app1(second).second;
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(at + first.size()), other.begin(),
              other.end());
  const auto result = decode(Bytes(file));
  REQUIRE(result);
  REQUIRE(result->image.width() == 16);
}
