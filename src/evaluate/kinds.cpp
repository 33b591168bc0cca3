#include "evaluate/kinds.h"

#include <array>

#include "evaluate/opencv_hashes.h"

namespace reseau::evaluation {
namespace {

constexpr std::array<Family, 6> kAnyFamily = {{{1, Scale::plain},
                                               {2, Scale::plain},
                                               {1, Scale::root},
                                               {2, Scale::root},
                                               {1, Scale::log},
                                               {2, Scale::log}}};
// For grid. After alignment nothing is left near 0, and lines in d would forbid every match below
// some rate; of a grid as it is, which curve fits best by a hair decides between limits that find
// nothing and such that find copies. docs/matching.md says what is assumed instead.
constexpr std::array<Family, 1> kPowerLaw = {{{1, Scale::log}}};

constexpr int kGridBin = 25;
constexpr std::size_t kGridBins = 4'000;
constexpr std::size_t kPdqBins = 258;

}  // namespace

std::vector<Kind> kinds_of(std::span<const Level> levels) {
  const Histogram bits(1, kPdqBins);
  const Histogram squares(kGridBin, kGridBins);
  std::vector<Kind> kinds = {
      {"pdq as is", bits, kAnyFamily, std::nullopt},
      {"pdq", bits, kAnyFamily, Measure::pdq, Level::base, agreeing_pdq()},
      {"grid", squares, kPowerLaw, Measure::grid, Level::base, kOpenGrid.value},
  };
  for (const Level level : levels) {
    kinds.push_back({"aligned, " + std::string(name(level)), squares, kPowerLaw,
                     Measure::grid_aligned, level, GridAligner::kFarthest - 1});
  }
  for (const OpenCvKind& kind : opencv_kinds()) {
    kinds.push_back({kind.name, Histogram(kind.bin, kind.bins), kAnyFamily, std::nullopt});
  }
  return kinds;
}

int agreeing_pdq() {
  static const int kLimit = limit_at(Measure::pdq, kAgreeRate).value;
  return kLimit;
}

}  // namespace reseau::evaluation
