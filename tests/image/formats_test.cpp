// Every format and variant comes out as the pixels that went in.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>

#include "image/make.h"

using namespace reseau;
using make::Pixels;

namespace {

Decoded decoded(const make::File& file) {
  auto result = decode(Bytes(file));
  INFO((result ? std::string() : result.error().message));
  REQUIRE(result);
  return std::move(result).value();
}

// Mean and greatest difference; grey stands for three equal channels.
struct Difference {
  double mean = 0;
  int most = 0;
};
Difference difference(const Image& image, const Pixels& expected) {
  REQUIRE(image.width() == expected.width);
  REQUIRE(image.height() == expected.height);
  Difference difference;
  const bool gray = image.layout() == PixelLayout::gray8;
  for (int y = 0; y < expected.height; ++y) {
    for (int x = 0; x < expected.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const int have = gray ? image.row(y)[x] : image.row(y)[3 * x + c];
        const int want = expected.at(x, y)[expected.channels == 1 ? 0 : c];
        difference.mean += std::abs(have - want);
        difference.most = std::max(difference.most, std::abs(have - want));
      }
    }
  }
  difference.mean /= 3.0 * expected.width * expected.height;
  return difference;
}

void require_exact(const make::File& file, const Pixels& expected, PixelLayout layout) {
  const Decoded result = decoded(file);
  REQUIRE(result.image.layout() == layout);
  REQUIRE(difference(result.image, expected).most == 0);
  REQUIRE(result.frames == 1);
}

Pixels colored(const Pixels& gray) {
  Pixels color{gray.width, gray.height, 3, {}};
  for (const auto level : gray.data) {
    const auto hue = make::gif_color(level);
    color.data.insert(color.data.end(), hue.begin(), hue.end());
  }
  return color;
}

Pixels leveled(const Pixels& pixels, int levels) {  // to what so many levels can say
  Pixels few = pixels;
  for (auto& value : few.data)
    value = static_cast<std::uint8_t>(value * (levels - 1) / 255 * 255 / (levels - 1));
  return few;
}

const Pixels kRgb = make::scene(45, 31);
const Pixels kGray = make::scene(45, 31, 1);
const Pixels kRgba = make::scene(45, 31, 4);

}  // namespace

TEST_CASE("JPEG: what is decoded is the picture, whatever the kind of JPEG") {
  for (const bool progressive : {false, true}) {
    const auto rgb = decoded(make::jpeg(kRgb, {.progressive = progressive}));
    REQUIRE(rgb.image.layout() == PixelLayout::rgb8);
    REQUIRE(difference(rgb.image, kRgb).mean < 2.5);
    const auto gray = decoded(make::jpeg(kGray, {.progressive = progressive}));
    REQUIRE(gray.image.layout() == PixelLayout::gray8);
    REQUIRE(difference(gray.image, kGray).mean < 1.5);
  }
  // Progressive or not, the coefficients are the same, and so must be the pixels.
  const auto plain = decoded(make::jpeg(kRgb));
  const auto progressive = decoded(make::jpeg(kRgb, {.progressive = true}));
  const auto restarting = decoded(make::jpeg(kRgb, {.restart_rows = 1}));
  for (int y = 0; y < kRgb.height; ++y) {
    const auto bytes = 3 * static_cast<std::size_t>(kRgb.width);
    REQUIRE(std::memcmp(plain.image.row(y), progressive.image.row(y), bytes) == 0);
    REQUIRE(std::memcmp(plain.image.row(y), restarting.image.row(y), bytes) == 0);
  }
}

TEST_CASE("JPEG: CMYK is not shown as its negative, with Adobe's marker or without") {
  Pixels expected{kRgba.width, kRgba.height, 3, {}};
  for (std::size_t i = 0; i < kRgba.data.size(); i += 4) {
    for (std::size_t c = 0; c < 3; ++c) {
      const double level = (255 - kRgba.data[i + c]) * (255 - kRgba.data[i + 3]) / 255.0;
      expected.data.push_back(static_cast<std::uint8_t>(std::lround(level)));
    }
  }
  for (const bool adobe : {false, true}) {
    const auto result = decoded(make::jpeg(kRgba, {.adobe_cmyk = adobe}));
    REQUIRE(result.image.layout() == PixelLayout::rgb8);
    REQUIRE(difference(result.image, expected).mean < 2.5);
  }
}

