#include <reseau/evaluate.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include <reseau/video.h>

#include "evaluate/film.h"
#include "evaluate/photographs.h"
#include "evaluate/video_questions.h"

namespace {

using namespace reseau;
using namespace reseau::evaluation;
using namespace reseau::test;
using Json = nlohmann::ordered_json;
using File = std::vector<std::uint8_t>;

const cv::Size kSize(160, 96);
constexpr int kRate = 12;

/// A window that moves over a photograph.
File moving(int number, double seconds) {
  const cv::Mat ground = photograph(number);
  Encoder encoder({kSize, kRate, 20});
  for (int i = 0; i < static_cast<int>(seconds * kRate); ++i) {
    const auto swing = [i](double step, int room) {
      return static_cast<int>(std::abs(std::remainder(step * i, 2.0)) * room);
    };
    encoder.add(ground({swing(0.021, ground.cols - kSize.width),
                        swing(0.033, ground.rows - kSize.height), kSize.width, kSize.height}));
  }
  return encoder.finish();
}

/// A grey that gets brighter by so many levels a second.
constexpr double kBrighter = 25;
constexpr double kNearly = 8;  // levels: each generation loses some, and frames have a length

File brightening(double seconds) {
  Encoder encoder({kSize, kRate, 10});
  for (int i = 0; i < static_cast<int>(seconds * kRate); ++i)
    encoder.add(cv::Mat(kSize, CV_8UC3, cv::Scalar::all(40 + kBrighter * i / kRate)));
  return encoder.finish();
}

/// The grey level of each frame, by its time.
std::vector<std::pair<double, int>> greys(const File& file) {
  VideoOptions options;
  options.interval = 0;
  std::vector<std::pair<double, int>> levels;
  const auto report = sample_video(video_reader(Bytes(file)), options, [&](const SampledFrame& f) {
    const int level =
        f.alike ? levels.back().second : *static_cast<const std::uint8_t*>(f.pixels.pixels);
    levels.emplace_back(f.time, level);
  });
  REQUIRE(report.outcome == Code::ok);
  return levels;
}

File film_of(const File& file, const VideoEdit& edit, double from, double to) {
  Film film({size_in_copy(edit, kSize.width, kSize.height), edit.rate, 10});
  film.add({"", Bytes(file), from, to, &edit, 1});
  return film.finish();
}

TEST_CASE("A clip in an edit shows the seconds of its source that it claims to") {
  const File source = brightening(8);
  const auto level_at = [](double time) { return 40 + kBrighter * time; };
  for (const VideoEdit& edit : {VideoEdit{.name = "slow", .speed = 0.75},
                                VideoEdit{.name = "fast", .speed = 1.5, .rate = 10},
                                VideoEdit{.name = "plain", .rate = 50}}) {
    INFO(edit.name);
    const auto levels = greys(film_of(source, edit, 2, 6));
    CHECK(static_cast<double>(levels.size()) == std::ceil(4 / edit.speed * edit.rate));
    for (const auto& [time, level] : levels)
      CHECK(level == Approx(level_at(2 + edit.speed * time)).margin(kNearly));
  }
}

TEST_CASE("What is played backwards ends where the clip began") {
  const auto levels = greys(film_of(brightening(6), reversed_edit(), 1, 5));
  CHECK(levels.front().second == Approx(40 + 5 * kBrighter).margin(kNearly));
  CHECK(levels.back().second == Approx(40 + 1 * kBrighter).margin(kNearly));
}

TEST_CASE("Blurred bars with plain parts are not taken for the picture's borders") {
  // The bars show the middle, of which the upper part is plain.
  const cv::Size size(320, 192);
  Encoder encoder({size, kRate, 10});
  cv::Mat ground(60, 90, CV_8UC3);
  cv::RNG(7).fill(ground, cv::RNG::UNIFORM, 0, 256);
  cv::resize(ground, ground, {}, 7, 7, cv::INTER_LINEAR);
  for (int i = 0; i < 2 * kRate; ++i) {
    cv::Mat frame = ground({4 * i, 2 * i, size.width, size.height}).clone();
    frame({100, 0, 120, 80}).setTo(cv::Scalar::all(200));
    encoder.add(frame);
  }
  const auto edit = std::find_if(video_edits().begin(), video_edits().end(),
                                 [](const auto& one) { return one.name == "side_fill_blurred"; });
  const File source = encoder.finish();
  Film film({size_in_copy(*edit, size.width, size.height), edit->rate, edit->quality});
  film.add({"", Bytes(source), 0, 2, &*edit, 1});
  const File file = film.finish();
  const HashedVideo hashed = hash_video(video_reader(Bytes(file)));
  REQUIRE(hashed.signature.frames.size() >= 4);
  for (const VideoFrame& frame : hashed.signature.frames) {
    REQUIRE(frame.inside);
    CHECK(frame.inside->panel);
    CHECK(frame.inside->where.height < 0.36);  // of which the picture has 0.34
  }
}

TEST_CASE("A source that cannot be decoded is named, and not left out in silence") {
  const File nothing(1'000);
  Film film({kSize, kRate, 20});
  CHECK_THROWS_WITH(film.add({"", Bytes(nothing), 0, 1, nullptr, 0}),
                    Catch::Contains("not one frame"));
  CHECK_THROWS_WITH(film.add({"/nowhere/film.mp4", {}, 0, 1, nullptr, 0}),
                    Catch::Contains("/nowhere/film.mp4"));
}

TEST_CASE("Edits of frames keep sides even, or no encoder takes them") {
  for (const VideoEdit& edit : video_edits()) {
    INFO(edit.name);
    const cv::Size size = size_in_copy(edit, 333, 187);
    CHECK(size.width % 2 == 0);
    CHECK(size.height % 2 == 0);
    CHECK(std::max(size.width, size.height) <= edit.long_side);
  }
}

TEST_CASE("Clips are found where they are, by any number of threads, and strangers are not") {
  const TempDir folder;
  for (int i = 0; i < 4; ++i) {
    const File file = moving(i, 6);
    std::ofstream(folder / (std::to_string(i) + ".mp4"), std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()),
               static_cast<std::streamsize>(file.size()));
  }
  std::ofstream(folder / "none.mp4") << "no video";
  EvaluateVideosOptions options;
  options.videos = {folder / ""};
  options.clips = 1;
  options.hours = 1.0 / 60;
  const Evaluation one = evaluate_videos(options).value();
  options.threads = 2;
  CHECK(evaluate_videos(options).value().json == one.json);

  const Json figures = Json::parse(one.json);
  CHECK(figures["videos"]["known"] == 4);
  CHECK(figures["videos"]["scenes"] == 4);
  CHECK(figures["videos"]["unreadable"] == 1);
  CHECK(figures["clips"].size() == video_edits().size());  // of 5 s; none is longer
  const Json& plain = figures["clips"][0];
  CHECK(plain["edit"] == "as it is");
  CHECK(plain["recall"] == 1);
  CHECK(plain["ends_within_1_s"] == 1);
  CHECK(figures["reversed"][0]["asked"] == 1);
  CHECK(figures["strangers"]["stretches"] == 0);
  CHECK(figures["strangers"]["hours"].get<double>() == Approx(1.0 / 60).epsilon(0.02));
  CHECK(one.html.find("<script") == std::string::npos);
}

TEST_CASE("Versions of one scene are no strangers to each other") {
  const TempDir folder;
  for (int i = 0; i < 5; ++i) {
    const File file = moving(i < 2 ? 0 : i, i == 1 ? 3 : 2);
    std::ofstream(folder / (std::to_string(i) + ".mp4"), std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()),
               static_cast<std::streamsize>(file.size()));
  }
  std::ofstream(folder / "same.tsv") << "0.mp4\t1.mp4\n";
  EvaluateVideosOptions options;
  options.videos = {folder / ""};
  options.same = folder / "same.tsv";
  const Footage footage = read_footage(options).value();
  CHECK(footage.scenes == 4);
  CHECK(footage.sources[0].scene == footage.sources[1].scene);
  CHECK(footage.sources[0].half == footage.sources[1].half);

  options.videos = {folder / "0.mp4", folder / "1.mp4"};
  const auto few = evaluate_videos(options);
  REQUIRE(!few);
  CHECK(few.error().code == Code::invalid_argument);
  CHECK_THAT(few.error().message, Catch::Contains("show different things"));
}

}  // namespace
