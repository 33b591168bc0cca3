#include "histogram.h"

#include <algorithm>

namespace reseau::bench {

void Histogram::add(int distance) {
  const auto bin = static_cast<std::size_t>(distance / width);
  ++bins[std::min(bin, bins.size() - 1)];
  ++comparisons;
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < bins.size(); ++i) bins[i] += other.bins[i];
  comparisons += other.comparisons;
}

}  // namespace reseau::bench
