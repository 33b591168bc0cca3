#include "evaluate/histogram.h"

#include <algorithm>

namespace reseau::evaluation {

void Histogram::add(int distance) {
  const auto bin = static_cast<std::size_t>(distance / width);
  ++bins[std::min(bin, bins.size() - 1)];
  ++comparisons;
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < bins.size(); ++i) bins[i] += other.bins[i];
  comparisons += other.comparisons;
}

std::uint64_t Histogram::within(int distance) const {
  std::uint64_t sum = 0;
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    if ((static_cast<std::int64_t>(bin) + 1) * width - 1 > distance) break;
    sum += bins[bin];
  }
  return sum;
}

}  // namespace reseau::evaluation
