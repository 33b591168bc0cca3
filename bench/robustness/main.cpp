// reseau_robustness: how far common edits move a picture's signatures, how near strangers come, and
// what that makes of a limit. README.md here says how to read the figures.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <opencv2/core.hpp>
#include <optional>
#include <stdexcept>

#include "edits.h"
#include "report.h"

namespace {

using namespace reseau::bench;

constexpr const char* kUsage =
    "usage: reseau_robustness PHOTOS_DIR... [--part all|held-out] [--queries N]\n"
    "                         [--seed S] [--same FILE] [--threads N] [--out FILE.json]\n"
    "  --part held-out  only the pictures that the grid signature was not trained on\n"
    "  --queries N  ask for N of the photographs only (all are known); 0: for all\n"
    "  --same FILE  lines 'name<TAB>name' of files that show the same: left out on both sides\n";

struct Options {
  std::vector<std::string> folders;
  bool held_out = false;
  std::size_t queries = 0;
  std::uint64_t seed = 1;
  unsigned threads = 2;
  std::string same;
  std::string out;
};

template <typename Number>
void read_number(const std::string& text, Number& number) {
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) throw std::invalid_argument("not a number: " + text);
}

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name.rfind("--", 0) != 0) {
      options.folders.push_back(name);
      continue;
    }
    if (++i == arguments.size()) throw std::invalid_argument(name + " needs a value");
    if (name == "--part") {
      if (arguments[i] != "all" && arguments[i] != "held-out") {
        throw std::invalid_argument("--part is all or held-out");
      }
      options.held_out = arguments[i] == "held-out";
    } else if (name == "--queries") {
      read_number(arguments[i], options.queries);
    } else if (name == "--seed") {
      read_number(arguments[i], options.seed);
    } else if (name == "--threads") {
      read_number(arguments[i], options.threads);
    } else if (name == "--same") {
      options.same = arguments[i];
    } else if (name == "--out") {
      options.out = arguments[i];
    } else {
      throw std::invalid_argument("no option is called " + name);
    }
  }
  if (options.folders.empty()) throw std::invalid_argument("no folder of photographs was given");
  if (options.threads == 0) throw std::invalid_argument("--threads must be at least 1");
  return options;
}

SamePairs read_same(const std::string& path, const std::vector<Known>& gallery) {
  SamePairs same;
  if (path.empty()) return same;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open " + path + ", which --same names");
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < gallery.size(); ++i) places[gallery[i].name] = i;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) {
      throw std::runtime_error("every line of " + path + " must have two names and a tab between");
    }
    const auto a = places.find(line.substr(0, tab));
    const auto b = places.find(line.substr(tab + 1));
    // A list may be of more pictures than are at hand.
    if (a == places.end() || b == places.end()) continue;
    same.insert({std::min(a->second, b->second), std::max(a->second, b->second)});
  }
  return same;
}

/// A sample that does not hang on the order of the files or on what else is in the folders.
std::vector<std::size_t> choose(const std::vector<Known>& gallery, std::size_t count,
                                std::uint64_t seed) {
  std::vector<std::size_t> order(gallery.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (count == 0 || count >= order.size()) return order;
  const auto lot = [&](std::size_t i) {
    return reseau::detail::seed_of(gallery[i].name + std::to_string(seed));
  };
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return lot(a) < lot(b); });
  order.resize(count);
  return order;
}

void measure(const Options& options) {
  Run run;
  run.folders = options.folders;
  run.seed = options.seed;
  run.gallery = read_gallery(options.folders, options.held_out, options.threads, run.unreadable);
  run.same = read_same(options.same, run.gallery);
  const auto chosen = choose(run.gallery, options.queries, options.seed);
  run.queries = make_queries(run.gallery, chosen, options.seed, options.threads);
  run.scan = scan(run.gallery, run.queries, run.same, options.threads);
  for (const Histogram& histogram : run.scan.grid) run.grid_tails.emplace_back(histogram);
  for (const Histogram& histogram : run.scan.pdq) run.pdq_tails.emplace_back(histogram);
  run.near =
      near_pairs(run.gallery, run.queries, run.same, run.grid_tails[kAllViews].limit_at(kNearRate),
                 run.pdq_tails[kAllViews].limit_at(kNearRate), options.threads);
  const auto result = report(run);
  print(result);
  if (options.out.empty()) return;
  std::ofstream file(options.out);
  file << result.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write " + options.out);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    cv::setNumThreads(1);  // the threads are ours
    measure(parse({argv + 1, argv + argc}));
    return 0;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "%s\n%s", error.what(), kUsage);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return 2;
}
