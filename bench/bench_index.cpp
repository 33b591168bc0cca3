// What a query costs: Index::within with all sixteen views of a picture, beside a plain scan with
// distance(). Random signatures by seed; one in ten queries has a near neighbour planted.
#include <benchmark/benchmark.h>
#include <reseau/index.h>
#include <reseau/view.h>

#include <random>
#include <vector>

namespace {

using namespace reseau;

Signature random_signature(Algorithm algorithm, std::mt19937_64& random) {
  std::vector<std::uint8_t> bytes(width_of(algorithm));
  const unsigned mask = algorithm == Algorithm::grid ? 0x7f : 0xff;  // grid values are 0 to 127
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() & mask);
  return Signature::from_bytes(algorithm, Bytes(bytes)).value();
}

struct World {
  std::vector<Signature> known;
  std::vector<Signature> queries;  // the sixteen views of one picture

  World(Algorithm algorithm, std::size_t size) {
    std::mt19937_64 random(size);
    for (std::size_t i = 0; i < size; ++i) known.push_back(random_signature(algorithm, random));
    for (std::size_t v = 0; v < kViews.size(); ++v) {
      const bool planted = size != 0 && v % 10 == 0;
      queries.push_back(planted ? known[v * 7 % size] : random_signature(algorithm, random));
    }
  }
};

MaxDistance limit_for(Algorithm algorithm) { return {algorithm == Algorithm::grid ? 30'000 : 31}; }

void index_within(benchmark::State& state, Algorithm algorithm) {
  const World world(algorithm, static_cast<std::size_t>(state.range(0)));
  Index index(algorithm);
  std::vector<std::int64_t> ids(world.known.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i + 1);
  if (!index.add(ids, world.known)) return state.SkipWithError("add failed");
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(index.within(world.queries, limit_for(algorithm)));
}

void plain_scan(benchmark::State& state, Algorithm algorithm) {
  const World world(algorithm, static_cast<std::size_t>(state.range(0)));
  for ([[maybe_unused]] auto _ : state) {
    std::vector<Hit> hits;
    for (const Signature& query : world.queries) {
      for (std::size_t i = 0; i < world.known.size(); ++i) {
        const int apart = *distance(query, world.known[i]);
        if (apart <= limit_for(algorithm).value)
          hits.push_back({static_cast<std::int64_t>(i + 1), apart});
      }
    }
    benchmark::DoNotOptimize(hits);
  }
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();
}

BENCHMARK_CAPTURE(index_within, pdq, Algorithm::pdq)->Name("within/pdq")->Apply(sizes);
BENCHMARK_CAPTURE(plain_scan, pdq, Algorithm::pdq)
    ->Name("plain_scan/pdq")
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(index_within, grid, Algorithm::grid)->Name("within/grid")->Apply(sizes);
BENCHMARK_CAPTURE(plain_scan, grid, Algorithm::grid)
    ->Name("plain_scan/grid")
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
