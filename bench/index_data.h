/// Made-up signatures to be searched, the same on every machine, and what a plain loop finds in
/// them.
#pragma once

#include <reseau/index.h>

#include <random>
#include <string>
#include <vector>

namespace reseau::bench {

enum class Spread {
  random,     ///< pdq: each bit a coin; grid: as wide in each value as signatures of photographs
  clustered,  ///< a hundred near each other, and then another hundred
};

class IndexData {
 public:
  IndexData(Algorithm algorithm, Spread spread, std::size_t size);

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Signatures `first` up to, not with, `first + count`. Their ids are their numbers.
  [[nodiscard]] std::vector<Signature> some(std::size_t first, std::size_t count) const;

  /// Of one picture: a signature for pdq, its sixteen views for grid. One picture in ten is nearly
  /// one of those in the index.
  using Query = std::vector<Signature>;
  /// Thousands for pdq, so that what they look up is in no cache; kBatch for grid.
  [[nodiscard]] const std::vector<Query>& queries() const { return queries_; }
  static constexpr std::size_t kBatch = 64;

  /// The views of made-up copies, each moved by `limit` from an entry in a direction of chance (a
  /// little less, so that rounding leaves it within): what an approximate search is held against.
  /// Grid only.
  struct Copy {
    std::int64_t of = 0;
    Query views;
  };
  [[nodiscard]] std::vector<Copy> copies(std::size_t count, MaxDistance limit) const;

  /// What there is within `limit` of the first `count` queries, as Index::within() gives it.
  [[nodiscard]] std::vector<std::vector<Hit>> expected(std::size_t count, MaxDistance limit) const;

 private:
  [[nodiscard]] Signature at(std::size_t i) const;
  [[nodiscard]] Signature near(std::size_t i, std::mt19937_64& random) const;

  Algorithm algorithm_;
  Spread spread_;
  std::size_t size_;
  std::vector<Query> queries_;
};

}  // namespace reseau::bench
