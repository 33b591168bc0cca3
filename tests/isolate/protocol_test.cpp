// What a worker says may be an attacker's word.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "isolate/channel.h"
#include "isolate/protocol.h"

using namespace reseau;
using namespace reseau::detail;

namespace {

Decoded picture(int width, int height) {
  Image image(width, height, PixelLayout::rgb8);
  image.row(height - 1)[3 * width - 1] = 77;
  return Decoded{
      std::move(image), {}, {PicturePart::Kind::page, 3, 5, true}, 9, 0.5, width, height};
}

const std::vector<std::uint8_t> kFile(100, 'x');

std::optional<Decoded> believe(const Report& report, const Limits& limits = {}) {
  std::vector<std::uint8_t> output(3 * 20 * 10);
  output.back() = 77;
  return believe_picture(report, Bytes(kFile), limits, Bytes(output));
}

}  // namespace

TEST_CASE("Memory that cannot be had leaves what there is as it was") {
  SharedMemory memory;
  CHECK_FALSE(memory.reserve(std::uint64_t{1} << 62));
  REQUIRE(memory.reserve(5'000));
  memory.data()[4'999] = 7;
  CHECK_FALSE(memory.reserve(std::uint64_t{1} << 62));
  CHECK(memory.data()[4'999] == 7);
  REQUIRE(memory.reserve(50'000));
  CHECK(memory.data()[4'999] == 7);
  Limits endless;
  endless.max_pixels = std::numeric_limits<std::uint64_t>::max();
  endless.max_side = std::numeric_limits<int>::max();
  CHECK(output_needed(endless) <= std::uint64_t{1} << 40);
}

TEST_CASE("What an honest worker says arrives as it was") {
  const Decoded sent = picture(20, 10);
  const auto got = believe(report_of(sent));
  REQUIRE(got);
  CHECK(got->image.width() == 20);
  CHECK(got->image.height() == 10);
  CHECK(got->image.row(9)[59] == 77);
  CHECK(got->part == sent.part);
  CHECK(got->frames == 9);
  CHECK(got->completeness == 0.5);

  const Result<Walked> failed = Error{Code::corrupt, "it is damaged; get a whole copy"};
  const auto end = believe_end(report_of(failed), Bytes(kFile), 0);
  REQUIRE(end);
  CHECK(end->error().code == Code::corrupt);
  CHECK(end->error().message == "it is damaged; get a whole copy");
  const Result<Walked> stopped = Walked{2, 5, Error{Code::limit_frames, "too many"}, {7, 90}};
  const auto half = believe_end(report_of(stopped), Bytes(kFile), 2);
  REQUIRE(half);
  CHECK((*half)->pictures == 2);
  CHECK((*half)->frames == 5);
  CHECK((*half)->stopped->code == Code::limit_frames);
  CHECK((*half)->videos == std::vector<std::uint64_t>{7, 90});
}

TEST_CASE("A picture that cannot be is not believed, and nothing is read beyond the memory") {
  const Report honest = report_of(picture(20, 10));
  const auto lie = [&honest](auto change) {
    Report report = honest;
    change(report);
    return !believe(report);
  };
  CHECK(lie([](Report& r) { r.magic = 0; }));
  CHECK(lie([](Report& r) { r.say = Say::end; }));
  CHECK(lie([](Report& r) { r.say = Say::hello; }));
  CHECK(lie([](Report& r) { r.width = 0; }));
  CHECK(lie([](Report& r) { r.width = -20; }));
  CHECK(lie([](Report& r) { r.height = 11; }));
  CHECK(lie([](Report& r) { r.height = std::numeric_limits<std::int32_t>::max(); }));
  CHECK(lie([](Report& r) { r.width = r.height = 65'536; }));
  CHECK(lie([](Report& r) { r.layout = 7; }));
  CHECK(lie([](Report& r) { r.layout = static_cast<std::uint32_t>(PixelLayout::gray32f); }));
  CHECK(lie([](Report& r) { r.frames = 0; }));
  CHECK(lie([](Report& r) { r.frames = kMaxFrames + 1; }));
  CHECK(lie([](Report& r) { r.completeness = 0; }));
  CHECK(lie([](Report& r) { r.completeness = 1.5; }));
  CHECK(lie([](Report& r) { r.completeness = std::nan(""); }));
  CHECK(lie([](Report& r) { r.part_kind = 99; }));
  CHECK(lie(
      [](Report& r) { r.part_kind = static_cast<std::uint32_t>(PicturePart::Kind::animation); }));
  CHECK(lie([](Report& r) { r.shown_for = -1; }));
  CHECK(lie([](Report& r) { r.shown_for = 1e9; }));
  CHECK(lie([](Report& r) { r.shown_for = std::nan(""); }));
  CHECK(lie([](Report& r) { r.part_index = 1U << 31; }));
  CHECK(lie([](Report& r) { r.part_over_black = 2; }));
  CHECK(lie([](Report& r) { r.part_offset = 101; }));
  CHECK(lie([](Report& r) { r.full_width = 19; }));
  CHECK(lie([](Report& r) { r.full_height = 65'536; }));
  Limits tight;
  tight.max_pixels = 100;
  CHECK_FALSE(believe(honest, tight));
}

TEST_CASE("An end that makes no sense is not believed, nor shown to a terminal as it came") {
  Report report = report_of(Result<Walked>(Error{Code::corrupt, "x"}));
  report.code = static_cast<std::uint32_t>(Code::internal);
  CHECK_FALSE(believe_end(report, Bytes(kFile), 0));
  report.code = static_cast<std::uint32_t>(Code::ok);  // and no picture
  CHECK_FALSE(believe_end(report, Bytes(kFile), 0));
  report.code = static_cast<std::uint32_t>(Code::corrupt);
  report.message_length = std::numeric_limits<std::uint32_t>::max();
  report.message.fill('\x1b');
  const auto end = believe_end(report, Bytes(kFile), 0);
  REQUIRE(end);
  CHECK(end->error().message == std::string(report.message.size(), '?'));

  const auto lie = [](std::vector<std::uint64_t> videos, std::uint32_t count) {
    Report told = report_of(Result<Walked>(Walked{1, 1, std::nullopt, std::move(videos)}));
    told.video_count = count;
    return !believe_end(told, Bytes(kFile), 1);
  };
  CHECK_FALSE(lie({0, 99}, 2));
  CHECK(lie({0, 100}, 2));  // the file has a hundred bytes
  CHECK(lie({7, 7}, 2));
  CHECK(lie({9, 7}, 2));
  CHECK(lie({7}, kMostEmbedded + 1));
}

TEST_CASE("Noise is never taken for a picture that breaks the limits") {
  std::mt19937 random(5);
  Limits limits;
  limits.max_pixels = 150;
  for (int i = 0; i < 20'000; ++i) {
    Report report = report_of(picture(12, 12));
    auto* bytes = reinterpret_cast<unsigned char*>(&report);
    for (unsigned n = 1 + random() % 4; n > 0; --n)
      bytes[random() % 64] = static_cast<unsigned char>(random());
    const auto got = believe(report, limits);
    if (!got) continue;
    REQUIRE(got->image.width() >= 1);
    REQUIRE(got->image.height() >= 1);
    REQUIRE(got->image.width() * got->image.height() <= 150);
  }
}
