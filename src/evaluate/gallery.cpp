#include "evaluate/gallery.h"

#include <reseau/examine.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "core/parallel.h"
#include "evaluate/edits.h"
#include "evaluate/picture.h"

namespace reseau::evaluation {

using detail::in_parallel;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFewest = 20;

std::optional<Photograph> read(const fs::path& path, const EvaluateOptions& options) {
  Photograph photograph;
  photograph.path = path.string();
  photograph.name = path.filename().string();
  photograph.reports = is_reporting(photograph.name);
  for (const Level level : options.levels) {
    // With all that is in the file: a photograph whose thumbnail differs is one, too.
    const Examined examined =
        std::move(examine_file_all(photograph.path, {options.limits, level}).front());
    const bool readable = examined.outcome == Code::ok || examined.outcome == Code::low_information;
    if (!readable) return std::nullopt;
    photograph.data.push_back(examined.entry_data());
  }
  return photograph;
}

bool ends_path(const std::string& path, const std::string& end) {
  if (!path.ends_with(end)) return false;
  return path.size() == end.size() || end.front() == '/' ||
         path[path.size() - end.size() - 1] == '/';
}

Status set_groups(const std::string& file, Gallery& gallery) {
  const auto lines = read_pairs(file, ',');
  if (!lines) return lines.error();
  std::map<std::string, int> numbers;
  for (const auto& [path, group] : *lines) {
    const auto [at, fresh] = numbers.try_emplace(group, static_cast<int>(gallery.groups.size()));
    if (fresh) gallery.groups.push_back(group);
    bool found = false;
    for (Photograph& photograph : gallery.photographs) {
      if (!ends_path(photograph.path, path)) continue;
      photograph.group = at->second;
      found = true;
    }
    if (!found) {
      return Error{Code::invalid_argument, std::string(file).append(": names ").append(path) +
                                               ", which is not among the photographs"};
    }
  }
  return success();
}

Status set_same(const std::string& file, Gallery& gallery) {
  const auto lines = read_pairs(file, '\t');
  if (!lines) return lines.error();
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < gallery.photographs.size(); ++i) {
    places[gallery.photographs[i].name] = i;
  }
  for (const auto& [one, other] : *lines) {
    const auto a = places.find(one);
    const auto b = places.find(other);
    // A list may be of more photographs than are at hand.
    if (a != places.end() && b != places.end())
      gallery.same.insert(std::minmax(a->second, b->second));
  }
  return success();
}

}  // namespace

bool is_reporting(const std::string& name) { return seed_of(name + " half") % 2 == 0; }

Result<std::vector<fs::path>> files_of(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status))
      return Error{Code::not_found, path + ": there is no such file or folder"};
    if (!fs::is_directory(status)) {
      files.emplace_back(path);
      continue;
    }
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
         at.increment(error)) {
      if (at->is_regular_file(error)) files.push_back(at->path());
    }
    if (error) return Error{Code::io_error, path + ": cannot be listed: " + error.message()};
  }
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
    return std::pair(a.filename(), a) < std::pair(b.filename(), b);
  });
  return files;
}

Result<std::vector<std::pair<std::string, std::string>>> read_pairs(const std::string& path,
                                                                    char separator) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (path.empty()) return pairs;
  std::ifstream file(path);
  if (!file) return Error{Code::io_error, path + ": cannot be opened"};
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    const std::size_t at = line.rfind(separator);
    if (at == std::string::npos || at == 0 || at + 1 == line.size()) {
      return Error{Code::invalid_argument,
                   path + ": line " + std::to_string(number) + " is not two names with " +
                       (separator == '\t' ? "a tab" : "a comma") + " between"};
    }
    const std::size_t next = line.find_first_not_of(' ', at + 1);
    pairs.emplace_back(line.substr(0, at), line.substr(std::min(next, line.size())));
  }
  return pairs;
}

Result<Gallery> read_gallery(const std::vector<std::string>& known,
                             const EvaluateOptions& options) {
  const auto files = files_of(known);
  if (!files) return files.error();
  std::vector<std::optional<Photograph>> read_ones(files->size());
  in_parallel(files->size(), options.threads,
              [&](std::size_t i, std::size_t) { read_ones[i] = read((*files)[i], options); });
  Gallery gallery;
  std::set<std::array<std::uint8_t, 32>> seen;
  for (auto& one : read_ones) {
    if (!one) {
      ++gallery.unreadable;
    } else if (one->data.front().sha256 && !seen.insert(*one->data.front().sha256).second) {
      ++gallery.repeated;
    } else {
      gallery.photographs.push_back(*std::move(one));
    }
  }
  if (gallery.photographs.size() < kFewest) {
    return Error{
        Code::invalid_argument,
        "too few photographs could be read: " + std::to_string(gallery.photographs.size()) +
            "; 20 are the fewest that say anything, and some hundreds are wanted"};
  }
  if (const Status status = set_groups(options.groups, gallery); !status) return status.error();
  if (const Status status = set_same(options.same, gallery); !status) return status.error();
  return gallery;
}

Result<cv::Mat> pixels_of(const std::string& path, const Limits& limits) {
  constexpr int kLongSide = 1280;
  const auto file = read_file(path, limits);
  if (!file) return file.error();
  auto picture = read_picture(Bytes(*file), limits);
  if (!picture) return picture;
  const int side = std::max(picture->cols, picture->rows);
  if (side > kLongSide) {
    const double scale = static_cast<double>(kLongSide) / side;
    const auto reduced = [scale](int length) { return std::max(1, cvRound(length * scale)); };
    cv::Mat small;
    cv::resize(*picture, small, {reduced(picture->cols), reduced(picture->rows)}, 0, 0,
               cv::INTER_AREA);
    return small;
  }
  return picture;
}

}  // namespace reseau::evaluation
