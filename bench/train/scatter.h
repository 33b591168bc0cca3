/// How a set of folded cells, or of differences between two, spreads: sums of outer products.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>

#include "hash/projection.h"

namespace reseau::bench {

/// Sector by sector. Whole numbers, so that the sums are exact whatever the order of adding up:
/// threads cannot change a trained table. They hold for 2^25 pictures.
class Scatter {
 public:
  Scatter();
  void add(const detail::Folded& folded);
  void add(const Scatter& other);

  /// The mean outer product of one member of the sector, in units of one cell; pairs count as two.
  [[nodiscard]] Eigen::MatrixXd moment(std::size_t sector) const;
  /// The same about the mean, which only sector 0 has: every view counts, and in the others they
  /// cancel.
  [[nodiscard]] Eigen::MatrixXd covariance(std::size_t sector) const;
  /// Of sector 0, in the whole units of Folded.
  [[nodiscard]] std::array<std::int32_t, detail::kSingleSize> mean() const;

 private:
  using Matrix = Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<std::int64_t, Eigen::Dynamic, 1>;
  std::array<Matrix, detail::kSectors.size()> products_;
  Vector sum_;  // of sector 0
  std::int64_t count_ = 0;
};

/// Cell by cell.
[[nodiscard]] detail::Folded difference(const detail::Folded& a, const detail::Folded& b);

}  // namespace reseau::bench