TEST_CASE("PNG: every depth, palette and interlacing gives the same pixels") {
  for (const bool interlaced : {false, true}) {
    require_exact(make::png(kRgb, {.interlaced = interlaced}), kRgb, PixelLayout::rgb8);
    require_exact(make::png(kGray, {.interlaced = interlaced}), kGray, PixelLayout::gray8);
    require_exact(make::png(kRgb, {.depth = 16, .interlaced = interlaced}), kRgb,
                  PixelLayout::rgb8);
    require_exact(make::png(kGray, {.depth = 16, .interlaced = interlaced}), kGray,
                  PixelLayout::gray8);
    require_exact(make::png(kGray, {.palette = true, .interlaced = interlaced}), colored(kGray),
                  PixelLayout::rgb8);
    require_exact(make::png(kRgba, {.interlaced = interlaced}), make::over_white(kRgba),
                  PixelLayout::rgb8);
  }
  Pixels black_and_white = kGray;
  for (auto& level : black_and_white.data) level = level >= 128 ? 255 : 0;
  require_exact(make::png(kGray, {.depth = 1}), black_and_white, PixelLayout::gray8);
  // Sides that leave some of Adam7's passes empty.
  for (int side = 1; side < 10; ++side) {
    const Pixels narrow = make::scene(side, 10 - side);
    require_exact(make::png(narrow, {.interlaced = true}), narrow, PixelLayout::rgb8);
  }
}

TEST_CASE("WebP and TIFF and GIF and BMP: what went in comes out") {
  require_exact(make::webp(kRgb), kRgb, PixelLayout::rgb8);
  require_exact(make::webp(kRgba), make::over_white(kRgba), PixelLayout::rgb8);
  REQUIRE(difference(decoded(make::webp(kRgb, {.lossless = false})).image, kRgb).mean < 4);

  for (const bool interlaced : {false, true})
    require_exact(make::gif(kGray, {.interlaced = interlaced}), colored(kGray), PixelLayout::rgb8);

  for (const int compression : {1, 5, 8, 32773}) {
    for (const bool tiled : {false, true}) {
      CAPTURE(compression, tiled);
      require_exact(make::tiff(kRgb, {.compression = compression, .tiled = tiled}), kRgb,
                    PixelLayout::rgb8);
      require_exact(make::tiff(kGray, {.compression = compression, .tiled = tiled}), kGray,
                    PixelLayout::gray8);
    }
  }
  require_exact(make::tiff(kRgb, {.depth = 16}), kRgb, PixelLayout::rgb8);
  require_exact(make::tiff(kGray, {.depth = 16}), kGray, PixelLayout::gray8);
  require_exact(make::tiff(kGray, {.white_is_zero = true}), kGray, PixelLayout::gray8);
  REQUIRE(difference(decoded(make::tiff(kRgb, {.compression = 7, .rows_per_strip = 8})).image, kRgb)
              .mean < 3.5);
  // libtiff multiplies by alpha and rounds once before we add the white.
  const auto translucent = decoded(make::tiff(kRgba));
  REQUIRE(difference(translucent.image, make::over_white(kRgba)).most <= 1);
}

TEST_CASE("BMP: every depth, direction, header and run length gives the same pixels") {
  for (const bool top_down : {false, true}) {
    require_exact(make::bmp(kRgb, {.top_down = top_down}), kRgb, PixelLayout::rgb8);
    require_exact(make::bmp(kRgb, {.bits = 32, .top_down = top_down}), kRgb, PixelLayout::rgb8);
    require_exact(make::bmp(kRgba, {.bits = 32, .top_down = top_down, .alpha = true}),
                  make::over_white(kRgba), PixelLayout::rgb8);
  }
  Pixels five_bits = kRgb;
  for (auto& value : five_bits.data)
    value = static_cast<std::uint8_t>(std::lround((value >> 3) * 255.0 / 31));
  require_exact(make::bmp(kRgb, {.bits = 16}), five_bits, PixelLayout::rgb8);
  for (const bool os2 : {false, true}) {
    require_exact(make::bmp(kGray, {.bits = 8, .os2 = os2}), kGray, PixelLayout::gray8);
    require_exact(make::bmp(kGray, {.bits = 4, .os2 = os2}), leveled(kGray, 16),
                  PixelLayout::gray8);
    require_exact(make::bmp(kGray, {.bits = 1, .os2 = os2}), leveled(kGray, 2), PixelLayout::gray8);
    require_exact(make::bmp(kRgb, {.os2 = os2}), kRgb, PixelLayout::rgb8);
  }
  require_exact(make::bmp(kGray, {.bits = 8, .run_length = true}), kGray, PixelLayout::gray8);
  require_exact(make::bmp(leveled(kGray, 16), {.bits = 4, .run_length = true}), leveled(kGray, 16),
                PixelLayout::gray8);
}

TEST_CASE("Colours hidden under full transparency do not show: they are no part of the picture") {
  Pixels hidden = kRgba;
  for (std::size_t i = 3; i < hidden.data.size(); i += 4) hidden.data[i] = 0;
  Pixels white{kRgba.width, kRgba.height, 3, {}};
  white.data.assign(static_cast<std::size_t>(kRgba.width) * kRgba.height * 3, 255);
  require_exact(make::png(hidden), white, PixelLayout::rgb8);
  require_exact(make::webp(hidden), white, PixelLayout::rgb8);
  require_exact(make::tiff(hidden), white, PixelLayout::rgb8);

  Pixels one_level = kGray;
  std::fill(one_level.data.begin(), one_level.data.end(), std::uint8_t{0});
  require_exact(make::gif(one_level, {.transparent = 0}), white, PixelLayout::rgb8);
  require_exact(make::png(one_level, {.palette = true, .first_color_transparent = true}), white,
                PixelLayout::rgb8);
  require_exact(make::png(one_level, {.first_color_transparent = true}), white, PixelLayout::gray8);
}

