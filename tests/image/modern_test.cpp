// HEIC, AVIF, JPEG XL, JPEG 2000 and icons. The harm: half of what phones make is not looked at.
#include <catch2/catch.hpp>

#include <cstring>

#include <reseau/isolate.h>

#include "image/make.h"
#include "image/make_modern.h"

using namespace reseau;

namespace {

std::vector<Decoded> pictures_of(const make::File& file, std::optional<Error>* stopped = nullptr) {
  std::vector<Decoded> pictures;
  const auto walked = decode_each(Bytes(file), {}, [&](Decoded&& picture) {
    pictures.push_back(std::move(picture));
    return true;
  });
  REQUIRE(walked);
  if (stopped != nullptr) *stopped = walked->stopped;
  return pictures;
}

/// The mean of how far apart they are.
double apart(const Image& image, const make::Pixels& pixels) {
  REQUIRE(image.width() == pixels.width);
  REQUIRE(image.height() == pixels.height);
  const auto channels = static_cast<int>(bytes_per_pixel(image.layout()));
  double sum = 0;
  for (int y = 0; y < pixels.height; ++y) {
    for (int x = 0; x < pixels.width; ++x) {
      for (int c = 0; c < channels; ++c)
        sum += std::abs(image.row(y)[x * channels + c] - pixels.at(x, y)[c]);
    }
  }
  return sum / pixels.width / pixels.height / channels;
}

/// Upright, as a file with that orientation has to store it.
make::Pixels half_transparent(const make::Pixels& rgb) {
  make::Pixels rgba{rgb.width, rgb.height, 4, {}};
  for (int y = 0; y < rgb.height; ++y) {
    for (int x = 0; x < rgb.width; ++x) {
      const std::uint8_t* from = rgb.at(x, y);
      rgba.data.insert(rgba.data.end(), {from[0], from[1], from[2],
                                         static_cast<std::uint8_t>(x < rgb.width / 2 ? 0 : 255)});
    }
  }
  return rgba;
}

}  // namespace

TEST_CASE("Pictures of phones and of new browsers are looked at") {
  const make::Pixels scene = make::scene(96, 64);
  for (const auto& [format, file] : make::modern(scene)) {
    CAPTURE(format);
    CHECK(sniff(Bytes(file)).decodable);
    const auto pictures = pictures_of(file);
    REQUIRE(pictures.size() == 1);
    CHECK(apart(pictures[0].image, scene) < 6);
    CHECK(pictures[0].completeness == 1);
  }
}

TEST_CASE("What is transparent in them hides nothing") {
  const make::Pixels scene = make::scene(96, 64);
  for (const auto& [format, file] : make::modern(half_transparent(scene))) {
    CAPTURE(format);
    const auto pictures = pictures_of(file);
    REQUIRE(pictures.size() == 2);
    CHECK(describe(pictures[1].part) == "over black");
    for (int i = 0; i < 2; ++i) {
      const Image& image = pictures[static_cast<std::size_t>(i)].image;
      CHECK(std::abs(image.row(30)[3 * 10] - (i == 0 ? 255 : 0)) < 8);
      CHECK(std::abs(image.row(30)[3 * 80] - scene.at(80, 30)[0]) < 24);
    }
  }
}

TEST_CASE("AVIF is turned upright once, all ways") {
  const make::Pixels scene = make::scene(96, 64);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const auto pictures = pictures_of(make::avif(make::stored(scene, orientation), orientation));
    CHECK(apart(pictures[0].image, scene) < 6);
  }
}

TEST_CASE("The frames of an animated AVIF are looked at") {
  const std::vector<make::Pixels> frames = {make::scene(64, 48),
                                            make::stored(make::scene(64, 48), 3),
                                            make::stored(make::scene(64, 48), 2)};
  const auto pictures = pictures_of(make::avif_animation(frames));
  REQUIRE(pictures.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) CHECK(apart(pictures[i].image, frames[i]) < 8);
  CHECK(pictures[2].part.kind == PicturePart::Kind::frame);
  CHECK(pictures[2].part.index == 3);
  // The still picture that libavif writes beside its animations, for who cannot show them.
  CHECK(apart(pictures[3].image, frames[0]) < 8);
}

