// Where one video lies in another, on signatures that are made up: no decoder is asked.
#include <reseau/match.h>
#include <reseau/stretch.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace reseau;

namespace {

/// A scene as grid signatures over time: a background, and patterns that swell and fade over it.
class Scene {
 public:
  explicit Scene(unsigned seed, unsigned background = 0, double ground = 1, double motion = 1)
      : random_(seed) {
    std::mt19937 other(background);
    for (double& value : ground_) value = ground * normal_(background == 0 ? random_ : other) * 22;
    for (auto& pattern : patterns_) {
      for (double& value : pattern) value = motion * normal_(random_) * 8;
      rates_.push_back(0.2 + 1.2 * std::abs(normal_(random_)));
      phases_.push_back(3 * normal_(random_));
    }
  }

  [[nodiscard]] Signature at(double time) const {
    std::array<std::uint8_t, 96> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      double value = ground_[i];
      for (std::size_t k = 0; k < patterns_.size(); ++k)
        value += patterns_[k][i] * std::sin(rates_[k] * time + phases_[k]);
      const auto whole = static_cast<int>(std::lround(std::clamp(value, -127.0, 127.0)));
      bytes[i] = static_cast<std::uint8_t>(static_cast<std::int8_t>(whole));
    }
    return Signature::from_bytes(Algorithm::grid, Bytes(bytes)).value();
  }

 private:
  std::mt19937 random_;
  std::normal_distribution<double> normal_;
  std::array<double, 96> ground_{};
  std::array<std::array<double, 96>, 10> patterns_{};
  std::vector<double> rates_;
  std::vector<double> phases_;
};

/// Appends `seconds` of a scene from its second `from` on, at `speed`.
void play(VideoSignature& video, const Scene& scene, double from, double seconds, double speed = 1,
          double step = 0.5, std::size_t view = 0) {
  const double start = video.duration;
  for (double time = 0; time < seconds; time += step) {
    VideoFrame frame;
    frame.time = frame.until = start + time;
    frame.quality = 90;
    frame.grid = scene.at(from + speed * time);
    if (view != 0) frame.grid = grid_views(frame.grid).at(view);
    video.frames.push_back(frame);
  }
  video.duration = start + seconds;
}

StretchRules rules() {
  StretchRules rules;
  rules.rate = [](Algorithm algorithm, int distance) {
    return false_positive_rate(algorithm == Algorithm::grid ? Measure::grid : Measure::pdq,
                               distance);
  };
  rules.known_frames = 10'000;
  return rules;
}

std::vector<Stretch> found(const VideoSignature& query, const VideoSignature& entry) {
  std::vector<std::size_t> views(kViews.size());
  for (std::size_t i = 0; i < views.size(); ++i) views[i] = i;
  return find_stretches(query, entry, views, rules());
}

VideoSignature of(const Scene& scene, double from, double seconds) {
  VideoSignature video;
  play(video, scene, from, seconds);
  return video;
}

}  // namespace

TEST_CASE("A known clip inside a longer video is located in both") {
  const Scene known(1), other(2), last(3);
  VideoSignature query;
  play(query, other, 0, 20);
  play(query, known, 5.2, 10);  // out of step with how the entry was sampled
  play(query, last, 0, 30);
  const auto stretches = found(query, of(known, 0, 40));
  REQUIRE(stretches.size() == 1);
  CHECK(stretches[0].query_from == Approx(20).margin(0.6));
  CHECK(stretches[0].query_to == Approx(30).margin(1));
  CHECK(stretches[0].entry_from == Approx(5.2).margin(0.6));
  CHECK(stretches[0].entry_to == Approx(15.2).margin(1));
  CHECK(stretches[0].speed == Approx(1).margin(0.05));
  CHECK(stretches[0].frames >= 18);
  CHECK(stretches[0].expected_false < 1e-9);
  CHECK(stretches[0].view == View{});
}

