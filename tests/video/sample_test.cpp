// Frames by their time, out of bytes that may be anything.
#include <fcntl.h>
#include <reseau/hash.h>
#include <reseau/video.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <fstream>

#include "support/temp_dir.h"
#include "video/make_video.h"

using namespace reseau;
using namespace reseau::test;

namespace {

std::vector<double> times_of(const HashedVideo& video) {
  std::vector<double> times;
  for (const VideoFrame& frame : video.signature.frames) times.push_back(frame.time);
  return times;
}

int apart(const Signature& a, const Signature& b) { return distance(a, b).value(); }

HashedVideo hashed(const std::vector<std::uint8_t>& file, const VideoOptions& options = {}) {
  return hash_video(video_reader(Bytes(file)), options);
}

}  // namespace

TEST_CASE("Every container and codec gives the same frames at the same times") {
  const auto frames = shot(3, 4);
  const Signature first = grid(frames[0].picture.view()).value().signature;
  for (const auto& [container, codec] :
       std::vector<std::pair<std::string, std::string>>{{"mp4", "mpeg4"},
                                                        {"mov", "mpeg4"},
                                                        {"matroska", "ffv1"},
                                                        {"avi", "mpeg4"},
                                                        {"mpegts", "mpeg2video"},
                                                        {"flv", "flv"},
                                                        {"mp4", "libx264"},
                                                        {"webm", "libvpx"}}) {
    INFO(container << " " << codec);
    const auto rate = codec == "mpeg2video" ? 25.0 : 12.0;
    Making making;
    making.container = container;
    making.codec = codec;
    const auto video = hashed(make_video(shot(3, 4, rate), making));
    CHECK(video.report.message.empty());
    REQUIRE(video.report.outcome == Code::ok);
    CHECK(video.report.width == 160);
    CHECK(video.report.height == 96);
    CHECK(video.report.duration == Approx(4).margin(0.15));
    REQUIRE(video.signature.frames.size() >= 7);
    REQUIRE(video.signature.frames.size() <= 9);
    CHECK(video.signature.frames[1].time == Approx(0.5).margin(0.05));
    CHECK(apart(video.signature.frames[0].grid, first) < 6000);
  }
}