TEST_CASE("What is transparent of their later pictures hides nothing, and opaque ones come once") {
  make::Pixels opaque = half_transparent(make::scene(64, 48));
  for (std::size_t alpha = 3; alpha < opaque.data.size(); alpha += 4) opaque.data[alpha] = 255;
  const std::vector<make::Pixels> all = {opaque, half_transparent(make::scene(64, 48))};
  using Strings = std::vector<std::string>;
  const auto parts = [](const make::File& file) {
    Strings told;
    for (const Decoded& picture : pictures_of(file)) told.push_back(describe(picture.part));
    return told;
  };
  CHECK(parts(make::avif_animation(all)) ==
        Strings{"", "frame 2", "frame 2, over black", "page 3"});
  const Strings pages = {"", "page 2", "page 2, over black"};
  CHECK(parts(make::heif_items(all, true)) == pages);
  CHECK(parts(make::heif_items(all, false)) == pages);
  for (const auto& [format, file] : make::modern(opaque)) {
    CAPTURE(format);
    CHECK(parts(file).size() == 1);
  }
  CHECK(parts(make::bmp(opaque, {.bits = 32})).size() == 1);
  make::File cut = make::gif(make::scene(64, 48, 1));
  cut.resize(cut.size() * 6 / 10);
  CHECK(parts(cut).size() == 1);
}

TEST_CASE("What is shown over black takes nothing from what the limits allow") {
  const auto walk = [](const make::File& file, const Limits& limits) {
    return decode_each(Bytes(file), limits, [](const Decoded&) { return true; }).value();
  };
  Limits one;
  one.max_frames = 1;
  const Walked still = walk(make::png(half_transparent(make::scene(64, 48))), one);
  CHECK(still.pictures == 2);
  CHECK_FALSE(still.stopped);
  // Of sixteen times the largest picture, all that there may be.
  const make::File animation = make::webp(make::scene(40, 30, 4), {.frames = 20});
  const Decoded first = decode(Bytes(animation)).value();
  Limits small;
  small.max_pixels = static_cast<std::uint64_t>(first.full_width * first.full_height);
  const Walked walked = walk(animation, small);
  CHECK(walked.pictures == 32);
  REQUIRE(walked.stopped);
  CHECK(walked.stopped->message.find("first 16 pictures") != std::string::npos);
  CHECK(walked.stopped->message.find("--max-pixels") != std::string::npos);
}

TEST_CASE("What is cut short of them is not made up") {
  for (const auto& [format, file] : make::modern(make::scene(96, 64))) {
    CAPTURE(format);
    for (const std::size_t percent : {1U, 10U, 50U, 90U}) {
      const Bytes part(file.data(), file.size() * percent / 100);
      const auto decoded = decode(part);
      REQUIRE_FALSE(decoded);
      CHECK(is_outcome(decoded.error().code));
      CHECK_FALSE(decoded.error().message.empty());
    }
  }
}

TEST_CASE("Limits hold for them too") {
  Limits tight;
  tight.max_pixels = 96 * 64 - 1;
  for (const auto& [format, file] : make::modern(make::scene(96, 64))) {
    CAPTURE(format);
    const auto decoded = decode(Bytes(file), tight);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().code == Code::limit_pixels);
  }
}

TEST_CASE("Flipped bits in them crash nothing but a worker") {
  // In this process the libraries' own faults would be the test's.
  IsolationOptions options;
  options.workers = 1;
  options.decoder = RESEAU_DECODER;
  auto pool = DecoderPool::start(options);
  REQUIRE(pool);
  unsigned random = 1;
  const auto next = [&random](std::size_t below) {
    random = random * 1664525U + 1013904223U;
    return (random >> 8U) % below;
  };
  Limits limits;
  limits.max_pixels = 1 << 18;
  for (const auto& [format, file] : make::modern(make::scene(48, 40))) {
    CAPTURE(format);
    for (int mutant = 0; mutant < 60; ++mutant) {
      make::File bytes = file;
      for (std::size_t flips = 1 + next(6); flips > 0; --flips)
        bytes[next(bytes.size())] ^= static_cast<std::uint8_t>(1U << next(8));
      const auto end = (*pool)->each(Bytes(bytes), limits, [](Decoded&&) { return true; });
      if (!end) CHECK(is_outcome(end.error().code));
    }
    CHECK((*pool)->each(Bytes(file), limits, [](Decoded&&) { return true; }));
  }
}

