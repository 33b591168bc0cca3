// reseau_levels: what the library itself finds of edited copies in a bank of a level, after
// alignment, and at which rate of false matches. README.md here says how to read the figures.
#include <reseau/match.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <climits>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

#include "edits.h"
#include "parallel.h"
#include "split.h"
#include "tail.h"

namespace {

using namespace reseau;
using namespace reseau::bench;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kUsage =
    "usage: reseau_levels PHOTOS_DIR... [--level base|standard|extended] [--part all|held-out]\n"
    "                     [--every N] [--threads N] [--out FILE.json]\n"
    "  --every N  ask for each Nth of the photographs only (all are known)\n";

constexpr std::array kRates = {1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10};
constexpr int kBin = 25;
constexpr std::size_t kBins = 10'000;
constexpr std::uint64_t kSeed = 1;
// Whatever is worth aligning is within this; all of it is asked for.
constexpr MaxDistance kOpen{85'000};

struct Options {
  std::vector<std::string> folders;
  Level level = Level::base;
  bool held_out = false;
  std::size_t every = 1;
  unsigned threads = 2;
  std::string out;
};

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  const auto number = [](const std::string& text, auto& value) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size() || value == 0)
      throw std::invalid_argument("not a number of one and more: " + text);
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name.rfind("--", 0) != 0) {
      options.folders.push_back(name);
      continue;
    }
    if (++i == arguments.size()) throw std::invalid_argument(name + " needs a value");
    const std::string& value = arguments[i];
    if (name == "--level" && level_of(value)) {
      options.level = *level_of(value);
    } else if (name == "--part" && (value == "all" || value == "held-out")) {
      options.held_out = value == "held-out";
    } else if (name == "--every") {
      number(value, options.every);
    } else if (name == "--threads") {
      number(value, options.threads);
    } else if (name == "--out") {
      options.out = value;
    } else {
      throw std::invalid_argument("no option or value of that name: " + name);
    }
  }
  if (options.folders.empty()) throw std::invalid_argument("no folder of photographs was given");
  return options;
}

template <typename T>
T checked(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

std::vector<fs::path> pictures(const Options& options) {
  std::vector<fs::path> paths;
  for (const auto& folder : options.folders) {
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
      if (!file.is_regular_file()) continue;
      if (options.held_out && !held_out(file.path().filename().string())) continue;
      if (cv::haveImageReader(file.path().string())) paths.push_back(file.path());
    }
  }
  std::sort(paths.begin(), paths.end(), [](const fs::path& a, const fs::path& b) {
    return std::pair(a.filename(), a) < std::pair(b.filename(), b);
  });
  return paths;
}

