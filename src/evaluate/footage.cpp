#include "evaluate/footage.h"

#include <reseau/examine.h>
#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "core/parallel.h"
#include "evaluate/film.h"
#include "evaluate/gallery.h"

namespace reseau::evaluation {

using detail::in_parallel;

namespace {

constexpr double kShortest = 1;  // second; of less nothing can be said, and nothing be put together

std::optional<Source> read(const std::filesystem::path& path) {
  const Examined examined = std::move(examine_file_all(path.string()).front());
  if (!examined.video || examined.outcome != Code::ok || examined.duration < kShortest)
    return std::nullopt;
  Source source;
  source.path = path.string();
  source.name = path.filename().string();
  source.seconds = std::min(kReach, *examined.duration);
  source.width = examined.width.value_or(0);
  source.height = examined.height.value_or(0);
  source.data = examined.entry_data();
  return source;
}

/// Joins the videos that `same` names; what is not named shows something of its own.
Status set_scenes(const std::string& same, Footage& footage) {
  const auto lines = read_pairs(same, '\t');
  if (!lines) return lines.error();
  std::vector<std::size_t> scene(footage.sources.size());
  std::iota(scene.begin(), scene.end(), 0);
  const auto place = [&](const std::string& name) {
    const auto at = std::find_if(footage.sources.begin(), footage.sources.end(),
                                 [&](const Source& source) { return source.name == name; });
    return static_cast<std::size_t>(at - footage.sources.begin());
  };
  for (const auto& [one, other] : *lines) {
    const std::size_t a = place(one);
    const std::size_t b = place(other);
    if (a == scene.size() || b == scene.size()) continue;  // a list may be of more videos
    const std::size_t from = scene[b];
    std::replace(scene.begin(), scene.end(), from, scene[a]);
  }
  std::map<std::size_t, std::size_t> numbers;
  for (std::size_t i = 0; i < scene.size(); ++i)
    footage.sources[i].scene = numbers.try_emplace(scene[i], numbers.size()).first->second;
  footage.scenes = numbers.size();
  return success();
}

/// Scenes by their length, dealt out in turns, so that the halves have as much of each length.
void set_halves(Footage& footage) {
  std::vector<double> longest(footage.scenes);
  for (const Source& source : footage.sources)
    longest[source.scene] = std::max(longest[source.scene], source.seconds);
  std::vector<std::size_t> order(footage.scenes);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return longest[a] > longest[b]; });
  std::vector<int> half(footage.scenes);
  for (std::size_t i = 0; i < order.size(); ++i) half[order[i]] = i % 4 == 0 || i % 4 == 3 ? 0 : 1;
  for (std::size_t i = 0; i < footage.sources.size(); ++i) {
    Source& source = footage.sources[i];
    source.half = half[source.scene];
    footage.halves.at(static_cast<std::size_t>(source.half)).push_back(i);
  }
}

}  // namespace

Result<Footage> read_footage(const EvaluateVideosOptions& options) {
  constexpr std::size_t kFewest = 4;
  const auto files = files_of(options.videos);
  if (!files) return files.error();
  std::vector<std::optional<Source>> read_ones(files->size());
  in_parallel(files->size(), options.threads,
              [&](std::size_t i, std::size_t) { read_ones[i] = read((*files)[i]); });
  Footage footage;
  std::set<std::array<std::uint8_t, 32>> seen;
  for (auto& one : read_ones) {
    if (!one) {
      ++footage.unreadable;
    } else if (one->data.sha256 && !seen.insert(*one->data.sha256).second) {
      ++footage.repeated;
    } else {
      footage.sources.push_back(*std::move(one));
    }
  }
  if (const Status status = set_scenes(options.same, footage); !status) return status.error();
  if (footage.scenes < kFewest) {
    return Error{Code::invalid_argument,
                 "too few videos that show different things could be read: " +
                     std::to_string(footage.scenes) +
                     "; 4 are the fewest that say anything, and some hundreds are wanted"};
  }
  set_halves(footage);
  return footage;
}

void make_small(Source& source) {
  static constexpr VideoEdit kSmall = {.name = "small", .long_side = 320};
  constexpr int kRate = 15;
  constexpr int kQuality = 20;
  Film film({size_in_copy(kSmall, source.width, source.height), kRate, kQuality});
  film.add({source.path, {}, 0, source.seconds, &kSmall, 0});
  source.small = film.finish();
}

}  // namespace reseau::evaluation
