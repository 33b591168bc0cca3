#include "index/centroids.h"

#include <algorithm>
#include <array>
#include <vector>

#include "index/int8_rows.h"

namespace reseau::detail {
namespace {

// More bring little (Johnson, Douze and Jégou, "Billion-scale similarity search with GPUs", 2017).
constexpr int kPasses = 8;

}  // namespace

Centroids::Centroids(std::size_t count, std::size_t width)
    : count_(count), width_(width), quads_(count * width) {}

std::uint8_t& Centroids::value(std::size_t centroid, std::size_t i) {
  const std::size_t quad = centroid / kGroup * (width_ / kQuad) + i / kQuad;
  return quads_.data()[quad * kQuadBytes + centroid % kGroup * kQuad + i % kQuad];
}

template <typename Visit>
void Centroids::each_group(const std::int8_t* vector, const Visit& visit) const {
  QueryPart query{vector, 0, 0};
  for (std::size_t i = 0; i < width_; ++i) {
    query.sum += vector[i];
    query.squares += vector[i] * vector[i];
  }
  for (std::size_t first = 0; first < count_; first += kGroup) {
    std::array<std::int32_t, kGroup> sums{};
    int8_kernel().add_bounds(quads_.data() + first * width_, width_ / kQuad, query, sums.data());
    visit(first, sums);
  }
}

void Centroids::distances(const std::int8_t* vector, std::int32_t* distances) const {
  each_group(vector, [&](std::size_t first, const auto& sums) {
    std::copy(sums.begin(), sums.end(), distances + first);
  });
}

std::size_t Centroids::nearest(const std::int8_t* vector) const {
  std::size_t best = 0;
  std::int32_t least = INT32_MAX;
  each_group(vector, [&](std::size_t first, const auto& sums) {
    const auto here = std::min_element(sums.begin(), sums.end());
    if (*here >= least) return;
    least = *here;
    best = first + static_cast<std::size_t>(here - sums.begin());
  });
  return best;
}

void Centroids::train(std::span<const std::int8_t> sample, const std::stop_token& stop) {
  const std::size_t vectors = sample.size() / width_;
  for (std::size_t c = 0; c < count_; ++c) {
    for (std::size_t i = 0; i < width_; ++i)
      value(c, i) = static_cast<std::uint8_t>(sample[c * vectors / count_ * width_ + i]);
  }
  std::vector<std::int32_t> sums(count_ * width_);
  std::vector<std::int32_t> members(count_);
  for (int pass = 0; pass < kPasses && !stop.stop_requested(); ++pass) {
    std::fill(sums.begin(), sums.end(), 0);
    std::fill(members.begin(), members.end(), 0);
    for (std::size_t v = 0; v < vectors; ++v) {
      const std::int8_t* const vector = &sample[v * width_];
      const std::size_t c = nearest(vector);
      ++members[c];
      for (std::size_t i = 0; i < width_; ++i) sums[c * width_ + i] += vector[i];
    }
    for (std::size_t c = 0; c < count_; ++c) {
      if (members[c] == 0) continue;
      for (std::size_t i = 0; i < width_; ++i) {
        const std::int32_t mean = (sums[c * width_ + i] + members[c] / 2) / members[c];
        value(c, i) = static_cast<std::uint8_t>(mean);
      }
    }
    // One that nothing is near to takes half of the largest, by standing close to it.
    for (std::size_t c = 0; c < count_; ++c) {
      if (members[c] > 0) continue;
      const auto largest = std::max_element(members.begin(), members.end());
      const auto from = static_cast<std::size_t>(largest - members.begin());
      members[c] = *largest /= 2;
      for (std::size_t i = 0; i < width_; ++i) {
        const int there = value(from, i);
        value(c, i) = static_cast<std::uint8_t>(std::clamp(there + (i % 2 == 0 ? 1 : -1), 0, 127));
      }
    }
  }
}

}  // namespace reseau::detail
