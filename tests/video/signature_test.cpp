// The bytes of a video's signature: what is written is read, and nothing else is.
#include <reseau/hash.h>
#include <reseau/video.h>
#include <catch2/catch.hpp>

#include "support/picture.h"

using namespace reseau;
using namespace reseau::test;

namespace {

VideoSignature made() {
  VideoSignature video{640, 360, 12.5, {}};
  for (int i = 0; i < 5; ++i) {
    const Picture picture = discs(80, 60, 30 + i);
    VideoFrame frame;
    frame.time = i * 0.5;
    frame.until = frame.time + 0.25;
    frame.shot = i == 0;
    const auto whole = grid(picture.view()).value();
    frame.grid = whole.signature;
    frame.quality = whole.quality;
    const auto hash = pdq(picture.view()).value();
    frame.pdq = hash.signature;
    frame.pdq_quality = hash.quality;
    if (i == 2) frame.inside = {{0, 0.25F, 1, 0.5F}, 80, whole.signature, true};
    if (i == 3) frame.grid = {};
    video.frames.push_back(frame);
  }
  return video;
}

}  // namespace

TEST_CASE("A video's signature is read as it was written") {
  const VideoSignature video = made();
  const auto bytes = video.bytes();
  auto read = VideoSignature::from_bytes(Bytes(bytes));
  REQUIRE(read);
  REQUIRE(read->frames.size() == 5);
  CHECK(read->frames[2].inside->where.y == Approx(0.25).margin(1e-4));
  CHECK(read->bytes() == bytes);
  CHECK(bytes.size() == 24 + 5 * (11 + 96 + 32) - 96 + 105);
}

TEST_CASE("Bytes that nobody wrote are refused, and cost nothing") {
  const auto bytes = made().bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(VideoSignature::from_bytes(Bytes(bytes.data(), size)));
  auto more = bytes;
  more.push_back(0);
  CHECK_FALSE(VideoSignature::from_bytes(Bytes(more)));
  auto count = bytes;  // claims four billion frames
  for (std::size_t i = 20; i < 24; ++i) count[i] = 0xFF;
  CHECK_FALSE(VideoSignature::from_bytes(Bytes(count)));
  auto falls = bytes;  // the second frame before the first
  falls[24] = 0xFF;
  CHECK_FALSE(VideoSignature::from_bytes(Bytes(falls)));
}

TEST_CASE("Another version is told apart from damage") {
  for (const std::size_t at : {4, 5, 6}) {
    auto bytes = made().bytes();
    ++bytes[at];
    CHECK(VideoSignature::from_bytes(Bytes(bytes)).error().code == Code::unlike_signatures);
  }
}

TEST_CASE("No byte of a signature changes what is read without being seen or meant") {
  const auto bytes = made().bytes();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int bit : {0, 3, 7}) {
      auto other = bytes;
      other[at] ^= static_cast<std::uint8_t>(1 << bit);
      const auto read = VideoSignature::from_bytes(Bytes(other));
      if (read) CHECK(read->bytes() == other);
    }
  }
}
