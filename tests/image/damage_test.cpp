// Files that are cut or damaged. The harm: libraries make up what is missing, and made-up grey
// pictures all look alike, so that cut files of unrelated pictures match each other.
#include <catch2/catch.hpp>

#include <random>

#include "image/make.h"

using namespace reseau;

namespace {

make::File cut(const make::File& file, std::size_t length) {
  return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length)};
}

// The share of rows in which the picture is, but for a little, what the whole file shows from
// `top` on.
double rows_alike(const Image& part, const Image& whole, double tolerance, int top = 0) {
  REQUIRE(part.width() == whole.width());
  REQUIRE(top + part.height() <= whole.height());
  const int row_bytes = part.width() * static_cast<int>(bytes_per_pixel(part.layout()));
  int alike = 0;
  for (int y = 0; y < part.height(); ++y) {
    double sum = 0;
    for (int i = 0; i < row_bytes; ++i) sum += std::abs(part.row(y)[i] - whole.row(top + y)[i]);
    if (sum / row_bytes <= tolerance) ++alike;
  }
  return static_cast<double>(alike) / part.height();
}

}  // namespace

TEST_CASE("Of a file cut anywhere, what is shown is really its own") {
  for (const auto& [format, file] : make::samples(120, 400)) {
    CAPTURE(format);
    const auto whole = decode(Bytes(file));
    REQUIRE(whole);
    // Of a progressive JPEG, the last bits of the coefficients may be what is missing.
    const double tolerance = format == "JPEG progressive" ? 12 : 0.5;
    int ok = 0;
    double completeness = 0;
    for (std::size_t percent = 1; percent <= 99; ++percent) {
      CAPTURE(percent);
      const auto part = decode(Bytes(cut(file, file.size() * percent / 100)));
      if (!part) {
        REQUIRE(part.error().code == Code::corrupt);
        continue;
      }
      ++ok;
      REQUIRE(part->completeness >= completeness);  // the more of the file, the more of the picture
      completeness = part->completeness;
      if (part->completeness >= kWhole) {
        REQUIRE(part->image.height() == whole->image.height());
        REQUIRE(rows_alike(part->image, whole->image, tolerance) >= 0.95);
        continue;
      }
      if (format.find("interlaced") != std::string::npos) {  // all of it, with fewer pixels
        REQUIRE(part->image.height() < whole->image.height());
        continue;
      }
      // BMP files lie upside down: what is there of them is the lower part.
      const int missing = whole->image.height() - part->image.height();
      const bool from_below = format.find("BMP") == 0 && format.find("top") == std::string::npos;
      REQUIRE(missing > 0);
      REQUIRE(rows_alike(part->image, whole->image, tolerance, from_below ? missing : 0) == 1);
      REQUIRE(static_cast<double>(part->image.height()) / whole->image.height() ==
              Approx(part->completeness).margin(0.03));
    }
    // And the rule is not met by refusing everything. (A cut TIFF has lost its directory, and an
    // animated WebP's whole frames may all be there.)
    if (format.find("TIFF") == std::string::npos && format.find("interlaced") == std::string::npos)
      REQUIRE(ok >= 1);
  }
}

TEST_CASE("A file that lacks only its last bytes is still the picture") {
  for (const auto& [format, file] : make::samples(120, 400)) {
    if (format.find("TIFF") == 0) continue;  // its directory is at the end
    CAPTURE(format);
    REQUIRE(decode(Bytes(cut(file, file.size() - 1))));
  }
}

TEST_CASE("A file of which no row is there is not a picture") {
  for (const auto& [format, file] : make::samples(120, 400)) {
    CAPTURE(format);
    const auto part = decode(Bytes(cut(file, 60)));
    REQUIRE_FALSE(part);
    REQUIRE(part.error().code == Code::corrupt);
  }
}

TEST_CASE("An end marker in the middle of a JPEG does not pass its grey rest off as a picture") {
  for (const bool progressive : {false, true}) {
    make::File file = make::jpeg(make::scene(160, 480), {.progressive = progressive});
    const std::size_t middle = progressive ? file.size() / 20 : file.size() / 2;
    file[middle] = 0xFF;
    file[middle + 1] = 0xD9;
    const auto result = decode(Bytes(file));
    if (progressive) {
      REQUIRE_FALSE(result);
      REQUIRE(result.error().code == Code::corrupt);
    } else {
      REQUIRE(result->completeness == Approx(0.5).margin(0.1));
      REQUIRE(result->image.height() == Approx(240).margin(48));
    }
  }
}

