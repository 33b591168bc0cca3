#include "evaluate/video_questions.h"

#include <algorithm>

namespace reseau::evaluation {
namespace {

cv::RNG random_of(std::uint64_t lot) {
  cv::RNG random(lot * 0x9E3779B97F4A7C15ULL + 1);
  for (int i = 0; i < 8; ++i) random.next();  // cv::RNG is slow to forget a sparse seed
  return random;
}

template <typename Values>
const auto& any_of(const Values& values, cv::RNG& random) {
  return values[static_cast<std::size_t>(random.uniform(0, static_cast<int>(values.size())))];
}

/// Films in the making: what is added is noted.
class Making {
 public:
  Making(const Footage& footage, const Encoding& encoding) : footage_(footage), film_(encoding) {}

  [[nodiscard]] double seconds() const { return film_.seconds(); }

  void add(std::size_t source, const Scene& scene) {
    const double from = film_.seconds();
    film_.add(scene);
    const std::string_view edit = scene.edit != nullptr ? scene.edit->name : "as it is";
    shown_.push_back({source, edit, from, film_.seconds()});
  }

  /// A piece of any of these sources, at most so long.
  void add_any(const std::vector<std::size_t>& sources, double seconds, const VideoEdit* edit,
               cv::RNG& random) {
    const std::size_t chosen = any_of(sources, random);
    const Source& source = footage_.sources[chosen];
    const double speed = edit != nullptr ? edit->speed : 1;
    const double length = std::min(source.seconds, seconds * speed);
    const double from = random.uniform(0.0, 1.0) * (source.seconds - length);
    add(chosen, {"", Bytes(source.small), from, from + length, edit, random.next()});
  }

  Question finish(std::size_t clip) { return {film_.finish(), std::move(shown_), clip}; }
  [[nodiscard]] std::size_t scenes() const { return shown_.size(); }

 private:
  const Footage& footage_;
  Film film_;
  std::vector<Shown> shown_;
};

}  // namespace

std::vector<Clip> clips_of(const Footage& footage, std::size_t most, std::uint64_t seed) {
  constexpr std::size_t kMostOfScene = 3;  // more of one say little more
  std::vector<Clip> clips;
  for (std::size_t length = 0; length < kLengths.size(); ++length) {
    std::vector<std::vector<std::size_t>> scenes(footage.scenes);
    for (std::size_t i = 0; i < footage.sources.size(); ++i) {
      if (footage.sources[i].seconds >= kLengths.at(length))
        scenes[footage.sources[i].scene].push_back(i);
    }
    std::erase_if(scenes, [](const auto& sources) { return sources.empty(); });
    // As the scenes' names have it, and not their places.
    const auto lot_of = [&](std::size_t source, std::size_t round) {
      return seed_of(footage.sources[source].name + std::to_string(seed) + "/" +
                     std::to_string(length) + "/" + std::to_string(round));
    };
    std::sort(scenes.begin(), scenes.end(), [&](const auto& a, const auto& b) {
      return lot_of(a.front(), 0) < lot_of(b.front(), 0);
    });
    for (std::size_t i = 0; i < std::min(most, kMostOfScene * scenes.size()); ++i) {
      const auto& sources = scenes[i % scenes.size()];
      cv::RNG random = random_of(lot_of(sources.front(), i));
      const std::size_t source = any_of(sources, random);
      const double room = footage.sources[source].seconds - kLengths.at(length);
      const double from = random.uniform(0.0, 1.0) * room;
      clips.push_back({source, length, from, lot_of(source, i)});
    }
  }
  return clips;
}

Question with_clip(const Footage& footage, const Clip& clip, const VideoEdit& edit) {
  constexpr double kLeast = 6;  // seconds on either side
  constexpr double kMost = 10;
  const Source& source = footage.sources[clip.source];
  const auto& strangers = footage.halves.at(source.half == 0 ? 1 : 0);
  cv::RNG random = random_of(clip.lot ^ seed_of(edit.name));
  Making film(footage, {size_in_copy(edit, source.width, source.height), edit.rate, edit.quality});
  const VideoEdit* around = edit.chain ? &edit : nullptr;
  const auto surround = [&] {
    const double until = film.seconds() + random.uniform(kLeast, kMost);
    while (until - film.seconds() > 1.0 / edit.rate)
      film.add_any(strangers, until - film.seconds(), around, random);
  };
  surround();
  const std::size_t place = film.scenes();
  film.add(
      clip.source,
      {source.path, {}, clip.from, clip.from + kLengths.at(clip.length), &edit, random.next()});
  surround();
  return film.finish(place);
}

Question of_strangers(const Footage& footage, int half, double seconds, std::uint64_t lot) {
  constexpr double kLeast = 4;  // seconds, of a piece
  constexpr double kMost = 20;
  static const cv::Size kSize(320, 180);
  constexpr int kRate = 15;
  cv::RNG random = random_of(lot);
  Making film(footage, {kSize, kRate, Encoding{}.quality});
  while (seconds - film.seconds() > 1) {
    const double length = std::min(seconds - film.seconds(), random.uniform(kLeast, kMost));
    const VideoEdit& edit = any_of(video_edits(), random);
    film.add_any(footage.halves.at(static_cast<std::size_t>(half)), length, &edit, random);
  }
  return film.finish(film.scenes());
}

}  // namespace reseau::evaluation
