// reseau_bank_scale LEVEL ENTRIES PHOTOS_DIR [ivf]: what a bank of so many entries costs, in one
// row.
//
// The photographs are known; all other entries are made up: each signature lies between those of
// two windows of photographs, as far apart as strangers are. Asked for are the photographs,
// re-encoded.
#include <malloc.h>
#include <reseau/match.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "made_up.h"

namespace {

using namespace reseau;
using bench::between;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kAsked = 100;
constexpr std::size_t kLot = 8;  // as the program takes

double milliseconds(Clock::time_point since) {
  return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
}

double resident_gib() {
  std::ifstream status("/proc/self/statm");
  double size = 0;
  double pages = 0;
  status >> size >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024 * 1024);
}

struct Photographs {
  std::vector<Examined> asked;
  std::vector<EntryData> known;
  double milliseconds_each = 0;  ///< examined at the level, decoding and digests included
};

Photographs read(const fs::path& folder, Level level) {
  Photographs photographs;
  const auto start = Clock::now();
  for (const auto& file : fs::directory_iterator(folder)) {
    const Examined examined = examine_file(file.path().string(), {}, level);
    if (examined.outcome != Code::ok) continue;
    photographs.known.push_back(examined.entry_data());
    photographs.asked.push_back(examined);
  }
  if (photographs.known.size() < 2 * kAsked) throw std::runtime_error("200 photographs are needed");
  photographs.milliseconds_each =
      milliseconds(start) / static_cast<double>(photographs.known.size());
  return photographs;
}

/// Or what is made of it would be half a copy.
const EntryData& any_but_asked(const Photographs& photographs, std::size_t lot) {
  return photographs.known[kAsked + lot % (photographs.known.size() - kAsked)];
}

void fill(Bank& bank, const Photographs& photographs, std::size_t entries) {
  std::mt19937_64 random(1);
  constexpr std::size_t kBatch = 10'000;
  std::vector<EntryData> batch = photographs.known;
  for (std::size_t made = photographs.known.size(); made < entries || !batch.empty();) {
    while (made < entries && batch.size() < kBatch) {
      const auto& one = any_but_asked(photographs, random());
      const auto& other = any_but_asked(photographs, random());
      if (!one.grid || !other.grid) continue;
      EntryData data;
      data.grid = between(*one.grid, *other.grid);
      data.pdq = one.pdq;
      for (std::size_t i = 0; i < std::min(one.windows.size(), other.windows.size()); ++i) {
        const auto& there = other.windows[random() % other.windows.size()].grid;
        data.windows.push_back(
            {one.windows[i].where, one.windows[i].tilt, between(one.windows[i].grid, there)});
      }
      data.sha256.emplace();
      for (std::uint8_t& byte : *data.sha256) byte = static_cast<std::uint8_t>(random());
      batch.push_back(std::move(data));
      ++made;
    }
    if (const auto added = bank.add(batch); !added) throw Failure(added.error());
    batch.clear();
  }
}

int run(Level level, std::size_t entries, const fs::path& folder, IndexKind kind) {
  const Photographs photographs = read(folder, level);
  std::string scratch = (fs::temp_directory_path() / "reseau-scale.XXXXXX").string();
  if (mkdtemp(scratch.data()) == nullptr) throw std::runtime_error("cannot make " + scratch);
  const std::string path = scratch + "/bank";
  {
    Bank bank = Bank::create(path, level, kind).value();
    fill(bank, photographs, entries);
  }
  auto start = Clock::now();
  {
    Bank bank = Bank::open(path, Bank::Mode::write).value();
    std::printf("opened from its rows in %.2f s; ", milliseconds(start) / 1000);
    start = Clock::now();
    if (const Status saved = bank.save_index(); !saved) throw Failure(saved.error());
    std::printf("saved in %.2f s\n", milliseconds(start) / 1000);
  }
  ::malloc_trim(0);  // what filling has left is not the bank's
  const double before = resident_gib();
  start = Clock::now();
  const Bank bank = Bank::open(path).value();
  const double open_ms = milliseconds(start);
  const double gib = resident_gib() - before;
  std::vector<double> times;
  std::size_t unaligned = 0;
  std::size_t found = 0;
  for (std::size_t i = 0; i < kAsked; ++i) {
    MatchOptions options;
    options.digests = false;
    const auto asked = Clock::now();
    const Matches matches = match(bank, photographs.asked[i], options).value();
    times.push_back(milliseconds(asked));
    unaligned += matches.unaligned;
    found += matches.empty() ? 0 : 1;
  }
  std::sort(times.begin(), times.end());
  const double alone =
      std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(kAsked);
  MatchOptions together;
  together.digests = false;
  const auto asked = Clock::now();
  constexpr std::size_t kInLots = kAsked / kLot * kLot;
  for (std::size_t i = 0; i < kInLots; i += kLot)
    static_cast<void>(match_each(bank, {&photographs.asked[i], kLot}, together).value());
  const double in_lots = milliseconds(asked) / static_cast<double>(kInLots);
  const auto file = static_cast<double>(bank.info().value().file_bytes);
  std::printf(
      "%s, %s, %zu entries: files %.2f GiB, memory %.2f GiB, opened in %.2f s; match %.0f ms (p50) "
      "%.0f ms (p99) %.0f ms (mean; in lots of %zu %.0f ms), %zu of %zu found, "
      "%.2f candidates a query left unaligned; %.0f images a second examined\n",
      std::string(name(level)).c_str(), std::string(name(kind)).c_str(), bank.size(),
      file / (1024.0 * 1024 * 1024), gib, open_ms / 1000, times[times.size() / 2],
      times[times.size() * 99 / 100], alone, kLot, in_lots, found, times.size(),
      static_cast<double>(unaligned) / static_cast<double>(times.size()),
      1000 / photographs.milliseconds_each);
  fs::remove_all(scratch);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const auto level = argc == 4 || argc == 5 ? level_of(argv[1]) : std::nullopt;
  const auto kind = index_kind(argc == 5 ? argv[4] : "exact");
  if (!level || !kind) {
    std::fprintf(
        stderr, "usage: reseau_bank_scale base|standard|extended ENTRIES PHOTOS_DIR [exact|ivf]\n");
    return 2;
  }
  return run(*level, std::stoul(argv[2]), argv[3], *kind);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 2;
}