/// A folder of its own, gone when the run ends.
class Scratch {
 public:
  Scratch() : path_((fs::temp_directory_path() / "reseau_levels.XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string bank() const { return path_ + "/bank"; }

 private:
  std::string path_;
};

/// Entry i + 1 is picture i.
Bank fill(const Options& options, const std::vector<fs::path>& paths, const std::string& where) {
  std::vector<EntryData> entries(paths.size());
  parallel(paths.size(), options.threads, [&](std::size_t i, unsigned) {
    entries[i] = examine_file(paths[i].string(), {}, options.level).entry_data();
    entries[i].origin = paths[i].filename().string();
  });
  Bank bank = checked(Bank::create(where, options.level));
  for (std::size_t i = 0; const Added& added : checked(bank.add(entries))) {
    if (added.existing || added.id != static_cast<EntryId>(++i)) {
      throw std::runtime_error("the same picture twice: " +
                               paths[static_cast<std::size_t>(i)].string());
    }
  }
  return bank;
}

std::span<const detail::Edit> edits(bool unseen) {
  return unseen ? detail::unseen_edits() : detail::standard_edits();
}

/// What came of one query.
struct Asked {
  int plain = kNotCompared;    ///< distance to its own picture, of the wholes
  int aligned = kNotCompared;  ///< and after alignment; none if it was no candidate
  std::size_t candidates = 0;  ///< other pictures that were aligned
  bool examined = false;       ///< had a grid signature to ask with
  double milliseconds = 0;
};

struct Run {
  std::vector<std::vector<Asked>> asked;  ///< [picture][edit]
  Histogram strangers{kBin, kBins};       ///< after alignment; what is no candidate is far away
};

Asked ask(const Bank& bank, const cv::Mat& picture, EntryId own, Histogram* strangers) {
  std::vector<unsigned char> file;
  cv::imencode(".bmp", picture, file);
  const Examined query = examine(Bytes(file));
  Asked asked;
  asked.examined = query.outcome == Code::ok;
  if (!asked.examined) return asked;
  MatchOptions options;
  options.digests = false;
  options.pdq.ask = false;
  options.all = true;
  options.grid.limit = kOpen;
  options.alignment.most = bank.size();
  options.alignment.budget = std::chrono::minutes(10);
  const auto start = std::chrono::steady_clock::now();
  const Matches matches = checked(match(bank, query, options));
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  asked.milliseconds = spent.count();
  std::size_t near = 0;
  for (const Match& found : matches) {
    if (found.entry == own) (found.aligned ? asked.aligned : asked.plain) = found.distance;
    if (found.entry == own || found.entry == kTestCardEntry || !found.aligned) continue;
    ++near;
    if (strangers != nullptr) strangers->add(found.distance);
  }
  asked.candidates = near;
  if (strangers == nullptr) return asked;
  for (std::size_t far = near + 1; far < bank.size(); ++far) strangers->add(INT_MAX);
  return asked;
}

Run measure(const Options& options, const Bank& bank, const std::vector<fs::path>& paths) {
  const std::size_t each = 1 + edits(false).size() + edits(true).size();
  const std::size_t count = (paths.size() + options.every - 1) / options.every;
  Run run;
  run.asked.resize(count, std::vector<Asked>(each));
  std::mutex mutex;
  std::atomic<std::size_t> done = 0;
  parallel(count, options.threads, [&](std::size_t i, unsigned) {
    const std::size_t known = i * options.every;
    const cv::Mat picture = cv::imread(paths[known].string(), cv::IMREAD_COLOR);
    const std::uint64_t seed = kSeed ^ detail::seed_of(paths[known].filename().string());
    Histogram strangers(kBin, kBins);
    const auto own = static_cast<EntryId>(known + 1);
    auto& asked = run.asked[i];
    asked[0] = ask(bank, picture, own, &strangers);
    std::size_t at = 1;
    for (const bool unseen : {false, true}) {
      for (const auto& edit : edits(unseen)) {
        asked[at++] =
            ask(bank, detail::apply(edit, picture, seed), own, unseen ? nullptr : &strangers);
      }
    }
    const std::lock_guard lock(mutex);
    run.strangers.add(strangers);
    if (++done % 50 == 0)
      std::fprintf(stderr, "asked for %zu of %zu pictures\n", done.load(), count);
  });
  return run;
}

/// What a copy must be within: as the library does it, either will do, and each gets half the rate.
struct Held {
  int plain;
  int aligned;
  [[nodiscard]] bool take(const Asked& asked) const {
    return (asked.plain != kNotCompared && asked.plain <= plain) ||
           (asked.aligned != kNotCompared && asked.aligned <= aligned);
  }
};

double recall(const Run& run, std::size_t edit, const Held& held) {
  const auto found = std::count_if(run.asked.begin(), run.asked.end(),
                                   [&](const auto& asked) { return held.take(asked[edit]); });
  return static_cast<double>(found) / static_cast<double>(run.asked.size());
}

/// As the library has it: reseau_robustness measures it.
int plain_limit(double rate) {
  int limit = -1;
  for (int step = 1 << 20; step > 0; step /= 2) {
    if (false_positive_rate(Measure::grid, limit + step) <= rate) limit += step;
  }
  return limit;
}

Json rate_json(const Run& run, const Tail& aligned, double rate) {
  const Held held{plain_limit(rate / 2), aligned.limit_at(rate / 2)};
  Json json = {{"rate", rate},
               {"plain_limit", held.plain},
               {"aligned_limit", held.aligned},
               {"measured", aligned.is_measured(rate / 2)}};
  std::size_t at = 1;
  for (const bool unseen : {false, true}) {
    double sum = 0;
    int nearly_all = 0;
    int most = 0;
    Json by_edit;
    for (const auto& edit : edits(unseen)) {
      const double share = recall(run, at++, held);
      by_edit[std::string(edit.name)] = share;
      sum += share;
      nearly_all += share >= 0.99 ? 1 : 0;
      most += share >= 0.95 ? 1 : 0;
    }
    json[unseen ? "unseen" : "standard"] = {
        {"mean", sum / static_cast<double>(edits(unseen).size())},
        {"at_least_99", nearly_all},
        {"at_least_95", most},
        {"edits", by_edit}};
  }
  return json;
}

Json report(const Options& options, const Bank& bank, const Run& run) {
  const Tail aligned(run.strangers);
  const BankInfo info = checked(bank.info());
  std::vector<double> times;
  double candidates = 0;
  for (const auto& picture : run.asked) {
    for (const Asked& asked : picture) {
      candidates += static_cast<double>(asked.candidates);
      if (asked.examined) times.push_back(asked.milliseconds);
    }
  }
  std::sort(times.begin(), times.end());
  double sum = 0;
  for (const double time : times) sum += time;
  const auto entries = static_cast<double>(info.entries);
  Json json = {{"level", name(options.level)},
               {"known", info.entries},
               {"asked", run.asked.size()},
               {"comparisons", run.strangers.comparisons},
               {"candidates_a_query", candidates / static_cast<double>(times.size())},
               {"windows_an_entry", static_cast<double>(info.windows) / entries},
               {"file_bytes_an_entry", static_cast<double>(info.file_bytes) / entries},
               {"match_ms_mean", sum / static_cast<double>(times.size())},
               {"match_ms_p99", times[times.size() * 99 / 100]},
               {"aligned_tail", aligned.chosen().describe()}};
  for (const double rate : kRates) json["rates"].push_back(rate_json(run, aligned, rate));
  for (int decade = -12; decade <= -3; ++decade) {
    json["curve"].push_back(
        {{"log10_rate", decade}, {"aligned", aligned.limit_at(std::pow(10, decade))}});
  }
  for (const Fit& fit : aligned.fits()) {
    json["aligned_fits"].push_back({{"fit", fit.describe()},
                                    {"miss_decades", fit.miss},
                                    {"limit_1e-6", aligned.limit_at(1e-6, fit)},
                                    {"limit_1e-10", aligned.limit_at(1e-10, fit)}});
  }
  // So that other limits can be tried without another run.
  std::size_t at = 0;
  for (const bool unseen : {false, true}) {
    for (const auto& edit : edits(unseen)) {
      Json& rows = json["distances"][std::string(edit.name)] = Json::array();
      ++at;
      for (const auto& asked : run.asked) rows.push_back({asked[at].plain, asked[at].aligned});
    }
  }
  return json;
}

void print(const Json& report) {
  for (const auto& [key, value] : report.items()) {
    if (!value.is_structured()) std::printf("%-22s %s\n", key.c_str(), value.dump().c_str());
  }
  std::printf("\n%-8s %9s %9s %9s %6s %6s %9s\n", "rate", "plain <=", "aligned <=", "standard",
              ">=.99", ">=.95", "unseen");
  for (const Json& rate : report.at("rates")) {
    std::printf("%-8g %9d %9d %9.4f %6d %6d %9.4f %s\n", rate.at("rate").get<double>(),
                rate.at("plain_limit").get<int>(), rate.at("aligned_limit").get<int>(),
                rate.at("standard").at("mean").get<double>(),
                rate.at("standard").at("at_least_99").get<int>(),
                rate.at("standard").at("at_least_95").get<int>(),
                rate.at("unseen").at("mean").get<double>(),
                rate.at("measured").get<bool>() ? "counted" : "fitted");
  }
  for (const Json& point : report.at("curve")) std::printf("%s\n", point.dump().c_str());
  std::printf("\n%-26s %7s %7s %7s\n", "edit", "1e-6", "1e-8", "1e-10");
  const auto& rates = report.at("rates");
  for (const char* kind : {"standard", "unseen"}) {
    for (const auto& [edit, share] : rates.at(2).at(kind).at("edits").items()) {
      std::printf("%-26s %7.3f %7.3f %7.3f\n", edit.c_str(), share.get<double>(),
                  rates.at(4).at(kind).at("edits").at(edit).get<double>(),
                  rates.at(6).at(kind).at("edits").at(edit).get<double>());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    cv::setNumThreads(1);  // the threads are ours
    const Options options = parse({argv + 1, argv + argc});
    const auto paths = pictures(options);
    if (paths.size() < 2) throw std::runtime_error("two pictures and more are needed");
    const Scratch scratch;
    const Bank bank = fill(options, paths, scratch.bank());
    const Json result = report(options, bank, measure(options, bank, paths));
    print(result);
    if (options.out.empty()) return 0;
    std::ofstream file(options.out);
    file << result.dump(1) << '\n';
    if (!file.flush()) throw std::runtime_error("cannot write " + options.out);
    return 0;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "%s\n%s", error.what(), kUsage);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return 2;
}
