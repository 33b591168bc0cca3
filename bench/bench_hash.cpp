// What hashing costs, from decoded pixels. Pictures are made by seed: smooth waves, so that nothing
// is special-cased, in RGB as decoders give them.
#include <benchmark/benchmark.h>
#include <reseau/hash.h>

#include <cmath>
#include <vector>

namespace {

struct Picture {
  int width;
  int height;
  std::vector<std::uint8_t> rgb;
  [[nodiscard]] reseau::ImageView view() const {
    return {rgb.data(), width, height, std::ptrdiff_t{3} * width, reseau::PixelLayout::rgb8};
  }
};

Picture waves(int width, int height) {
  Picture picture{width, height, {}};
  picture.rgb.reserve(static_cast<std::size_t>(width) * height * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const double colour : {0.0, 1.0, 2.0}) {
        const double wave = std::sin(x * 0.021 + colour) * std::cos(y * 0.033 - colour * x * 0.004);
        picture.rgb.push_back(static_cast<std::uint8_t>(127.5 + 127 * wave));
      }
    }
  }
  return picture;
}

template <auto kHash>
void hash(benchmark::State& state) {
  const Picture picture = waves(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(kHash(picture.view()));
}

reseau::Result<reseau::Hashed> pdq(const reseau::ImageView& view) { return reseau::pdq(view); }
reseau::Result<reseau::HashedViews> pdq_views(const reseau::ImageView& view) {
  return reseau::pdq_views(view);
}

/// All that a picture of `level` needs of the grid signature; base is what a query needs.
template <reseau::Level kLevel>
void windows(benchmark::State& state) {
  const Picture picture = waves(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(reseau::grid_windows(picture.view(), kLevel));
}

/// The same of base, from luma: what is left when a decoder gives no colour.
void windows_of_grey(benchmark::State& state) {
  const Picture picture = waves(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  const reseau::ImageView grey{picture.rgb.data(), picture.width, picture.height, picture.width,
                               reseau::PixelLayout::gray8};
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(reseau::grid_windows(grey));
}

/// Of one candidate: a known picture's left 85 %, looked for in a crop of it; or in another
/// picture.
void align(benchmark::State& state, bool stranger) {
  const Picture picture = waves(512, 384);
  const auto known = reseau::grid_windows(picture.view(), reseau::Level::standard).value();
  reseau::ImageView part = picture.view();
  part.width = 400;
  part.height = 350;
  const Picture other = waves(1'000, 300);
  const auto query = reseau::grid_windows(stranger ? other.view() : part).value();
  const reseau::GridAligner aligner(query.plane, {});
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(
        aligner.align(reseau::kViews[0], known.parts.front().hashed.signature));
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
BENCHMARK_CAPTURE(align, copy, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(align, stranger, true)->Unit(benchmark::kMicrosecond);
BENCHMARK(hash<pdq>)->Name("pdq")->Apply(sizes);
BENCHMARK(hash<pdq_views>)->Name("pdq_views")->Apply(sizes);
BENCHMARK(digests)->Arg(100'000)->Arg(10'000'000);

}  // namespace
