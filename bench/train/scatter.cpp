#include "scatter.h"

#include <cmath>

namespace reseau::bench {
namespace {

using detail::kPairedSize;
using detail::kSectors;
using detail::kSingles;
using detail::kSingleSize;

bool paired(std::size_t sector) { return sector >= kSingles; }

/// A unit of Folded, squared, in cells: orbits of 16 or 8 cells are added up, not averaged.
double square_unit(std::size_t sector) {
  return 1.0 / ((paired(sector) ? 8.0 : 16.0) * detail::kCellUnit * detail::kCellUnit);
}

template <std::size_t Size>
auto as_vector(const std::array<std::int32_t, Size>& values) {
  return Eigen::Map<const Eigen::Matrix<std::int32_t, Eigen::Dynamic, 1>>(values.data(), Size)
      .template cast<std::int64_t>();
}

}  // namespace

Scatter::Scatter() : sum_(Vector::Zero(kSingleSize)) {
  for (std::size_t s = 0; s < kSectors.size(); ++s) {
    const int size = paired(s) ? kPairedSize : kSingleSize;
    products_[s] = Matrix::Zero(size, size);
  }
}

void Scatter::add(const detail::Folded& folded) {
  for (std::size_t s = 0; s < kSingles; ++s) {
    const Vector v = as_vector(folded.singles[s]);
    products_[s].noalias() += v * v.transpose();
  }
  for (std::size_t s = kSingles; s < kSectors.size(); ++s) {
    for (const auto& one : folded.paired[s - kSingles]) {
      const Vector v = as_vector(one);
      products_[s].noalias() += v * v.transpose();
    }
  }
  sum_ += as_vector(folded.singles[0]);
  ++count_;
}

void Scatter::add(const Scatter& other) {
  for (std::size_t s = 0; s < kSectors.size(); ++s) products_[s] += other.products_[s];
  sum_ += other.sum_;
  count_ += other.count_;
}

Eigen::MatrixXd Scatter::moment(std::size_t sector) const {
  const double members = static_cast<double>(count_) * (paired(sector) ? 2 : 1);
  return products_[sector].cast<double>() * (square_unit(sector) / members);
}

Eigen::MatrixXd Scatter::covariance(std::size_t sector) const {
  if (sector != 0) return moment(sector);
  const Eigen::VectorXd mean = sum_.cast<double>() / static_cast<double>(count_);
  return moment(0) - mean * mean.transpose() * square_unit(0);
}

std::array<std::int32_t, kSingleSize> Scatter::mean() const {
  std::array<std::int32_t, kSingleSize> result{};
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<std::int32_t>(std::lround(
        static_cast<double>(sum_(static_cast<Eigen::Index>(i))) / static_cast<double>(count_)));
  }
  return result;
}

detail::Folded difference(const detail::Folded& a, const detail::Folded& b) {
  detail::Folded result = a;
  for (std::size_t s = 0; s < kSingles; ++s) {
    for (std::size_t i = 0; i < kSingleSize; ++i) result.singles[s][i] -= b.singles[s][i];
  }
  for (std::size_t s = 0; s < result.paired.size(); ++s) {
    for (std::size_t one = 0; one < 2; ++one) {
      for (std::size_t i = 0; i < kPairedSize; ++i) {
        result.paired[s][one][i] -= b.paired[s][one][i];
      }
    }
  }
  return result;
}

}  // namespace reseau::bench