TEST_CASE("A shot of a few frames is sampled, however short") {
  // One quarter of a second between two long shots, out of step with any interval.
  auto frames = joined(joined(shot(3, 3.1), shot(11, 0.25)), shot(5, 3));
  const auto video = hashed(make_video(frames));
  REQUIRE(video.report.outcome == Code::ok);
  const Signature hidden = grid(frames[37].picture.view()).value().signature;
  const bool found =
      std::any_of(video.signature.frames.begin(), video.signature.frames.end(),
                  [&](const VideoFrame& f) { return apart(f.grid, hidden) < 10'000; });
  CHECK(found);
  const auto shots = std::count_if(video.signature.frames.begin(), video.signature.frames.end(),
                                   [](const VideoFrame& f) { return f.shot; });
  CHECK(shots == 3);
}

TEST_CASE("A still scene is one frame that says how long it stands") {
  std::vector<Shown> frames;
  const Picture still = discs(160, 96, 4);
  for (int i = 0; i < 120; ++i) frames.push_back({still, i / 12.0});
  const auto video = hashed(make_video(frames));
  REQUIRE(video.signature.frames.size() <= 2);
  CHECK(video.signature.frames.back().until == Approx(9.9).margin(0.3));
}

TEST_CASE("Frames are sampled by their time and not by their number") {
  // A slide show: five pictures over fifty seconds, then five a second.
  std::vector<Shown> frames;
  for (int i = 0; i < 5; ++i) frames.push_back({discs(160, 96, 20 + i), i * 10.0});
  for (int i = 0; i < 20; ++i) frames.push_back({discs(160, 96, 40 + i / 4), 50 + i / 5.0});
  const auto video = hashed(make_video(frames, {.container = "matroska", .codec = "ffv1"}));
  const auto times = times_of(video);
  for (int i = 0; i < 5; ++i)
    CHECK(std::count_if(times.begin(), times.end(),
                        [i](double t) { return std::abs(t - i * 10.0) < 0.01; }) == 1);
  CHECK(video.report.duration == Approx(53.8).margin(0.1));
}

TEST_CASE("A video that players turn is hashed as players show it") {
  const auto upright = shot(8, 1);
  for (const int turn : {90, 180, 270}) {
    // Stored turned the other way.
    std::vector<Shown> stored;
    for (const Shown& shown : upright)
      stored.push_back(
          {viewed(shown.picture, kViews.at(static_cast<std::size_t>((360 - turn) % 360 / 90))),
           shown.time});
    const auto video = hashed(make_video(stored, {.container = "mp4", .turn = turn}));
    REQUIRE(!video.signature.frames.empty());
    CHECK(video.report.width == 160);
    CHECK(video.report.height == 96);
    const auto known = grid(upright[0].picture.view()).value().signature;
    CHECK(apart(video.signature.frames[0].grid, known) < 6000);
  }
}

TEST_CASE("Fast mode decodes key frames only and says the same of them") {
  const auto file = make_video(shot(3, 20), {.container = "mp4", .key_every = 24});
  VideoOptions keys;
  keys.mode = VideoMode::fast;
  const auto fast = hashed(file, keys);
  const auto all = hashed(file);
  REQUIRE(fast.report.outcome == Code::ok);
  CHECK(fast.report.decoded == 10);
  CHECK(fast.signature.frames.size() == 10);
  for (const VideoFrame& frame : fast.signature.frames) {
    const auto same = std::find_if(all.signature.frames.begin(), all.signature.frames.end(),
                                   [&](const VideoFrame& f) { return f.time == frame.time; });
    REQUIRE(same != all.signature.frames.end());
    CHECK(apart(same->grid, frame.grid) == 0);
  }
}

TEST_CASE("Fast mode is not led in circles by an index whose times are not the frames'") {
  Making making;
  making.codec = "libx264";
  making.key_every = 24;
  making.between = 2;
  VideoOptions keys;
  keys.mode = VideoMode::fast;
  const auto fast = hashed(make_video(shot(3, 20), making), keys);
  REQUIRE(fast.report.outcome == Code::ok);
  CHECK(fast.report.decoded >= 10);
  CHECK(fast.report.decoded < 30);
}

TEST_CASE("A descriptor, a callback and a stream that cannot go back give what memory gives") {
  const auto file = make_video(shot(9, 3), {.container = "matroska"});
  const auto expected = hashed(file).signature;
  const TempDir folder;
  const std::string path = folder / "a video";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(lseek(descriptor, 7, SEEK_SET) == 7);
  CHECK(hash_video(video_reader(descriptor)).signature == expected);
  CHECK(lseek(descriptor, 0, SEEK_CUR) == 7);
  close(descriptor);

  VideoReader stream = video_reader(Bytes(file));
  stream.seek = nullptr;
  stream.size.reset();
  CHECK(hash_video(stream).signature == expected);
}

TEST_CASE("Black and flat frames carry a quality that says so") {
  std::vector<Shown> frames;
  for (int i = 0; i < 24; ++i) frames.push_back({flat(160, 96, 0), i / 12.0});
  const auto video = hashed(make_video(frames));
  REQUIRE(!video.signature.frames.empty());
  for (const VideoFrame& frame : video.signature.frames) CHECK(frame.quality < kMinQuality);
}

TEST_CASE("Progress tells how far it is and can stop it") {
  const auto file = make_video(shot(3, 6));
  double last = 0;
  std::optional<double> claimed;
  VideoOptions options;
  options.progress = [&](double time, std::optional<double> of) {
    last = time;
    claimed = of;
    return time < 3;
  };
  const auto video = hashed(file, options);
  CHECK(video.report.outcome == Code::interrupted);
  CHECK(last == Approx(3).margin(0.2));
  CHECK(claimed.value_or(0) == Approx(6).margin(0.2));
  CHECK(video.signature.frames.size() >= 5);  // kept
}
