// What people send instead of videos.
#include <reseau/video.h>
#include <catch2/catch.hpp>
#include <string_view>

#include "video/make_video.h"

using namespace reseau;
using namespace reseau::test;

namespace {

HashedVideo hashed(const std::vector<std::uint8_t>& file, const VideoOptions& options = {}) {
  return hash_video(video_reader(Bytes(file)), options);
}

HashedVideo hashed(std::string_view text) { return hash_video(video_reader(Bytes(text))); }

}  // namespace

TEST_CASE("Of a video that is cut short, the frames that are there are kept and it is not ok") {
  for (const char* container : {"matroska", "avi", "mp4"}) {
    INFO(container);
    Making making;
    making.container = container;
    making.front_header = making.container == "mp4";
    const auto file = make_video(shot(3, 20), making);
    for (const double share : {0.3, 0.6, 0.85}) {
      auto cut = file;
      cut.resize(static_cast<std::size_t>(share * static_cast<double>(file.size())));
      const auto video = hashed(cut);
      INFO(share << " " << video.report.message);
      CHECK(video.signature.frames.size() >= static_cast<std::size_t>(25 * share));
      // A fragmented file does not know how long it is meant to be.
      if (making.container != "mp4") CHECK(video.report.outcome == Code::ok_partial);
    }
  }
}

TEST_CASE("An mp4 without its header is corrupt, and nothing is made up") {
  auto file = make_video(shot(3, 4));
  file.resize(file.size() / 2);
  const auto video = hashed(file);
  CHECK(video.report.outcome == Code::corrupt);
  CHECK(video.signature.frames.empty());
}

TEST_CASE("Playlists, scripts and pictures are not opened as videos") {
  for (const std::string_view text :
       {"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile /etc/passwd\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
        "<?xml version=\"1.0\"?><MPD></MPD>", "GIF89a\x01\0\x01\0\x80\0\0", "plain words"}) {
    const auto video = hashed(text);
    INFO(text);
    CHECK((video.report.outcome == Code::unsupported_format ||
           video.report.outcome == Code::policy_protocol));
    CHECK(video.signature.frames.empty());
  }
  CHECK(hashed("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n").report.outcome ==
        Code::policy_protocol);
  CHECK(hashed(std::string_view()).report.outcome == Code::empty);
}

TEST_CASE("Any flipped bytes end in an outcome, and times never fall") {
  const auto file = make_video(shot(3, 2), {.container = "matroska"});
  const auto mp4 = make_video(shot(3, 2), {.container = "mp4"});
  std::uint32_t seed = 7;
  const auto next = [&seed] { return seed = seed * 1664525U + 1013904223U; };
  for (int round = 0; round < 120; ++round) {
    auto bytes = round % 2 == 0 ? file : mp4;
    for (int flips = 0; flips < 1 + round % 20; ++flips)
      bytes[next() % bytes.size()] = static_cast<std::uint8_t>(next() >> 24);
    VideoOptions options;
    options.mode = round % 3 == 0 ? VideoMode::fast : VideoMode::thorough;
    const auto video = hashed(bytes, options);
    if (video.report.outcome != Code::ok) CHECK(!video.report.message.empty());
    double before = 0;
    for (const VideoFrame& frame : video.signature.frames) {
      CHECK(frame.time >= before);
      before = frame.time;
    }
  }
}

TEST_CASE("Frames over the limits are refused before they are decoded") {
  const auto file = make_video(shot(3, 1));
  VideoOptions options;
  options.limits.max_pixels = 160 * 96 - 1;
  const auto video = hashed(file, options);
  INFO(video.report.message);
  CHECK(video.report.outcome == Code::limit_pixels);
  options.limits = {};
  options.limits.max_side = 159;
  CHECK(hashed(file, options).report.outcome == Code::limit_dimension);
}

TEST_CASE("A limit of frames keeps what came before it and says so") {
  const auto file = make_video(shot(3, 10));
  VideoOptions options;
  options.limits.max_frames = 5;
  auto video = hashed(file, options);
  CHECK(video.report.outcome == Code::limit_frames);
  CHECK(video.signature.frames.size() == 5);
  options.limits = {};
  options.limits.max_duration = 4;
  video = hashed(file, options);
  CHECK(video.report.outcome == Code::limit_frames);
  CHECK(video.signature.frames.size() >= 7);
}

TEST_CASE("A video that takes more work than it may is cut off, with what it had") {
  const auto file = make_video(shot(3, 10));
  VideoOptions options;
  options.limits.max_cpu = std::chrono::milliseconds(0);
  options.limits.max_cpu_per_second = std::chrono::milliseconds(0);
  const auto video = hashed(file, options);
  CHECK(video.report.outcome == Code::limit_cpu);
  CHECK(!video.report.message.empty());
}

TEST_CASE("An endless stream ends at the limit") {
  const auto file = make_video(shot(3, 2, 25), {.container = "mpegts", .codec = "mpeg2video"});
  std::size_t at = 0;
  VideoReader endless;
  endless.read = [&](std::span<std::uint8_t> into) {
    for (std::uint8_t& byte : into) byte = file[at++ % file.size()];
    return static_cast<std::int64_t>(into.size());
  };
  VideoOptions options;
  options.limits.max_duration = 20;
  const auto video = hash_video(endless, options);
  CHECK(video.report.outcome == Code::limit_frames);
  CHECK(video.report.duration < 25);
  CHECK(video.signature.frames.size() > 20);
}

TEST_CASE("A reader that fails or throws is an input error and not a crash") {
  const auto file = make_video(shot(3, 4), {.container = "matroska"});
  for (const bool throws : {false, true}) {
    VideoReader reader = video_reader(Bytes(file));
    std::size_t given = 0;
    auto inner = reader.read;
    reader.read = [&, inner](std::span<std::uint8_t> into) -> std::int64_t {
      if (given > file.size() / 2) {
        if (throws) throw std::runtime_error("gone");
        return -1;
      }
      const auto count = inner(into.first(std::min<std::size_t>(into.size(), 4096)));
      given += static_cast<std::size_t>(count);
      return count;
    };
    const auto video = hash_video(reader);
    CHECK(video.report.outcome == Code::io_error);
    CHECK(!video.signature.frames.empty());
  }
}