TEST_CASE("Every picture of an icon is looked at, whatever its directory says of it") {
  const make::Pixels large = make::scene(64, 64);
  const make::Pixels small = make::stored(make::scene(32, 32), 3);
  const make::File bmp = make::bmp(small, {.bits = 24});
  const auto pictures = pictures_of(make::ico({make::png(large), bmp}));
  REQUIRE(pictures.size() == 2);
  CHECK(apart(pictures[0].image, large) < 1);
  CHECK(apart(pictures[1].image, small) < 1);
  CHECK(pictures[1].part.kind == PicturePart::Kind::page);
}

TEST_CASE("Every picture of a HEIC or AVIF is looked at, not its primary one alone") {
  const std::vector<make::Pixels> all = {make::scene(64, 48), make::stored(make::scene(64, 48), 3),
                                         make::stored(make::scene(64, 48), 2)};
  for (const bool avif : {false, true}) {
    CAPTURE(avif);
    std::optional<Error> stopped;
    const auto pictures = pictures_of(make::heif_items(all, avif), &stopped);
    CHECK_FALSE(stopped);
    REQUIRE(pictures.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) CHECK(apart(pictures[i].image, all[i]) < 8);
    CHECK(describe(pictures[2].part) == "page 3");
    CHECK(pictures[0].frames == 3);
  }
}

TEST_CASE("Pictures of phones and of new browsers are looked at behind others, too") {
  const make::File cover = make::jpeg(make::scene(64, 48));
  for (const auto& [format, file] : make::modern(make::scene(96, 64))) {
    if (format == "JPEG XL") continue;  // its codestream begins with two bytes of no note
    CAPTURE(format);
    make::File both = cover;
    both.insert(both.end(), file.begin(), file.end());
    std::optional<Error> stopped;
    const auto pictures = pictures_of(both, &stopped);
    CHECK_FALSE(stopped);
    REQUIRE(pictures.size() == 2);
    CHECK(pictures[1].part.offset == cover.size());
    CHECK(apart(pictures[1].image, make::scene(96, 64)) < 8);
    CHECK(pictures_of(file).size() == 1);
  }
}

TEST_CASE("Inks in JPEG 2000 are inks, and the fourth is no alpha") {
  const make::Pixels scene = make::scene(48, 32);
  make::Pixels inks{48, 32, 4, {}};
  for (std::size_t i = 0; i < scene.data.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c)
      inks.data.push_back(static_cast<std::uint8_t>(255 - scene.data[i + c]));
    inks.data.push_back(0);
  }
  const auto pictures = pictures_of(make::jp2_inks(inks));
  REQUIRE(pictures.size() == 1);
  CHECK(apart(pictures[0].image, scene) < 1);
}

TEST_CASE("What is transparent in an icon hides nothing, nor what lies behind its end") {
  const make::Pixels scene = half_transparent(make::scene(32, 32));
  const make::File icon = make::ico({make::bmp(scene, {.bits = 32})});
  const auto pictures = pictures_of(icon);
  REQUIRE(pictures.size() == 2);
  CHECK(describe(pictures[1].part) == "over black");
  CHECK(pictures[0].image.row(10)[3 * 4] == 255);
  CHECK(pictures[1].image.row(10)[3 * 4] == 0);

  make::File both = make::ico({make::png(make::scene(32, 32))});
  const make::File hidden = make::png(make::scene(24, 24));
  const std::size_t end = both.size();
  both.insert(both.end(), hidden.begin(), hidden.end());
  const auto found = pictures_of(both);
  REQUIRE(found.size() == 2);
  CHECK(found[1].part.offset == end);
}