TEST_CASE("A stretch ends at the cut, or half way to the frame that does not agree") {
  const Scene known(1), other(2);
  const VideoSignature entry = of(known, 0, 60);
  VideoSignature query;
  play(query, other, 0, 20);
  play(query, known, 15, 10);
  play(query, other, 40, 20);
  const Stretch between = found(query, entry).at(0);
  CHECK(between.query_from == Approx(19.75));
  CHECK(between.query_to == Approx(29.75));
  CHECK(between.entry_from == Approx(14.75));
  CHECK(between.entry_to == Approx(24.75));
  for (VideoFrame& frame : query.frames) frame.shot = frame.time == 20 || frame.time == 30;
  const Stretch at_cuts = found(query, entry).at(0);
  CHECK(at_cuts.query_from == Approx(20));
  CHECK(at_cuts.query_to == Approx(30));
  CHECK(at_cuts.entry_from == Approx(15));
  CHECK(at_cuts.entry_to == Approx(25));
  // There is nothing before an entry's first frame, and nothing after its last.
  const Stretch whole = found(query, of(known, 15, 10)).at(0);
  CHECK(whole.entry_from == 0);
  CHECK(whole.entry_to <= 10);
}

TEST_CASE("Where things move fast at its end, a clip is not cut short") {
  const Scene known(1), other(2);
  // Calm for ten seconds, and then not; sampled out of step.
  const auto scene_time = [](double time) { return time < 10 ? 0.1 * time : 1 + 2 * (time - 10); };
  const auto sampled = [&](double phase) {
    VideoSignature video;
    for (double time = phase; time < 13; time += 0.5) {
      VideoFrame& frame = video.frames.emplace_back();
      frame.time = frame.until = time - phase;
      frame.quality = 90;
      frame.grid = known.at(scene_time(time));
    }
    video.duration = 13;
    return video;
  };
  const Stretch stretch = found(sampled(0.25), sampled(0)).at(0);
  CHECK(stretch.query_to >= 12);
}

TEST_CASE("Speeds from a half to twice are found and told") {
  const Scene known(4);
  const VideoSignature entry = of(known, 0, 60);
  for (const double speed : {0.5, 0.75, 1.25, 1.5, 2.0}) {
    VideoSignature query;
    play(query, Scene(5), 0, 10);
    play(query, known, 10, 16 / speed, speed);
    const auto stretches = found(query, entry);
    INFO(speed);
    REQUIRE(stretches.size() == 1);
    CHECK(stretches[0].speed == Approx(speed).epsilon(0.06));
    CHECK(stretches[0].entry_from == Approx(10).margin(1));
    CHECK(stretches[0].entry_to == Approx(26).margin(1.6));
  }
}

TEST_CASE("The same frames in another order are no stretch") {
  const Scene known(6);
  const VideoSignature entry = of(known, 0, 30);
  VideoSignature shuffled = entry;
  std::vector<std::size_t> order(shuffled.frames.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937(9));
  VideoSignature reversed = entry;
  for (std::size_t i = 0; i < order.size(); ++i) {
    shuffled.frames[i].grid = entry.frames[order[i]].grid;
    reversed.frames[i].grid = entry.frames[order.size() - 1 - i].grid;
  }
  for (const VideoSignature& query : {shuffled, reversed}) {
    for (const Stretch& stretch : found(query, entry)) CHECK(stretch.frames < 6);
  }
  CHECK(found(entry, entry).at(0).frames == entry.frames.size());
}

TEST_CASE("Another scene before the same background is no stretch") {
  const Scene one(10, 77, 1, 0.35);
  const Scene two(11, 77, 1, 0.35);
  for (const Stretch& stretch : found(of(one, 0, 20), of(two, 0, 20))) CHECK(stretch.frames == 1);
  // But a look at the background is told, as what it is.
  CHECK_FALSE(found(of(one, 0, 20), of(one, 0, 20)).empty());
}

