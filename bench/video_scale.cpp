// reseau_video_scale FRAMES PHOTOS_DIR: what a video of ten minutes costs to look up among known
// videos of so many frames in all, on one thread and on all processors.
//
// Videos are made up: shots of four seconds, each of which goes slowly from what lies between two
// photographs to what lies between two others. Known ones have 400 frames. The query has 1,200, of
// which 60 are a copy of a known one's.
#include <reseau/match.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "made_up.h"

namespace {

using namespace reseau;
using namespace reseau::bench;
namespace fs = std::filesystem;

constexpr std::size_t kKnownFrames = 400;
constexpr std::size_t kAskedFrames = 1'200;
constexpr std::size_t kCopied = 60;
constexpr double kStep = 0.5;  // seconds

std::vector<Signature> read(const fs::path& folder) {
  constexpr std::size_t kFewest = 200;
  std::vector<Signature> grids;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (!file.is_regular_file()) continue;
    const Examined examined = examine_file(file.path().string());
    if (examined.outcome == Code::ok && examined.grid) grids.push_back(*examined.grid);
  }
  if (grids.size() < kFewest) throw std::runtime_error("200 photographs are needed");
  return grids;
}

VideoSignature film(const std::vector<Signature>& grids, std::size_t frames,
                    std::mt19937_64& random) {
  constexpr std::size_t kShot = 8;  // frames
  constexpr double kMoved = 0.3;    // of the way, in a shot
  const auto any = [&]() -> const Signature& { return grids[random() % grids.size()]; };
  VideoSignature video;
  video.width = 1280;
  video.height = 720;
  Signature from;
  Signature to;
  for (std::size_t i = 0; i < frames; ++i) {
    if (i % kShot == 0) {
      from = between(any(), any());
      to = between(any(), any());
    }
    VideoFrame& frame = video.frames.emplace_back();
    frame.time = frame.until = kStep * static_cast<double>(i);
    frame.shot = i % kShot == 0;
    frame.quality = 100;
    frame.grid = between(from, to, kMoved * static_cast<double>(i % kShot) / kShot);
  }
  video.duration = kStep * static_cast<double>(frames);
  return video;
}

double seconds_of(clockid_t clock) {
  timespec time = {};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void time(const Bank& bank, const Examined& query, int threads) {
  constexpr int kTimes = 5;
  MatchOptions options;
  options.threads = threads;
  double wall = 1e9;
  double cpu = 1e9;
  Matches matches;
  for (int i = 0; i < kTimes; ++i) {
    const double wall_before = seconds_of(CLOCK_MONOTONIC);
    const double cpu_before = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    matches = match(bank, query, options).value();
    wall = std::min(wall, seconds_of(CLOCK_MONOTONIC) - wall_before);
    cpu = std::min(cpu, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_before);
  }
  std::printf("%zu frames known, %s: a video of %zu frames in %.2f s (%.2f s of processor time)",
              bank.pictures(), threads == 1 ? "one thread" : "all processors", kAskedFrames, wall,
              cpu);
  for (const Match& match : matches) {
    std::printf("; entry %lld, %zu frames", static_cast<long long>(match.entry),
                match.stretches.empty() ? 0 : match.stretches.front().frames);
  }
  std::printf("\n");
}

int run(std::size_t frames, const fs::path& folder) {
  const std::vector<Signature> grids = read(folder);
  std::string scratch = (fs::temp_directory_path() / "reseau-scale.XXXXXX").string();
  if (mkdtemp(scratch.data()) == nullptr) throw std::runtime_error("cannot make " + scratch);
  std::mt19937_64 random(1);
  Examined query;
  query.video = film(grids, kAskedFrames, random);
  Bank bank = Bank::create(scratch + "/bank").value();
  for (std::size_t made = 0; made < frames; made += kKnownFrames) {
    EntryData data;
    data.video = film(grids, kKnownFrames, random);
    data.sha256.emplace();
    for (std::uint8_t& byte : *data.sha256) byte = static_cast<std::uint8_t>(random());
    if (made == 0) {
      for (std::size_t i = 0; i < kCopied; ++i) {
        query.video->frames[kAskedFrames / 2 + i].grid =
            between(data.video->frames[100 + i].grid, grids[i], 0.05);
      }
    }
    if (const auto added = bank.add(std::span(&data, 1)); !added) throw Failure(added.error());
  }
  for (const int threads : {1, 0}) time(bank, query, threads);
  fs::remove_all(scratch);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: reseau_video_scale FRAMES PHOTOS_DIR\n");
    return 2;
  }
  return run(std::stoul(argv[1]), argv[2]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 2;
}
