// reseau_index_scale OUT.svg [MOST]
//
// How the cost of a search grows with the index, from ten thousand entries to MOST (ten million): a
// table, and a plot. One thread; each query is asked once, after a few others.
#include <reseau/match.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "evaluate/plot.h"
#include "index_data.h"
#include "index_peers.h"

namespace {

using namespace reseau;
using namespace reseau::bench;

struct Row {
  std::string name;
  std::string label;  ///< in the plot
  Algorithm algorithm;
  std::optional<int> bits;  ///< for pdq
  Spread spread;
  std::string peer;
  std::size_t most;
};

const std::vector<Row> kRows = {
    {"hamming31", "pdq 31", Algorithm::pdq, 31, Spread::random, "reseau", 100'000'000},
    {"hamming31", "pdq 31, flat", Algorithm::pdq, 31, Spread::random, "faiss_flat", 100'000'000},
    {"hamming31", "pdq 31, mhash", Algorithm::pdq, 31, Spread::random, "faiss_multihash",
     10'000'000},
    {"hamming31 clustered", "pdq 31, clust.", Algorithm::pdq, 31, Spread::clustered, "reseau",
     10'000'000},
    {"hamming84", "pdq 84", Algorithm::pdq, 84, Spread::random, "reseau", 10'000'000},
    {"grid", "grid", Algorithm::grid, {}, Spread::random, "reseau", 10'000'000},
    {"grid", "grid, flat", Algorithm::grid, {}, Spread::random, "faiss_flat", 1'000'000},
    // A hundred million take it half an hour to build: bench_index has that row.
    {"grid", "grid, ivf", Algorithm::grid, {}, Spread::random, "reseau_ivf", 10'000'000},
    {"grid clustered",
     "grid, clust.",
     Algorithm::grid,
     {},
     Spread::clustered,
     "reseau",
     10'000'000}};

std::vector<double> times_of(Peer& peer, const IndexData& data, MaxDistance limit) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> milliseconds;
  const auto end = Clock::now() + std::chrono::seconds(10);
  constexpr std::size_t kMost = 2'000;
  constexpr std::size_t kWarm = 3;
  for (std::size_t q = 0; q < std::min(kMost, data.queries().size()); ++q) {
    const auto start = Clock::now();
    (void)peer.find(data.queries()[q], limit);
    const auto now = Clock::now();
    if (q >= kWarm || now > end)  // one, however long it takes
      milliseconds.push_back(std::chrono::duration<double, std::milli>(now - start).count());
    if (now > end) break;
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  return milliseconds;
}

double recall(Peer& peer, const IndexData& data, MaxDistance limit) {
  const auto expected = data.expected(data.algorithm() == Algorithm::pdq ? 64 : 2, limit);
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::size_t at = 0, q = 0; at < expected.size(); ++q) {
    for (const auto& hits : peer.find(data.queries()[q], limit)) {
      for (const Hit& hit : expected[at])
        found += std::find(hits.begin(), hits.end(), hit) != hits.end() ? 1U : 0U;
      wanted += expected[at++].size();
    }
  }
  return wanted == 0 ? 1 : static_cast<double>(found) / static_cast<double>(wanted);
}

// Saving the largest, and opening it again, on all processors.
void run_snapshots(const std::string& beside, std::size_t size) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  std::puts(
      "\n| snapshot | entries | MB | saved in s | loaded in s, every byte checked |\n"
      "|---|---|---|---|---|");
  for (const Algorithm algorithm : {Algorithm::pdq, Algorithm::grid}) {
    const std::string path = beside + ".index";
    std::optional<Index> index(indexed(IndexData(algorithm, Spread::random, size)));
    auto start = Clock::now();
    const SnapshotDigest digest = index->save(path).value();
    const double saved = since(start);
    const double megabytes = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
    index.reset();
    start = Clock::now();
    const Index loaded = Index::load(path, algorithm, digest).value();
    const double opened = since(start);
    if (loaded.size() != size) throw std::runtime_error("not all was loaded");
    std::filesystem::remove(path);
    std::printf("| %s | %zu | %.0f | %.2f | %.2f |\n", std::string(name(algorithm)).c_str(), size,
                megabytes, saved, opened);
  }
}

evaluation::Plot plot_of(const std::vector<evaluation::Line>& lines, double most) {
  evaluation::Plot plot;
  plot.x = {"entries", 4, std::log10(most), {}};
  plot.y = {"milliseconds a query, median", -3, 4, {}};
  for (int p = 4; p <= static_cast<int>(plot.x.to); ++p)
    plot.x.ticks.emplace_back(p, "1e" + std::to_string(p));
  for (int p = -3; p <= 4; ++p) plot.y.ticks.emplace_back(p, "1e" + std::to_string(p));
  plot.lines = lines;
  return plot;
}

void run(const std::string& out, std::size_t most) {
  std::puts(
      "| index | entries | limit | p50 ms | p99 ms | bytes an entry | recall | built in s |\n"
      "|---|---|---|---|---|---|---|---|");
  std::vector<evaluation::Line> lines;
  for (const Row& row : kRows) {
    lines.push_back({row.label, {}});
    for (std::size_t size = 10'000; size <= std::min(most, row.most); size *= 10) {
      const IndexData data(row.algorithm, row.spread, size);
      const MaxDistance limit =
          row.bits ? MaxDistance{*row.bits} : default_limit(Measure::grid, size);
      const Filled index = filled(row.peer, data);
      const auto times = times_of(*index.peer, data, limit);
      const double median = times[times.size() / 2];
      std::printf("| %s, %s | %zu | %d | %.3g | %.3g | %.0f | %.3f | %.1f |\n", row.name.c_str(),
                  row.peer.c_str(), size, limit.value, median, times[times.size() * 99 / 100],
                  index.bytes_per_entry, recall(*index.peer, data, limit), index.seconds);
      std::fflush(stdout);
      lines.back().points.push_back(
          {std::log10(static_cast<double>(size)), std::log10(median), true});
    }
  }
  run_snapshots(out, std::min<std::size_t>(most, 10'000'000));
  std::ofstream(out) << evaluation::svg(plot_of(lines, static_cast<double>(most)));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fputs("usage: reseau_index_scale OUT.svg [MOST]\n", stderr);
    return 2;
  }
  try {
    run(argv[1], argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 10'000'000);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "reseau_index_scale: %s\n", e.what());
    return 2;
  }
  return 0;
}
