/// The photographs that an evaluation is made of: those that are known.
#pragma once

#include <reseau/bank.h>
#include <reseau/evaluate.h>
#include <filesystem>
#include <opencv2/core.hpp>
#include <set>
#include <utility>

namespace reseau::evaluation {

struct Photograph {
  std::string path;
  std::string name;             ///< of the file; what is drawn by lot for it follows from it
  int group = -1;               ///< in Gallery::groups
  bool reports = false;         ///< of the half that figures are of; limits are set on the other
  std::vector<EntryData> data;  ///< by level, as EvaluateOptions::levels
};

struct Gallery {
  std::vector<Photograph> photographs;
  std::vector<std::string> groups;
  std::size_t unreadable = 0;
  std::size_t repeated = 0;  ///< the same bytes again: left out
  std::set<std::pair<std::size_t, std::size_t>> same;

  [[nodiscard]] bool are_same(std::size_t a, std::size_t b) const {
    return same.contains(std::minmax(a, b));
  }
};

/// In which half a picture is, by its name: it does not hang on what else is there.
[[nodiscard]] bool is_reporting(const std::string& name);

/// The files, and those below the folders, by name: the same ones give the same figures wherever
/// they lie. Fails: not_found, io_error.
[[nodiscard]] Result<std::vector<std::filesystem::path>> files_of(
    const std::vector<std::string>& paths);

/// Lines of two fields; empty ones and those that begin with # do not count. No file, no lines.
/// Fails: io_error, invalid_argument.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> read_pairs(
    const std::string& path, char separator);

/// Of `known`, with the groups and pairs that the options name. Fails as evaluate() does.
[[nodiscard]] Result<Gallery> read_gallery(const std::vector<std::string>& known,
                                           const EvaluateOptions& options);

/// A picture's pixels, reduced to what edits of take no longer than they must.
[[nodiscard]] Result<cv::Mat> pixels_of(const std::string& path, const Limits& limits);

}  // namespace reseau::evaluation
