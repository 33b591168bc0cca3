#include "hash/align.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>

namespace reseau::detail {
namespace {

constexpr int kFreedoms = 5;  // shift along x and y, scale, aspect, angle
using Steps = Eigen::Matrix<double, kFreedoms, 1>;
using Vector = Eigen::Matrix<double, kGridValues, 1>;

// What one step is, and how far it may go: shares of the window's sides, logarithms, radians.
constexpr std::array<double, kFreedoms> kUnit = {.03, .03, .04, .04, .04};
constexpr std::array<double, kFreedoms> kFarthest = {.30, .30, .45, .35, .30};

std::array<double, kFreedoms> moves(const Steps& steps) {
  std::array<double, kFreedoms> by{};
  for (std::size_t i = 0; i < by.size(); ++i) {
    by[i] = std::clamp(steps(static_cast<Eigen::Index>(i)) * kUnit[i], -kFarthest[i], kFarthest[i]);
  }
  return by;
}

/// Requires: `start` is upright.
Placement moved(const Placement& start, const Steps& steps) {
  const auto by = moves(steps);
  return {start.x + by[0] * start.width,
          start.y + by[1] * start.height,
          start.width * std::exp(by[2] + by[3] / 2),
          start.height * std::exp(by[2] - by[3] / 2),
          std::cos(by[4]),
          std::sin(by[4])};
}

Vector as_vector(const GridVector& values) { return Eigen::Map<const Vector>(values.data()); }

Vector as_vector(const GridValues& values) {
  Vector vector;
  std::copy(values.begin(), values.end(), vector.begin());
  return vector;
}

}  // namespace

double distance_at(const Plane& plane, const Placement& place, const GridValues& target) {
  const GridVector here = project_unrounded(fold(pool(sample(plane, place))));
  double distance = 0;
  for (std::size_t i = 0; i < here.size(); ++i) {
    const double apart = target[i] - here[i];
    distance += std::min(apart * apart, kCutOff * kProjectionTable.squares[i]);
  }
  return std::min(distance, kFarthestAligned);
}

// A third of a sample apart, means change so little that what lies between follows from them.
Aligner::Aligner(const Plane& plane, const Placement& start)
    : plane_(plane),
      start_(start),
      step_x_(std::max(1.0, start.width / (3 * kSamples))),
      step_y_(std::max(1.0, start.height / (3 * kSamples))),
      columns_(2 + static_cast<std::size_t>((plane.width() - 1) / step_x_)),
      rows_(2 + static_cast<std::size_t>((plane.height() - 1) / step_y_)) {
  const double width = std::min(start.width / kSamples, static_cast<double>(plane.width()));
  const double height = std::min(start.height / kSamples, static_cast<double>(plane.height()));
  means_.reserve(columns_ * rows_);
  std::vector<double> xs(columns_);
  for (std::size_t x = 0; x < columns_; ++x) xs[x] = 0.5 + static_cast<double>(x) * step_x_;
  std::vector<double> row(columns_);
  for (std::size_t y = 0; y < rows_; ++y) {
    const std::vector<double> ys(columns_, 0.5 + static_cast<double>(y) * step_y_);
    means(plane.integral(), xs.data(), ys.data(), columns_, width, height, row.data());
    std::ranges::transform(row, std::back_inserter(means_),
                           [](double mean) { return static_cast<float>(mean); });
  }
  explicit_bzero(row.data(), row.size() * sizeof(row[0]));
}

Aligner::~Aligner() { explicit_bzero(means_.data(), means_.size() * sizeof(means_[0])); }

// Between the means of four places, whatever the window's scale: a fifth of the cost of placing
// every sample's rectangle.
Samples Aligner::sample(const Placement& place) const {
  const double across = place.width / kSamples;
  const double down = place.height / kSamples;
  // From here on in steps between the means.
  const auto dx = static_cast<float>(place.cosine * across / step_x_);
  const auto dy = static_cast<float>(place.sine * across / step_y_);
  Samples samples;
  for (std::size_t j = 0; j < kSamples; ++j) {
    const double v = (static_cast<double>(j) + 0.5) * down - place.height / 2;
    const double u = 0.5 * across - place.width / 2;
    const double from_x = place.x + (place.cosine * u - place.sine * v) - 0.5;
    const double from_y = place.y + (place.sine * u + place.cosine * v) - 0.5;
    walk({means_.data(), static_cast<int>(columns_), static_cast<int>(rows_)},
         {static_cast<float>(from_x / step_x_), static_cast<float>(from_y / step_y_), dx, dy},
         samples[j]);
  }
  return samples;
}

GridVector Aligner::signature_at(const Placement& place) const {
  return project_unrounded(fold(pool(sample(place))));
}

Aligned Aligner::align(const GridValues& target) const {
  constexpr int kIterations = 10;
  // By then a copy is this near. After the first step, one of 8,300 that were found was further,
  // and of strangers half (at base) to three quarters are.
  constexpr int kFirstTrial = 1;
  constexpr double kHardlyNearer = 80'000;
  constexpr int kTrial = 3;
  constexpr double kStranger = 60'000;
  constexpr double kDamping = 0.0056 * kGridLength * kGridLength;
  constexpr double kLongestStep = 3;
  constexpr double kConverged = 0.05;
  const Vector wanted = as_vector(target);
  const auto look_at = [&](const Steps& steps) {
    return as_vector(signature_at(moved(start_, steps)));
  };

  Steps at = Steps::Zero();
  Steps best = at;
  Vector here = look_at(at);
  double least = (wanted - here).squaredNorm();
  for (int i = 0; i < kIterations; ++i) {
    if ((i == kFirstTrial && least > kHardlyNearer) || (i == kTrial && least > kStranger))
      return {start_, 0, kFarthestAligned};
    const double h = i < 3 ? 1.0 : 0.5;
    Eigen::Matrix<double, kGridValues, kFreedoms> slopes;
    for (int f = 0; f < kFreedoms; ++f) {
      Steps up = at;
      Steps down = at;
      up(f) += h;
      down(f) -= h;
      slopes.col(f) = (look_at(up) - look_at(down)) / (2 * h);
    }
    Eigen::Matrix<double, kFreedoms, kFreedoms> normal = slopes.transpose() * slopes;
    normal.diagonal().array() += kDamping;
    Steps step = normal.ldlt().solve(slopes.transpose() * (wanted - here));
    const double length = step.norm();
    if (length > kLongestStep) step *= kLongestStep / length;
    at += step;
    here = look_at(at);
    double distance = (wanted - here).squaredNorm();
    if (distance >= least) {  // too far: half-way back to the best
      at = (at + best) / 2;
      here = look_at(at);
      distance = (wanted - here).squaredNorm();
    }
    if (distance < least) {
      least = distance;
      best = at;
    }
    if (length < kConverged) break;
  }
  // Samples of the right size, where it counts.
  const auto exactly = [&](const Steps& steps) {
    return distance_at(plane_, moved(start_, steps), target);
  };
  const double before = exactly(Steps::Zero());
  const double after = exactly(best);
  if (before <= after) return {start_, 0, before};
  return {moved(start_, best), moves(best)[4], after};
}

}  // namespace reseau::detail
