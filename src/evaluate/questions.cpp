#include "evaluate/questions.h"

#include <algorithm>
#include <fstream>
#include <map>

#include "evaluate/edits.h"

namespace reseau::evaluation {
namespace {

namespace fs = std::filesystem;

/// A sample of `count` places of those that report, or of the others, that does not hang on the
/// order of files. 0: all.
std::vector<std::size_t> choose(const Gallery& gallery, bool reports, std::size_t count,
                                std::uint64_t seed) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < gallery.photographs.size(); ++i) {
    if (gallery.photographs[i].reports == reports) places.push_back(i);
  }
  if (count == 0 || count >= places.size()) return places;
  const auto lot = [&](std::size_t i) {
    return seed_of(gallery.photographs[i].name + std::to_string(seed));
  };
  std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(lot(a), a) < std::pair(lot(b), b);
  });
  places.resize(count);
  std::sort(places.begin(), places.end());
  return places;
}

Questions of_edits(const Gallery& gallery, const EvaluateOptions& options) {
  Questions result;
  result.labels.push_back({"as it is", Label::Sort::as_is});
  for (const Edit& edit : standard_edits()) {
    result.labels.push_back({std::string(edit.name), Label::Sort::standard});
  }
  for (const Edit& edit : unseen_edits()) {
    result.labels.push_back({std::string(edit.name), Label::Sort::unseen});
  }
  for (const bool reports : {false, true}) {
    for (const std::size_t i : choose(gallery, reports, (options.queries + 1) / 2, options.seed)) {
      const Photograph& photograph = gallery.photographs[i];
      result.subjects.push_back(
          {photograph.path, photograph.name, i, reports, photograph.group, std::nullopt});
    }
  }
  return result;
}

/// The folder of one of these names, or none.
std::optional<fs::path> folder_of(const fs::path& root, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::error_code error;
    if (fs::is_directory(root / name, error)) return root / name;
  }
  return std::nullopt;
}

const std::vector<std::string> kOriginals = {"original", "copydays_original"};
const std::vector<std::string> kReferences = {"references", "reference_images", "refs"};
const std::vector<std::string> kQueries = {"queries", "query_images", "dev_queries",
                                           "final_queries"};

Error not_laid_out(const std::string& root, const std::string& wanted) {
  return {Code::not_found,
          root + ": is not laid out as the protocol wants it: there is no " + wanted};
}

std::map<std::string, std::size_t> by_stem(const Gallery& gallery) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < gallery.photographs.size(); ++i) {
    places[fs::path(gallery.photographs[i].name).stem().string()] = i;
  }
  return places;
}

/// A copy is named as its original is, but for the last two digits: 200301.jpg is of 200300.jpg.
Result<Questions> of_copydays(const Gallery& gallery, const std::string& root) {
  const auto files = files_of({root});
  if (!files) return files.error();
  const auto originals = by_stem(gallery);
  Questions result;
  std::map<std::string, std::size_t> labels;
  for (const fs::path& file : *files) {
    const fs::path folder = file.lexically_relative(root).parent_path();
    if (folder.empty() || std::ranges::count(kOriginals, folder.begin()->string()) > 0) continue;
    const std::string stem = file.stem().string();
    if (stem.size() < 3) continue;
    const auto own = originals.find(stem.substr(0, stem.size() - 2) + "00");
    if (own == originals.end()) continue;
    const auto [label, fresh] = labels.try_emplace(folder.string(), result.labels.size());
    if (fresh) result.labels.push_back({folder.string(), Label::Sort::standard});
    const Photograph& known = gallery.photographs[own->second];
    result.subjects.push_back({file.string(), file.filename().string(), own->second, known.reports,
                               known.group, label->second});
  }
  if (result.subjects.empty()) return not_laid_out(root, "copy in a folder beside original/");
  return result;
}

/// The lines of every CSV of the folder that begin with a query's name: "Q00000,R000000", or
/// "Q00001," for one that is a copy of nothing.
Result<std::map<std::string, std::string>> ground_truth(const fs::path& root) {
  std::map<std::string, std::string> truth;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root, error)) {
    if (entry.path().extension() != ".csv") continue;
    std::ifstream file(entry.path());
    if (!file) return Error{Code::io_error, entry.path().string() + ": cannot be opened"};
    for (std::string line; std::getline(file, line);) {
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
      const std::size_t comma = line.find(',');
      if (comma == std::string::npos || !line.starts_with('Q')) continue;
      truth[line.substr(0, comma)] = line.substr(comma + 1);
    }
  }
  if (truth.empty()) return not_laid_out(root.string(), "CSV with lines query_id,reference_id");
  return truth;
}

Result<Questions> of_disc21(const Gallery& gallery, const std::string& root) {
  const auto folder = folder_of(root, kQueries);
  if (!folder) return not_laid_out(root, "folder queries/");
  const auto files = files_of({folder->string()});
  if (!files) return files.error();
  const auto truth = ground_truth(root);
  if (!truth) return truth.error();
  const auto references = by_stem(gallery);
  Questions result;
  result.labels.push_back({"queries", Label::Sort::standard});
  for (const fs::path& file : *files) {
    Subject subject{file.string(), file.filename().string(), std::nullopt, false, -1, 0};
    subject.reports = is_reporting(subject.name);
    const auto known = truth->find(file.stem().string());
    if (known == truth->end()) continue;
    const auto own = references.find(known->second);
    if (own != references.end()) {
      subject.own = own->second;
      subject.reports = gallery.photographs[own->second].reports;
    }
    result.subjects.push_back(std::move(subject));
  }
  if (result.subjects.empty()) return not_laid_out(root, "query that the CSV names");
  return result;
}

}  // namespace

Result<std::vector<std::string>> known_paths(const EvaluateOptions& options) {
  if (options.protocol == Protocol::edits) return options.photographs;
  if (options.photographs.size() != 1) {
    return Error{Code::invalid_argument, "a protocol is of one folder, and " +
                                             std::to_string(options.photographs.size()) +
                                             " were given"};
  }
  const bool is_copydays = options.protocol == Protocol::copydays;
  const std::string& root = options.photographs.front();
  const auto folder = folder_of(root, is_copydays ? kOriginals : kReferences);
  if (!folder) {
    return not_laid_out(root, is_copydays ? "folder original/" : "folder references/");
  }
  return std::vector{folder->string()};
}

Result<Questions> questions(const Gallery& gallery, const EvaluateOptions& options) {
  if (options.protocol == Protocol::copydays) {
    return of_copydays(gallery, options.photographs.front());
  }
  if (options.protocol == Protocol::disc21) return of_disc21(gallery, options.photographs.front());
  return of_edits(gallery, options);
}

}  // namespace reseau::evaluation
