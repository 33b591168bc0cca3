// Files within files. The harm: a second picture behind a harmless one, and the answer "ok".
#include <catch2/catch.hpp>

#include "image/make.h"

using namespace reseau;

namespace {

struct Seen {
  std::vector<Decoded> pictures;
  std::optional<Error> stopped;

  [[nodiscard]] std::vector<std::string> parts() const {
    std::vector<std::string> parts;
    for (const Decoded& picture : pictures) parts.push_back(describe(picture.part));
    return parts;
  }
};

Seen look(const make::File& file, const Limits& limits = {}) {
  Seen seen;
  const auto walked = decode_each(Bytes(file), limits, [&seen](Decoded&& picture) {
    seen.pictures.push_back(std::move(picture));
    return true;
  });
  REQUIRE(walked);
  seen.stopped = walked->stopped;
  return seen;
}

make::File joined(make::File a, const make::File& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

make::File first_of(const make::File& file, std::size_t percent) {
  return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() * percent / 100)};
}

std::string at(std::size_t offset) { return "embedded at byte " + std::to_string(offset); }

using Strings = std::vector<std::string>;
const make::File kCover = make::jpeg(make::scene(64, 48));
const make::File kJunk = {'j', 'u', 'n', 'k', '!'};

}  // namespace

TEST_CASE("A whole picture of any format behind any other is looked at") {
  for (const auto& [outer, cover] : make::samples(40, 30)) {
    for (const auto& [inner, hidden] : make::samples(32, 24)) {
      CAPTURE(outer, inner);
      const make::File file = joined(joined(cover, kJunk), hidden);
      const Strings parts = look(file).parts();
      CHECK(std::find(parts.begin(), parts.end(), at(cover.size() + kJunk.size())) != parts.end());
    }
  }
}

TEST_CASE("Honest files are not said to hold others, nor to be examined in part") {
  for (const auto& [format, file] : make::samples(200, 150)) {
    CAPTURE(format);
    const Seen seen = look(file);
    CHECK_FALSE(seen.stopped);
    for (const Decoded& picture : seen.pictures) CHECK(picture.part.offset == 0);
  }
  // Strips of JPEG begin as JPEGs do, and the directory of Exif as a TIFF.
  for (const bool tiled : {false, true}) {
    const Seen strips = look(
        make::tiff(make::scene(64, 64), {.compression = 7, .tiled = tiled, .rows_per_strip = 16}));
    CHECK_FALSE(strips.stopped);
    CHECK(strips.pictures.size() == 1);
  }
  const Seen exif = look(make::jpeg(make::scene(64, 48), {.orientation = 6}));
  CHECK_FALSE(exif.stopped);
  CHECK(exif.pictures.size() == 1);
}

TEST_CASE("All of an embedded file is looked at: later frames, pages, and what is over black") {
  const std::string place = at(kCover.size());
  const auto parts = [](const make::File& inner) { return look(joined(kCover, inner)).parts(); };
  CHECK(parts(make::gif(make::scene(32, 24, 1), {.frames = 3})) ==
        Strings{"", place, place + ", frame 2", place + ", frame 3"});
  CHECK(parts(make::tiff(make::scene(32, 24), {.pages = 2})) ==
        Strings{"", place, place + ", page 2"});
  CHECK(parts(make::png(make::scene(32, 24, 4))) == Strings{"", place, place + ", over black"});
}

TEST_CASE("An embedded picture that cannot be looked at whole is told of") {
  const make::File large = make::png(make::scene(90, 90));
  Limits limits;
  limits.max_pixels = 64 * 48;
  const Seen over = look(joined(kCover, large), limits);
  REQUIRE(over.stopped);
  CHECK(over.stopped->code == Code::limit_frames);
  CHECK(over.stopped->message.find("the picture " + at(kCover.size()) + ": the header claims") !=
        std::string::npos);

  const Seen cut = look(joined(kCover, first_of(make::jpeg(make::scene(90, 90)), 60)));
  REQUIRE(cut.stopped);
  CHECK(cut.stopped->message.find("cut short") != std::string::npos);
  REQUIRE(cut.pictures.size() == 2);  // what is there of it
  CHECK(cut.pictures[1].completeness < kWhole);
}

TEST_CASE("A picture behind many things that only begin like one is not lost in silence") {
  const make::File decoy = {0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 'x'};
  make::File file = kCover;
  for (int i = 0; i < 40; ++i) file = joined(file, decoy);
  const Seen found = look(joined(file, make::png(make::scene(32, 24))));
  CHECK_FALSE(found.stopped);
  CHECK(found.pictures.size() == 2);
  for (int i = 0; i < 40; ++i) file = joined(file, decoy);
  const Seen lost = look(joined(file, make::png(make::scene(32, 24))));
  REQUIRE(lost.stopped);
  CHECK(lost.stopped->code == Code::limit_frames);
}

TEST_CASE("An animation that is cut in its second frame is not taken for a still picture") {
  const auto gif = [](int frames) { return make::gif(make::scene(40, 30, 1), {.frames = frames}); };
  const auto webp = [](int frames) {
    return make::webp(make::scene(40, 30, 4), {.frames = frames});
  };
  for (const auto& [one, two] : {std::pair(gif(1), gif(2)), std::pair(webp(1), webp(2))}) {
    REQUIRE_FALSE(look(two).stopped);
    for (const std::size_t percent : {5U, 20U, 50U, 80U, 95U, 99U}) {
      make::File cut = two;
      cut.resize(one.size() + (two.size() - one.size()) * percent / 100);
      CAPTURE(percent, one[0]);
      CHECK(look(cut).stopped);
    }
  }
  // Many a GIF lacks its last byte, and nothing else.
  make::File still = make::gif(make::scene(40, 30, 1));
  still.pop_back();
  CHECK_FALSE(look(still).stopped);
}
