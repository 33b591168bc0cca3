// What finding everything within a limit costs, beside FAISS's own indexes, on one thread. A query
// is one picture: for grid its sixteen views at once.
//
//   hamming31, hamming84   pdq within so many bits
//   grid                   within the default limit of a bank of so many entries
//   .../reseau_batch       64 pictures at once; the time is of one
//   .../..._ivf            approximate
//   ..._clustered          a hundred near each other, and then another hundred
//
// Counters: recall against a plain loop over all; for grid recall_at_limit, of 500 copies that are
// as far away as the limit; bytes_per_entry of memory; build_s.
// --benchmark_filter=/10000$ picks a size.
#include <benchmark/benchmark.h>
#include <reseau/match.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>

#include "index_data.h"
#include "index_peers.h"

namespace {

using namespace reseau;
using namespace reseau::bench;

struct Row {
  std::string name;
  Algorithm algorithm;
  int bits;  ///< for pdq
  Spread spread;
  std::string peer;
  bool batch;
};

MaxDistance limit_of(const Row& row, std::size_t size) {
  return row.algorithm == Algorithm::pdq ? MaxDistance{row.bits}
                                         : default_limit(Measure::grid, size);
}

/// One of each: the rows that ask for the same come one after the other.
struct Shared {
  std::optional<IndexData> data;
  std::map<int, std::vector<std::vector<Hit>>> expected;  ///< by limit
  std::string filled_name;
  std::optional<Filled> filled;
  Spread spread{};
};

const Filled& prepared(Shared& shared, const Row& row, std::size_t size) {
  const bool same_data = shared.data && shared.data->size() == size &&
                         shared.data->algorithm() == row.algorithm && shared.spread == row.spread;
  if (!same_data) {
    shared = {};
    shared.data.emplace(row.algorithm, row.spread, size);
    shared.spread = row.spread;
  }
  if (shared.filled_name != row.peer) {
    shared.filled.reset();
    shared.filled = filled(row.peer, *shared.data);
    shared.filled_name = row.peer;
  }
  return *shared.filled;
}

/// The share of what there is that is found; throws for what is found and is not there.
double recall(Peer& peer, const IndexData& data, MaxDistance limit,
              const std::vector<std::vector<Hit>>& expected) {
  std::size_t found = 0;
  std::size_t wanted = 0;
  std::size_t at = 0;
  for (const auto& query : data.queries()) {
    if (at == expected.size()) break;
    for (const auto& hits : peer.find(query, limit)) {
      const auto& all = expected[at++];
      wanted += all.size();
      for (const Hit& hit : hits) {
        if (std::find(all.begin(), all.end(), hit) == all.end())
          throw std::runtime_error("found what is not there");
        ++found;
      }
    }
  }
  return wanted == 0 ? 1 : static_cast<double>(found) / static_cast<double>(wanted);
}

/// The share of copies at the limit that any view finds.
double recall_at_limit(Peer& peer, const IndexData& data, MaxDistance limit) {
  const auto copies = data.copies(500, limit);
  std::size_t found = 0;
  for (const auto& [of, views] : copies) {
    const auto lists = peer.find(views, limit);
    found += std::any_of(lists.begin(), lists.end(), [of = of](const auto& hits) {
      return std::any_of(hits.begin(), hits.end(), [of](const Hit& hit) { return hit.id == of; });
    });
  }
  return static_cast<double>(found) / static_cast<double>(copies.size());
}

void run(benchmark::State& state, const Row& row) {
  static Shared shared;
  const auto size = static_cast<std::size_t>(state.range(0));
  const Filled& index = prepared(shared, row, size);
  const IndexData& data = *shared.data;
  const MaxDistance limit = limit_of(row, size);
  const std::size_t checked = row.algorithm == Algorithm::pdq ? IndexData::kBatch : 4;
  if (!shared.expected.contains(limit.value))
    shared.expected[limit.value] = data.expected(checked, limit);
  std::vector<Signature> all;
  for (std::size_t i = 0; i < IndexData::kBatch; ++i)
    all.insert(all.end(), data.queries()[i].begin(), data.queries()[i].end());
  std::size_t q = 0;
  using Clock = std::chrono::steady_clock;
  for ([[maybe_unused]] auto _ : state) {
    if (!row.batch) {
      benchmark::DoNotOptimize(index.peer->find(data.queries()[q], limit));
      q = (q + 1) % data.queries().size();
      continue;
    }
    const auto start = Clock::now();
    benchmark::DoNotOptimize(index.peer->find(all, limit));
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    state.SetIterationTime(seconds / IndexData::kBatch);
  }
  state.counters["recall"] = recall(*index.peer, data, limit, shared.expected[limit.value]);
  if (row.algorithm == Algorithm::grid && row.peer != "faiss_flat")
    state.counters["recall_at_limit"] = recall_at_limit(*index.peer, data, limit);
  state.counters["bytes_per_entry"] = index.bytes_per_entry;
  state.counters["build_s"] = index.seconds;
}

void add_rows() {
  const std::vector<Row> rows = {
      {"hamming31/reseau", Algorithm::pdq, 31, Spread::random, "reseau", false},
      {"hamming84/reseau", Algorithm::pdq, 84, Spread::random, "reseau", false},
      {"hamming84/reseau_batch", Algorithm::pdq, 84, Spread::random, "reseau", true},
      {"hamming31/faiss_flat", Algorithm::pdq, 31, Spread::random, "faiss_flat", false},
      {"hamming84/faiss_flat", Algorithm::pdq, 84, Spread::random, "faiss_flat", false},
      {"hamming31/faiss_multihash", Algorithm::pdq, 31, Spread::random, "faiss_multihash", false},
      {"hamming31_clustered/reseau", Algorithm::pdq, 31, Spread::clustered, "reseau", false},
      {"hamming31_clustered/faiss_flat", Algorithm::pdq, 31, Spread::clustered, "faiss_flat",
       false},
      {"grid/reseau", Algorithm::grid, 0, Spread::random, "reseau", false},
      {"grid/reseau_batch", Algorithm::grid, 0, Spread::random, "reseau", true},
      {"grid/reseau_ivf", Algorithm::grid, 0, Spread::random, "reseau_ivf", false},
      {"grid/faiss_flat", Algorithm::grid, 0, Spread::random, "faiss_flat", false},
      {"grid/faiss_ivf", Algorithm::grid, 0, Spread::random, "faiss_ivf", false},
      {"grid_clustered/reseau", Algorithm::grid, 0, Spread::clustered, "reseau", false},
  };
  for (std::int64_t size = 10'000; size <= 100'000'000; size *= 10) {
    for (const Row& row : rows) {
      const bool largest = row.name == "hamming31/reseau" || row.name == "hamming31/faiss_flat" ||
                           row.name == "grid/reseau_ivf";
      if (size > 10'000'000 && !largest) continue;
      auto* const added = benchmark::RegisterBenchmark(row.name.c_str(), run, row);
      added->Arg(size)->Unit(benchmark::kMillisecond);
      if (row.batch) added->UseManualTime();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  add_rows();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
