// Trains the grid signature's projection from a folder of photographs: reseau_train --help.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/parallel.h"
#include "discriminant.h"
#include "evaluate/edits.h"
#include "hash/cells.h"
#include "split.h"

namespace reseau::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHelp =
    R"(Trains the grid signature's projection, and writes it as src/hash/projection_table.cpp.

  reseau_train PHOTOS_DIR... --out FILE [--seed N] [--threads N]
  reseau_train PHOTOS_DIR... --held-out

The same pictures and seed give the same bytes. A third of the pictures, by their names, is held out:
--held-out lists them, for `reseau evaluate - --out DIR`.
)";

/// Edits that no signature of the whole picture can be made to bear (views, trimming and windows
/// are for them): training on them would cost the others.
bool hopeless(std::string_view edit) {
  static const std::set<std::string_view> kHopeless = {
      "turn_90", "turn_180", "flip_h",         "flip_v",         "invert", "mirror_crop",
      "crop_70", "crop_50",  "letterbox_16_9", "letterbox_9_16", "reel",
  };
  return kHopeless.contains(edit);
}

detail::Folded folded(const cv::Mat& picture) {
  const detail::Plane plane({picture.data, picture.cols, picture.rows,
                             static_cast<std::ptrdiff_t>(picture.step), PixelLayout::bgr8});
  return detail::fold(detail::pool(detail::sample(plane, plane.whole())));
}

/// Edits of large pictures take long and teach nothing more.
cv::Mat read(const fs::path& path) {
  constexpr int kLongSide = 640;
  cv::Mat picture = cv::imread(path.string(), cv::IMREAD_COLOR);
  const int side = std::max(picture.cols, picture.rows);
  if (side > kLongSide) {
    const double scale = static_cast<double>(kLongSide) / side;
    cv::resize(picture, picture, {}, scale, scale, cv::INTER_AREA);
  }
  return picture;
}

std::vector<fs::path> pictures(const std::vector<std::string>& folders, bool those_held_out) {
  std::vector<fs::path> paths;
  for (const auto& folder : folders) {
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
      if (file.is_regular_file() && held_out(file.path().filename().string()) == those_held_out) {
        paths.push_back(file.path());
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

struct Options {
  std::vector<std::string> folders;
  std::string out;
  std::uint64_t seed = 1;
  unsigned threads = 2;
  bool held_out = false;  ///< list those instead
};

int list(const Options& options) {
  for (const auto& path : pictures(options.folders, true)) std::puts(path.c_str());
  return 0;
}

int train(const Options& options) {
  const auto paths = pictures(options.folders, false);
  std::vector<Scatter> between(options.threads);
  std::vector<Scatter> within(options.threads);
  std::atomic<std::size_t> used = 0;
  detail::in_parallel(paths.size(), options.threads, [&](std::size_t i, std::size_t thread) {
    const cv::Mat picture = read(paths[i]);
    if (picture.empty()) return;
    const detail::Folded original = folded(picture);
    between[thread].add(original);
    const std::uint64_t seed = options.seed ^ evaluation::seed_of(paths[i].filename().string());
    for (const auto& edit : evaluation::standard_edits()) {
      if (hopeless(edit.name)) continue;
      within[thread].add(difference(folded(evaluation::apply(edit, picture, seed)), original));
    }
    if (++used % 100 == 0) std::fprintf(stderr, "%zu of %zu\n", used.load(), paths.size());
  });
  if (used < 100) {
    std::fprintf(stderr, "only %zu pictures to train on; give folders of a hundred and more\n",
                 used.load());
    return 2;
  }
  for (unsigned thread = 1; thread < options.threads; ++thread) {
    between[0].add(between[thread]);
    within[0].add(within[thread]);
  }
  std::ofstream out(options.out);
  write(discriminant(between[0], within[0]),
        "Trained on " + std::to_string(used.load()) + " pictures, seed " +
            std::to_string(options.seed) + ".",
        out);
  out.close();
  if (!out) std::fprintf(stderr, "cannot write %s\n", options.out.c_str());
  return out ? 0 : 2;
}

}  // namespace
}  // namespace reseau::bench

int main(int argc, char** argv) {
  reseau::bench::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool more = i + 1 < argc;
    if (argument == "--out" && more) {
      options.out = argv[++i];
    } else if (argument == "--seed" && more) {
      options.seed = std::stoull(argv[++i]);
    } else if (argument == "--threads" && more) {
      options.threads = std::max(1U, static_cast<unsigned>(std::stoul(argv[++i])));
    } else if (argument == "--held-out") {
      options.held_out = true;
    } else if (!argument.starts_with("--")) {
      options.folders.emplace_back(argument);
    } else {
      std::fputs(reseau::bench::kHelp, argument == "--help" ? stdout : stderr);
      return argument == "--help" ? 0 : 2;
    }
  }
  if (options.folders.empty() || options.out.empty() == !options.held_out) {
    std::fputs(reseau::bench::kHelp, stderr);
    return 2;
  }
  return options.held_out ? reseau::bench::list(options) : reseau::bench::train(options);
}
