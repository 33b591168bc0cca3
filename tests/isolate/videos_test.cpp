// Decoding videos in workers. The harm: one upload that takes the process, or everybody's answers,
// with it; and a confined answer that is not the one that this process would give.
#include <reseau/examine.h>
#include <reseau/isolate.h>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstring>

#include "isolate/video_protocol.h"
#include "video/make_video.h"

using namespace reseau;
using namespace reseau::test;

namespace {

using File = std::vector<std::uint8_t>;

std::unique_ptr<DecoderPool> pool_of(int workers = 1) {
  IsolationOptions options;
  options.workers = workers;
  options.decoder = RESEAU_DECODER;
  auto pool = DecoderPool::start(options);
  if (!pool) FAIL(pool.error().message);
  return *std::move(pool);
}

const File& film() {
  static const File file = make_video(joined(shot(1, 3), shot(2, 3)));
  return file;
}

/// Of bytes that can only be read on.
VideoReader stream_of(const File& file) {
  VideoReader reader = video_reader(Bytes(file));
  reader.seek = nullptr;
  reader.size.reset();
  return reader;
}

void check_same(const HashedVideo& a, const HashedVideo& b) {
  CHECK(a.report.outcome == b.report.outcome);
  CHECK(a.report.message == b.report.message);
  CHECK(a.report.format.name == b.report.format.name);
  CHECK(a.report.duration == b.report.duration);
  CHECK(a.report.claimed == b.report.claimed);
  CHECK(a.report.rate == b.report.rate);
  CHECK(a.report.decoded == b.report.decoded);
  CHECK(a.report.damaged == b.report.damaged);
  CHECK(a.report.sampled == b.report.sampled);
  CHECK(a.signature == b.signature);
}

TEST_CASE("A confined decoder gives the frames that this process would") {
  const auto pool = pool_of();
  for (const char* container : {"mp4", "matroska", "avi", "mpegts"}) {
    INFO(container);
    const File file = make_video(joined(shot(1, 3), shot(2, 3)), {.container = container});
    File cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() * 2 / 3));
    for (const File& one : {file, cut, File{}, File(5'000, 7)}) {
      check_same(hash_video(video_reader(Bytes(one)), {}, *pool),
                 hash_video(video_reader(Bytes(one))));
      check_same(hash_video(stream_of(one), {}, *pool), hash_video(stream_of(one)));
    }
    VideoOptions fast;
    fast.mode = VideoMode::fast;
    check_same(hash_video(video_reader(Bytes(file)), fast, *pool),
               hash_video(video_reader(Bytes(file)), fast));
  }
  CHECK(pool->replaced() == 0);
  CHECK(pool->posture().seccomp);
}

TEST_CASE("Every codec's decoder does with what a worker may do") {
  const auto pool = pool_of();
  int tried = 0;
  for (const char* codec : {"libx264", "libx265", "libvpx", "libvpx-vp9", "libtheora", "mpeg4",
                            "mpeg2video", "flv", "wmv2", "msmpeg4", "ffv1", "utvideo", "snow"}) {
    INFO(codec);
    File file;
    try {
      file = make_video(shot(3, 1, 12, 176, 144), {.container = "matroska", .codec = codec});
    } catch (const std::runtime_error&) {
      continue;  // FFmpeg is built without it
    }
    ++tried;
    check_same(hash_video(video_reader(Bytes(file)), {}, *pool),
               hash_video(video_reader(Bytes(file))));
  }
  CHECK(tried >= 6);
  CHECK(pool->replaced() == 0);
}

TEST_CASE("Of a video whose decoder is killed, the frames so far are kept, and called a part") {
  const auto pool = pool_of();
  const auto before = pool->process_ids();
  for (const double when : {-1.0, 2.5}) {
    int frames = 0;
    const auto strike = [&] {
      for (const int id : pool->process_ids()) {
        if (std::ranges::count(before, id) == 0) ::kill(id, SIGKILL);
      }
    };
    VideoReader reader = video_reader(Bytes(film()));
    bool struck = when >= 0;
    const auto read = reader.read;
    reader.read = [&](std::span<std::uint8_t> into) {
      if (!std::exchange(struck, true)) strike();
      return read(into);
    };
    const VideoReport report = pool->sample(reader, {}, [&](const SampledFrame& frame) {
      if (!frame.alike) ++frames;
      if (frame.time >= when && when >= 0) strike();
    });
    INFO(report.message);
    CHECK(report.message.find("SIGKILL") != std::string::npos);
    CHECK(report.sampled == static_cast<std::size_t>(frames));
    CHECK(report.outcome == (when < 0 ? Code::worker_crashed : Code::ok_partial));
    CHECK((when < 0 ? frames == 0 : frames >= 5));
  }
  CHECK(pool->replaced() == 2);
  // And the next file is none the worse for it.
  check_same(hash_video(video_reader(Bytes(film())), {}, *pool),
             hash_video(video_reader(Bytes(film()))));
}

TEST_CASE("A caller who throws, stops, or cannot read leaves the pool as it was") {
  const auto pool = pool_of();
  const VideoReader reader = video_reader(Bytes(film()));
  struct Enough {};
  CHECK_THROWS_AS(pool->sample(reader, {}, [](const SampledFrame&) { throw Enough{}; }), Enough);
  VideoOptions options;
  options.progress = [](double, std::optional<double>) { return false; };
  const VideoReport stopped =
      pool->sample(video_reader(Bytes(film())), options, [](const SampledFrame&) {});
  CHECK(stopped.outcome == Code::interrupted);
  CHECK(stopped.duration < 2);
  VideoReader broken = video_reader(Bytes(film()));
  broken.read = [](std::span<std::uint8_t>) -> std::int64_t { throw std::runtime_error("gone"); };
  CHECK(pool->sample(broken, {}, [](const SampledFrame&) {}).outcome == Code::io_error);
  check_same(hash_video(video_reader(Bytes(film())), {}, *pool),
             hash_video(video_reader(Bytes(film()))));
}

TEST_CASE("Limits hold in a worker, and are told in the same words") {
  const auto pool = pool_of();
  VideoOptions options;
  options.limits.max_duration = 2;
  check_same(hash_video(video_reader(Bytes(film())), options, *pool),
             hash_video(video_reader(Bytes(film())), options));
  options = {};
  options.limits.max_pixels = 1'000;
  check_same(hash_video(video_reader(Bytes(film())), options, *pool),
             hash_video(video_reader(Bytes(film())), options));
  options = {};
  options.limits.max_frames = 3;
  check_same(hash_video(video_reader(Bytes(film())), options, *pool),
             hash_video(video_reader(Bytes(film())), options));
}

TEST_CASE("examine() decodes videos where it decodes pictures, and says so") {
  const auto pool = pool_of();
  ExamineOptions options;
  options.decoder = pool.get();
  const Examined confined = examine(Bytes(film()), options);
  CHECK(confined.isolation == pool->isolation());
  CHECK(confined.isolation.find("seccomp") != std::string::npos);
  CHECK(examine(Bytes(film())).isolation == "none");
  CHECK(confined.video == examine(Bytes(film())).video);
}

TEST_CASE("What a worker in an attacker's hands says is not believed") {
  using namespace detail;
  const VideoOptions options;
  std::uint64_t bytes = 0;
  VideoWord frame;
  frame.say = VideoSay::frame;
  frame.width = 100;
  frame.height = 80;
  frame.time = 1;
  {
    VideoClaims claims(options);
    REQUIRE(claims.frame(frame, bytes));
    CHECK(bytes == 24'000);
  }
  const auto lies = [&](auto change) {
    VideoClaims claims(options);
    VideoWord first = frame;
    first.time = 0.5;
    REQUIRE(claims.frame(first, bytes));
    VideoWord lie = frame;
    change(lie);
    return !claims.frame(lie, bytes);
  };
  CHECK(lies([](VideoWord& w) { w.width = 0; }));
  CHECK(lies([](VideoWord& w) { w.height = -1; }));
  CHECK(lies([](VideoWord& w) { w.width = 513; }));
  CHECK(lies([](VideoWord& w) { w.time = 0.4; }));
  CHECK(lies([](VideoWord& w) { w.time = std::nan(""); }));
  CHECK(lies([](VideoWord& w) { w.time = 1e9; }));
  VideoWord alike = frame;
  alike.say = VideoSay::alike;
  CHECK_FALSE(VideoClaims(options).frame(alike, bytes));  // to what?

  VideoReport honest;
  honest.outcome = Code::corrupt;
  honest.message = "it is \x1b[31mdamaged\n";
  const auto heard = VideoClaims(options).end(word_of(honest), false);
  REQUIRE(heard);
  CHECK(heard->message == "it is ?[31mdamaged?");
  const auto lies_at_the_end = [&](auto change) {
    VideoWord word = word_of(honest);
    change(word);
    return !VideoClaims(options).end(word, false);
  };
  CHECK(lies_at_the_end([](VideoWord& w) { w.code = 0; }));  // fine, and not one frame
  CHECK(lies_at_the_end([](VideoWord& w) { w.code = 9'999; }));
  CHECK(lies_at_the_end(
      [](VideoWord& w) { w.code = static_cast<std::uint32_t>(Code::interrupted); }));
  CHECK(lies_at_the_end([](VideoWord& w) { w.message_length = 0; }));
  CHECK(lies_at_the_end([](VideoWord& w) { w.time = -1; }));
  VideoWord long_text = word_of(honest);
  long_text.message_length = 1'000'000;
  CHECK(VideoClaims(options).end(long_text, false)->message.size() == long_text.message.size());
}

}  // namespace