TEST_CASE("Several stretches of one entry are all told, and share no time") {
  const Scene known(12);
  VideoSignature query;
  play(query, known, 20, 8);
  play(query, Scene(13), 0, 15);
  play(query, known, 2, 8);
  const auto stretches = found(query, of(known, 0, 40));
  REQUIRE(stretches.size() == 2);
  auto sorted = stretches;
  std::sort(sorted.begin(), sorted.end(),
            [](const Stretch& a, const Stretch& b) { return a.query_from < b.query_from; });
  CHECK(sorted[0].entry_from == Approx(20).margin(0.6));
  CHECK(sorted[1].entry_from == Approx(2).margin(0.6));
  CHECK(sorted[0].query_to < sorted[1].query_from);
}

TEST_CASE("A mirrored clip is found as mirrored") {
  const Scene known(14);
  VideoSignature query;
  const std::size_t mirror = 4;
  play(query, known, 5, 10, 1, 0.5, mirror);
  const auto stretches = found(query, of(known, 0, 30));
  REQUIRE(stretches.size() == 1);
  CHECK(stretches[0].view.mirror);
}

TEST_CASE("A still of a video is a single look, with the time that it is of") {
  const Scene known(15);
  VideoSignature still;
  play(still, known, 7, 0.4);
  const auto stretches = found(still, of(known, 0, 30));
  REQUIRE(stretches.size() == 1);
  CHECK(stretches[0].frames == 1);
  CHECK(stretches[0].entry_from == Approx(7));
  CHECK(stretches[0].expected_false > 1e-12);
}

TEST_CASE(
    "A clip in which nothing moves is told for as long as it lasts, on the evidence of one look") {
  const Scene known(1, 0, 1, 0.05), other(2);
  VideoSignature query;
  play(query, other, 0, 20);
  play(query, known, 5, 10);
  play(query, other, 40, 20);
  const auto stretches = found(query, of(known, 0, 40));
  REQUIRE(stretches.size() == 1);
  CHECK(stretches[0].query_from == Approx(20).margin(0.6));
  CHECK(stretches[0].query_to == Approx(30).margin(0.6));
  CHECK(stretches[0].frames >= 18);
  CHECK(stretches[0].expected_false >= 1e-5);
  // A short one is a look, and no more.
  VideoSignature glimpse = of(other, 0, 20);
  play(glimpse, known, 5, 3);
  play(glimpse, other, 40, 20);
  CHECK(found(glimpse, of(known, 0, 40)).at(0).frames == 1);
}

TEST_CASE("What moves before the background of a scene that stands still is no stretch of it") {
  const Scene empty(1, 7, 1, 0.05), busy(2, 7);
  const auto stretches = found(of(busy, 0, 40), of(empty, 0, 40));
  CHECK((stretches.empty() || stretches[0].frames == 1));
}

TEST_CASE("Frames with nothing to recognise never agree") {
  const Scene known(16);
  VideoSignature query = of(known, 0, 20);
  for (VideoFrame& frame : query.frames) frame.quality = 5;
  CHECK(found(query, of(known, 0, 20)).empty());
}

TEST_CASE("Lists of pdq alone are aligned by pdq") {
  std::mt19937 random(17);
  VideoSignature entry;
  for (int i = 0; i < 40; ++i) {
    std::array<std::uint8_t, 32> bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    VideoFrame frame;
    frame.time = frame.until = i;
    frame.pdq = Signature::from_bytes(Algorithm::pdq, Bytes(bytes)).value();
    frame.pdq_quality = 100;
    entry.frames.push_back(frame);
  }
  VideoSignature query;
  for (int i = 10; i < 20; ++i) {
    query.frames.push_back(entry.frames[static_cast<std::size_t>(i)]);
    query.frames.back().time = query.frames.back().until = i - 10;
  }
  const auto stretches = found(query, entry);
  REQUIRE(stretches.size() == 1);
  CHECK(stretches[0].entry_from == Approx(10));
  CHECK(stretches[0].frames == 10);
}

TEST_CASE("Two hundred minutes of unrelated video give no stretch") {
  for (unsigned seed = 100; seed < 120; ++seed) {
    const VideoSignature a = of(Scene(seed), 0, 100);
    const VideoSignature b = of(Scene(seed + 1000), 0, 500);
    CHECK(found(a, b).empty());
  }
}
