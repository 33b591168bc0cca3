// What a header claims is checked before it costs anything.
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

#include "image/make.h"
#include "image/watch.h"

using namespace reseau;

namespace {

Error refused(const make::File& file, const Limits& limits = {}) {
  const auto result = decode(Bytes(file), limits);
  REQUIRE_FALSE(result);
  return result.error();
}

}  // namespace

TEST_CASE("A bomb of 50,000 x 50,000 pixels is refused at its header, in every format") {
  for (const auto& [format, file] : make::claims(50'000, 50'000)) {
    CAPTURE(format);
    REQUIRE(sniff(Bytes(file)).name == format);
    watch::largest_allocation = 0;
    const auto start = std::chrono::steady_clock::now();
    const Error error = refused(file);
    const auto spent = std::chrono::steady_clock::now() - start;
    REQUIRE(error.code == Code::limit_pixels);
    REQUIRE(error.message ==
            "the header claims 50000 x 50000 pixels, over the limit of 67108864; raise it with "
            "--max-pixels if the file is trusted");
    REQUIRE(watch::largest_allocation < 100'000);
    REQUIRE(spent < std::chrono::milliseconds(100));
  }
}

TEST_CASE("Many pixels in next to no bytes are refused, and no pixels are called empty") {
  for (const auto& [format, file] : make::claims(8'000, 8'000)) {
    CAPTURE(format);
    REQUIRE(refused(file).code == Code::limit_ratio);
  }
  for (const auto& [format, file] : make::claims(0, 0)) {
    CAPTURE(format);
    // A WebP has no way of saying it, and libtiff calls such a TIFF damaged.
    if (format == "WebP" || format == "TIFF") continue;
    CAPTURE(refused(file).message);
    REQUIRE(refused(file).code == Code::empty);
  }
  Limits limits;
  limits.max_side = 299;
  for (const auto& [format, file] : make::claims(300, 20)) {
    CAPTURE(format);
    REQUIRE(refused(file, limits).code == Code::limit_dimension);
  }
}

TEST_CASE("Limits are inclusive: a picture exactly that large is decoded") {
  for (const auto& [format, file] : make::samples(33, 21)) {
    CAPTURE(format);
    const auto whole = decode(Bytes(file));
    REQUIRE(whole);
    const int width = whole->image.width();
    const int height = whole->image.height();
    Limits exact;
    exact.max_bytes = file.size();
    exact.max_side = std::max(width, height);
    exact.max_pixels = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
    REQUIRE(decode(Bytes(file), exact));
    Limits less = exact;
    less.max_bytes -= 1;
    REQUIRE(refused(file, less).code == Code::limit_bytes);
    less = exact;
    less.max_side -= 1;
    REQUIRE(refused(file, less).code == Code::limit_dimension);
    less = exact;
    less.max_pixels -= 1;
    REQUIRE(refused(file, less).code == Code::limit_pixels);
  }
}

TEST_CASE("A JPEG of more scans than any honest one is refused before they are all decoded") {
  make::File file = make::jpeg(make::scene(64, 64), {.progressive = true});
  std::size_t last_scan = 0;
  for (std::size_t i = 0; i + 1 < file.size(); ++i) {
    if (file[i] == 0xFF && file[i + 1] == 0xDA) last_scan = i;
  }
  const make::File scan(file.begin() + static_cast<std::ptrdiff_t>(last_scan), file.end() - 2);
  const auto with_scans = [&](int more) {
    make::File bomb(file.begin(), file.end() - 2);
    for (int i = 0; i < more; ++i) bomb.insert(bomb.end(), scan.begin(), scan.end());
    bomb.insert(bomb.end(), {0xFF, 0xD9});
    return bomb;
  };
  REQUIRE(decode(Bytes(with_scans(400))));
  REQUIRE(refused(with_scans(600)).code == Code::limit_cpu);
}

TEST_CASE("A large JPEG may not have as many scans as a small one: the work is what is bounded") {
  const make::File file = make::jpeg(make::scene(64, 64, 1), {.progressive = true});
  // The same few scans, of a picture of 36 Mpx: what is there is soon over, and each scan costs.
  make::File large = file;
  for (std::size_t i = 0; i + 9 < large.size(); ++i) {
    if (large[i] != 0xFF || large[i + 1] != 0xC2) continue;
    large[i + 5] = large[i + 7] = 0x17;  // 6000 and a few
    large[i + 6] = large[i + 8] = 0x80;
    break;
  }
  std::size_t last_scan = 0;
  for (std::size_t i = 0; i + 1 < large.size(); ++i) {
    if (large[i] == 0xFF && large[i + 1] == 0xDA) last_scan = i;
  }
  const make::File scan(large.begin() + static_cast<std::ptrdiff_t>(last_scan), large.end() - 2);
  large.resize(large.size() - 2);
  for (int i = 0; i < 450; ++i) large.insert(large.end(), scan.begin(), scan.end());
  large.insert(large.end(), {0xFF, 0xD9});
  Limits limits;
  limits.max_ratio = 1'000'000;
  const Error error = refused(large, limits);
  REQUIRE(error.code == Code::limit_cpu);
}

TEST_CASE("Nothing, and what is no picture, is told apart by name") {
  REQUIRE(refused({}).code == Code::empty);
  const std::string text = "Dear Sir or Madam, this is photo.jpg";
  const Error no_image = refused({text.begin(), text.end()});
  REQUIRE(no_image.code == Code::unsupported_format);
  REQUIRE(no_image.message == "it is not an image or video by its content");
  const Error psd_error = refused({'8', 'B', 'P', 'S', 0, 1});
  REQUIRE(psd_error.code == Code::unsupported_format);
  REQUIRE(psd_error.message ==
          "PSD pictures are not decoded by this release; convert it to JPEG or PNG, and count it "
          "as not examined");
}

TEST_CASE("A TIFF of small pictures in huge tiles is refused: the tiles are what is decoded") {
  make::File file = make::tiff(make::scene(20, 20), {.compression = 8, .tiled = true});
  // The directory's entries for the tile's sides (322 and 323), each a SHORT.
  int changed = 0;
  for (std::size_t i = 0; i + 12 < file.size(); ++i) {
    const int tag = file[i] | file[i + 1] << 8;
    if ((tag != 322 && tag != 323) || file[i + 2] != 3 || file[i + 3] != 0 || file[i + 4] != 1)
      continue;
    file[i + 8] = 0x00;
    file[i + 9] = 0xC0;  // 49,152
    ++changed;
  }
  REQUIRE(changed == 2);
  REQUIRE(refused(file).code == Code::limit_pixels);
}