TEST_CASE("A BMP that declares alpha and leaves it zero is a picture and not nothing") {
  Pixels zero_alpha = kRgba;
  for (std::size_t i = 3; i < zero_alpha.data.size(); i += 4) zero_alpha.data[i] = 0;
  make::Pixels opaque = zero_alpha;
  for (std::size_t i = 3; i < opaque.data.size(); i += 4) opaque.data[i] = 255;
  require_exact(make::bmp(zero_alpha, {.bits = 32, .alpha = true}), make::over_white(opaque),
                PixelLayout::rgb8);
}

TEST_CASE(
    "Frames and pages that are not looked at are counted, so that nobody takes them for seen") {
  REQUIRE(decoded(make::gif(kGray, {.frames = 5})).frames == 5);
  REQUIRE(decoded(make::webp(kRgba, {.frames = 3})).frames == 3);
  REQUIRE(decoded(make::tiff(kRgb, {.pages = 4})).frames == 4);
  REQUIRE(decoded(make::png(kRgb, {.animation_frames = 6})).frames == 6);
  // The still picture is no part of the animation: one more picture than the animation has.
  REQUIRE(decoded(make::png(kRgb, {.animation_frames = 1, .first_in_animation = false})).frames ==
          2);
  REQUIRE(decoded(make::png(kRgb, {.animation_frames = 1})).frames == 1);
}

TEST_CASE("An animation's first frame lies where it belongs on its canvas, and the rest is white") {
  const auto check = [](const Image& image, int left, int top, const Pixels& frame) {
    for (int y = 0; y < image.height(); ++y) {
      for (int x = 0; x < image.width(); ++x) {
        const bool inside =
            x >= left && x < left + frame.width && y >= top && y < top + frame.height;
        for (int c = 0; c < 3; ++c)
          REQUIRE(image.row(y)[3 * x + c] == (inside ? frame.at(x - left, y - top)[c] : 255));
      }
    }
  };
  const auto webp = decoded(make::webp(kRgba, {.frames = 2}));
  REQUIRE(webp.image.width() == kRgba.width + 6);
  REQUIRE(webp.image.height() == kRgba.height + 8);
  check(webp.image, 2, 4, make::over_white(kRgba));
  const auto gif = decoded(make::gif(kGray, {.left = 7, .top = 2}));
  REQUIRE(gif.image.width() == kGray.width + 10);
  check(gif.image, 7, 2, colored(kGray));
}

TEST_CASE("A GIF that hides a large frame behind a small screen is shown whole, as browsers do") {
  make::File file = make::gif(kGray);
  file[6] = file[8] = 1;  // the screen's sides
  file[7] = file[9] = 0;
  require_exact(file, colored(kGray), PixelLayout::rgb8);
}

TEST_CASE("Grey with alpha in a TIFF is grey over the ground, and not what lies under it") {
  Pixels both{45, 31, 2, {}};
  Pixels white{45, 31, 1, {}};
  for (int i = 0; i < 45 * 31; ++i) {
    const auto level = kGray.data[static_cast<std::size_t>(i)];
    const auto alpha = static_cast<std::uint8_t>(i * 7);
    both.data.insert(both.data.end(), {level, alpha});
    white.data.push_back(static_cast<std::uint8_t>((level * alpha + 255 * (255 - alpha)) / 255));
  }
  const Decoded result = decoded(make::tiff(both));
  REQUIRE(difference(result.image, white).most <= 1);
  Pixels gray = kGray;
  require_exact(make::tiff(both, {.extra_sample = 0}), gray, PixelLayout::gray8);
  // libtiff leaves out that of 16 bits, and what lies under it must not be taken for the picture.
  const auto deep = decode(Bytes(make::tiff(both, {.depth = 16})));
  REQUIRE_FALSE(deep);
  REQUIRE(deep.error().code == Code::unsupported_format);
}

TEST_CASE("A fourth sample that a TIFF does not call alpha is none") {
  Pixels rgb{45, 31, 3, {}};
  for (std::size_t i = 0; i < kRgba.data.size(); i += 4)
    rgb.data.insert(rgb.data.end(), kRgba.data.begin() + static_cast<std::ptrdiff_t>(i),
                    kRgba.data.begin() + static_cast<std::ptrdiff_t>(i) + 3);
  require_exact(make::tiff(kRgba, {.extra_sample = 0}), rgb, PixelLayout::rgb8);
}
