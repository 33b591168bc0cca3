/// k-means (Lloyd, "Least squares quantization in PCM", 1982) in whole numbers: the same on every
/// machine, on any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>

#include "index/int8_kernel.h"
#include "index/storage.h"

namespace reseau::detail {

/// Means of vectors of magnitudes, 0 to 127, whose length is a multiple of four.
class Centroids {
 public:
  /// All zero. Requires: count, a multiple of sixteen; width, of four.
  Centroids(std::size_t count, std::size_t width);

  /// Makes them means of `sample`, vectors one after the other. Ends early if stopped.
  /// Requires: at least one vector.
  /// Cost:     passes over the sample, of count x width products a vector.
  void train(std::span<const std::int8_t> sample, const std::stop_token& stop);

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] std::size_t bytes() const { return quads_.size(); }
  /// How they lie in memory: size() times width bytes. For saving.
  [[nodiscard]] std::span<std::uint8_t> data() { return quads_.as<std::uint8_t>(); }
  [[nodiscard]] std::span<const std::uint8_t> data() const { return quads_.as<std::uint8_t>(); }

  /// Squared, of `vector` to each of them.
  void distances(const std::int8_t* vector, std::int32_t* distances) const;
  /// The first of the nearest.
  [[nodiscard]] std::size_t nearest(const std::int8_t* vector) const;

 private:
  /// Calls `visit(first, sums)` with the distances to sixteen of them.
  template <typename Visit>
  void each_group(const std::int8_t* vector, const Visit& visit) const;
  [[nodiscard]] std::uint8_t& value(std::size_t centroid, std::size_t i);

  std::size_t count_;
  std::size_t width_;
  Storage quads_;  ///< in groups of sixteen, as Int8Kernel wants them
};

}  // namespace reseau::detail
