// Large JPEGs reduced while they are decoded. The harm: a picture that is no longer the picture,
// for speed.
#include <catch2/catch.hpp>

#include "image/make.h"

using namespace reseau;

namespace {

Result<Decoded> reduced(const make::File& file, int shrink_to) {
  Limits limits;
  limits.shrink_to = shrink_to;
  return decode(Bytes(file), limits);
}

/// The mean difference to the whole, averaged over squares.
double apart(const Image& small, const Image& whole, int times) {
  const auto channels = static_cast<int>(bytes_per_pixel(whole.layout()));
  double sum = 0;
  const int width = whole.width() / times;
  const int height = std::min(small.height(), whole.height() / times);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width * channels; ++x) {
      double mean = 0;
      for (int i = 0; i < times; ++i) {
        for (int j = 0; j < times; ++j)
          mean += whole.row(y * times + i)[(x / channels * times + j) * channels + x % channels];
      }
      sum += std::abs(small.row(y)[x] - mean / (times * times));
    }
  }
  return sum / width / height / channels;
}

}  // namespace

TEST_CASE("A reduced picture is the picture, smaller, and says how large it was") {
  for (const int channels : {1, 3, 4}) {
    for (const bool progressive : {false, true}) {
      const make::File file = make::jpeg(make::scene(405, 322, channels),
                                         {.progressive = progressive, .subsampled = channels == 3});
      const auto whole = decode(Bytes(file));
      REQUIRE(whole);
      CHECK(whole->image.width() == 405);
      for (const auto& [shrink_to, times] :
           {std::pair{0, 1}, {322, 1}, {162, 1}, {161, 2}, {80, 4}, {1, 8}}) {
        CAPTURE(channels, progressive, shrink_to);
        const auto small = reduced(file, shrink_to);
        REQUIRE(small);
        CHECK(small->image.width() == (405 + times - 1) / times);
        CHECK(small->image.height() == (322 + times - 1) / times);
        CHECK(small->full_width == 405);
        CHECK(small->full_height == 322);
        CHECK(small->completeness == 1);
        CHECK(apart(small->image, whole->image, times) < 3);
      }
    }
  }
}

TEST_CASE("A reduced picture is turned as the whole is") {
  const make::File file = make::jpeg(make::scene(400, 240), {.orientation = 6});
  const auto small = reduced(file, 120);
  REQUIRE(small);
  CHECK(small->image.width() == 120);
  CHECK(small->image.height() == 200);
  CHECK(small->full_width == 240);
  CHECK(small->full_height == 400);
}

TEST_CASE("Of a cut picture as much is there when it is reduced") {
  for (const bool progressive : {false, true}) {
    const make::File file =
        make::jpeg(make::scene(320, 640), {.progressive = progressive, .subsampled = true});
    for (std::size_t percent = 5; percent < 100; percent += 5) {
      CAPTURE(progressive, percent);
      const make::File part(
          file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() * percent / 100));
      const auto whole = decode(Bytes(part));
      const auto small = reduced(part, 80);
      REQUIRE(whole.ok() == small.ok());
      if (!whole) continue;
      CHECK(small->completeness == whole->completeness);
      CHECK(std::abs(small->image.height() * 4 - whole->image.height()) <= 8);
      CHECK(apart(small->image, whole->image, 4) < 4);
    }
  }
}