TEST_CASE("Damage to one restart interval of a JPEG costs its rows and no others") {
  const make::Pixels scene = make::scene(64, 480);  // 60 rows of blocks
  const make::File whole = make::jpeg(scene, {.restart_rows = 1});
  make::File file = whole;
  std::vector<std::size_t> restarts;
  for (std::size_t i = 0; i + 1 < file.size(); ++i) {
    if (file[i] == 0xFF && file[i + 1] >= 0xD0 && file[i + 1] <= 0xD7) restarts.push_back(i);
  }
  REQUIRE(restarts.size() == 59);
  const auto starve = [&](std::size_t interval) {  // all its bits gone
    const auto from = file.begin() + static_cast<std::ptrdiff_t>(restarts[interval]) + 2;
    file.erase(from, file.begin() + static_cast<std::ptrdiff_t>(restarts[interval + 1]));
  };
  starve(40);
  const auto one = decode(Bytes(file));
  REQUIRE(one);
  REQUIRE(rows_alike(one->image, decode(Bytes(whole)).value().image, 0.5) > 0.95);
  for (const std::size_t interval : {35U, 30U, 25U, 20U, 15U}) {
    std::size_t found = 0;
    for (std::size_t i = 0; i + 1 < file.size(); ++i) {
      if (file[i] == 0xFF && file[i + 1] >= 0xD0 && file[i + 1] <= 0xD7) restarts[found++] = i;
    }
    starve(interval);
  }
  const auto many = decode(Bytes(file));
  REQUIRE(many);
  REQUIRE(many->completeness == Approx(0.9));
  REQUIRE(many->image.height() == 18 * 8);  // the longest piece: what follows the last gap
  REQUIRE(rows_alike(many->image, decode(Bytes(whole)).value().image, 0.5, 42 * 8) == 1);
}

TEST_CASE("A PNG of which a checksum does not fit is not taken for the picture it was") {
  make::File file = make::png(make::scene(64, 64));
  file[file.size() / 2] ^= 1;
  const auto result = decode(Bytes(file));
  REQUIRE_FALSE(result);  // all pixels are in the one chunk
  REQUIRE(result.error().code == Code::corrupt);
}

TEST_CASE(
    "Broken text, profiles and unknown chunks of a PNG do not keep its pixels from being seen") {
  make::File file = make::png(make::scene(20, 20));
  const std::string junk("\0\0\0\4iCCPabcdzzzz\0\0\0\4zTXtabcdzzzz\0\0\0\4ABCDabcdzzzz", 48);
  file.insert(file.begin() + 33, junk.begin(), junk.end());
  REQUIRE(decode(Bytes(file)));
}

TEST_CASE("Flipped bits never crash a decoder, nor break its promises") {
  std::mt19937 random(11);
  Limits limits;
  limits.max_pixels = 1 << 20;
  for (const auto& [format, file] : make::samples(48, 40)) {
    CAPTURE(format);
    for (int mutant = 0; mutant < 150; ++mutant) {
      make::File bytes = file;
      const int flips = 1 + static_cast<int>(random() % 6);
      for (int i = 0; i < flips; ++i) {
        // Half of them where the headers are.
        const std::size_t range =
            i % 2 == 0 ? std::min<std::size_t>(bytes.size(), 200) : bytes.size();
        bytes[random() % range] ^= static_cast<std::uint8_t>(1U << random() % 8);
      }
      const auto result = decode(Bytes(bytes), limits);
      if (result) {
        REQUIRE(static_cast<std::uint64_t>(result->image.width()) * result->image.height() <=
                limits.max_pixels);
        REQUIRE(result->frames >= 1);
        REQUIRE((result->completeness > 0 && result->completeness <= 1));
      } else {
        CAPTURE(result.error().message);
        REQUIRE(result.error().code != Code::ok);
        REQUIRE(is_outcome(result.error().code));
        REQUIRE_FALSE(result.error().message.empty());
      }
    }
  }
}
