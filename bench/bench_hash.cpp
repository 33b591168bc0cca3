// What hashing costs, from decoded pixels. Pictures are made by seed, in RGB as decoders
// give them.
#include <benchmark/benchmark.h>
#include <reseau/hash.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "pdqhash.h"

namespace {

struct Picture {
  int width;
  int height;
  std::vector<std::uint8_t> rgb;
  [[nodiscard]] reseau::ImageView view() const {
    return {rgb.data(), width, height, std::ptrdiff_t{3} * width, reseau::PixelLayout::rgb8};
  }
};

/// Rectangles of all sizes on a slope.
Picture scene(int width, int height) {
  Picture picture{width, height, {}};
  const auto at = [&](int x, int y) {
    return &picture.rgb[(static_cast<std::size_t>(y) * width + x) * 3];
  };
  picture.rgb.resize(static_cast<std::size_t>(width) * height * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      at(x, y)[0] = static_cast<std::uint8_t>(255 * x / width);
      at(x, y)[1] = static_cast<std::uint8_t>(255 * y / height);
    }
  }
  std::mt19937 random(1);
  const auto below = [&random](int end) { return static_cast<int>(random() % end); };
  for (int i = 0; i < 300; ++i) {
    const int left = below(width);
    const int top = below(height);
    const int right = std::min(width, left + 4 + below(width / 6));
    const int bottom = std::min(height, top + 4 + below(height / 6));
    const auto colour = static_cast<std::uint32_t>(random());
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) std::memcpy(at(x, y), &colour, 3);
    }
  }
  return picture;
}

template <auto kHash>
void hash(benchmark::State& state) {
  const Picture picture = scene(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(kHash(picture.view()));
}

reseau::Result<reseau::Hashed> pdq(const reseau::ImageView& view) { return reseau::pdq(view); }
reseau::Result<reseau::HashedViews> pdq_views(const reseau::ImageView& view) {
  return reseau::pdq_views(view);
}

/// Meta's own, by its Python package: the picture is an array already.
void pdqhash(benchmark::State& state) {
  const Picture picture = scene(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  std::string missing;
  const auto run = reseau::bench::pdqhash_of(picture.view(), missing);
  if (!run) {
    state.SkipWithError(missing.c_str());
    return;
  }
  for ([[maybe_unused]] auto _ : state) run();
}

/// All that a picture of `level` needs of the grid signature; base is what a query needs.
template <reseau::Level kLevel>
void windows(benchmark::State& state) {
  const Picture picture = scene(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(reseau::grid_windows(picture.view(), kLevel));
}

/// The same of base, from luma: what is left when a decoder gives no colour.
void windows_of_grey(benchmark::State& state) {
  const Picture picture = scene(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  const reseau::ImageView grey{picture.rgb.data(), picture.width, picture.height, picture.width,
                               reseau::PixelLayout::gray8};
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(reseau::grid_windows(grey));
}

/// A known picture's left 85 %, and a crop of the picture, or another picture.
struct Candidate {
  Picture known = scene(512, 384);
  Picture other = scene(1'000, 300);
  reseau::HashedWindows windows =
      reseau::grid_windows(known.view(), reseau::Level::standard).value();
  reseau::GridPlane query;

  explicit Candidate(bool stranger) : query(look(stranger)) {}
  [[nodiscard]] const reseau::HashedWindow& left() const { return windows.parts.front(); }

 private:
  [[nodiscard]] reseau::GridPlane look(bool stranger) const {
    reseau::ImageView part = known.view();
    part.width = 400;
    part.height = 350;
    return reseau::grid_windows(stranger ? other.view() : part).value().plane;
  }
};

/// What the first candidate of a query costs before it is aligned.
void prepare(benchmark::State& state) {
  const Candidate candidate(false);
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(reseau::GridAligner(candidate.query, {}));
}

void align(benchmark::State& state, bool stranger) {
  const Candidate candidate(stranger);
  const reseau::GridAligner aligner(candidate.query, {});
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(aligner.align(reseau::kViews[0], candidate.left().hashed.signature));
  }
}

/// One of the windows, 16 at the most, that a candidate is confirmed by.
void confirm(benchmark::State& state) {
  const Candidate candidate(false);
  const reseau::GridAligner aligner(candidate.query, {});
  const reseau::HashedWindow& other = candidate.windows.parts.back();
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(
        aligner.distance(reseau::kViews[0], other.hashed.signature, other.where, 1));
  }
}

void digests(benchmark::State& state) {
  const std::vector<std::uint8_t> bytes(static_cast<std::size_t>(state.range(0)), 7);
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(reseau::digests(reseau::Bytes(bytes)));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Args({512, 384})->Args({4000, 3000})->Unit(benchmark::kMicrosecond);
}

BENCHMARK(hash<reseau::grid>)->Name("grid")->Apply(sizes);
BENCHMARK(windows<reseau::Level::base>)->Name("grid_windows, base")->Apply(sizes);
BENCHMARK(windows_of_grey)->Name("grid_windows, base, grey")->Apply(sizes);
BENCHMARK(windows<reseau::Level::standard>)->Name("grid_windows, standard")->Apply(sizes);
BENCHMARK(windows<reseau::Level::extended>)->Name("grid_windows, extended")->Apply(sizes);
BENCHMARK(prepare)->Name("align, once a look")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(align, copy, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(align, stranger, true)->Unit(benchmark::kMicrosecond);
BENCHMARK(confirm)->Name("confirm by one window")->Unit(benchmark::kMicrosecond);
BENCHMARK(hash<pdq>)->Name("pdq")->Apply(sizes);
BENCHMARK(pdqhash)->Name("pdqhash (PyPI)")->Apply(sizes);
BENCHMARK(hash<pdq_views>)->Name("pdq_views")->Apply(sizes);
BENCHMARK(digests)->Arg(100'000)->Arg(10'000'000);

}  // namespace
