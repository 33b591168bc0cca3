#include "discriminant.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

namespace reseau::bench {
namespace {

using detail::kSectors;
using detail::kSingles;

struct Direction {
  double gain = 0;  // l: variance between over variance within
  std::size_t sector = 0;
  Eigen::VectorXd column;

  [[nodiscard]] int values() const { return sector < kSingles ? 1 : 2; }
};

std::vector<Direction> directions(const Scatter& between, const Scatter& within) {
  constexpr double kRidge = 0.02;
  double variance = 0;
  double cells = 0;
  std::array<Eigen::MatrixXd, kSectors.size()> inner;
  for (std::size_t s = 0; s < kSectors.size(); ++s) {
    inner[s] = within.moment(s);
    const double members = s < kSingles ? 1 : 2;
    variance += members * inner[s].trace();
    cells += members * static_cast<double>(inner[s].rows());
  }
  std::vector<Direction> all;
  for (std::size_t s = 0; s < kSectors.size(); ++s) {
    inner[s].diagonal().array() += kRidge * variance / cells;
    const Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd> solver(between.covariance(s),
                                                                           inner[s]);
    for (Eigen::Index i = 0; i < solver.eigenvalues().size(); ++i) {
      all.push_back({solver.eigenvalues()(i), s, solver.eigenvectors().col(i)});
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Direction& a, const Direction& b) { return a.gain > b.gain; });
  return all;
}

/// The square of a direction's weight.
double weight(const Direction& direction) {
  return std::max(0.02, 1.0 - 1.0 / direction.gain) / std::sqrt(direction.gain);
}

/// Weighted; in the units of Folded; its largest coefficient positive, since a solver's sign is
/// chance.
Eigen::VectorXd finished(const Direction& direction) {
  const double length = std::sqrt(weight(direction) / (direction.sector < kSingles ? 16.0 : 8.0));
  Eigen::Index largest = 0;
  direction.column.cwiseAbs().maxCoeff(&largest);
  return direction.column * (direction.column(largest) < 0 ? -length : length);
}

using Chosen = std::array<std::vector<Direction>, kSectors.size()>;

/// The variances of the values, when all of them make a vector of the signature's length.
std::array<std::int32_t, detail::kGridValues> squares(const Chosen& chosen) {
  std::vector<double> variances;
  for (const auto& sector : chosen) {
    const int members = sector.empty() ? 0 : sector.front().values();
    for (int member = 0; member < members; ++member) {
      for (const Direction& direction : sector) {
        variances.push_back(weight(direction) * direction.gain);
      }
    }
  }
  const double all = std::accumulate(variances.begin(), variances.end(), 0.0);
  std::array<std::int32_t, detail::kGridValues> result{};
  std::transform(variances.begin(), variances.end(), result.begin(), [all](double variance) {
    constexpr double kSquare = detail::kGridLength * detail::kGridLength;
    return static_cast<std::int32_t>(std::lround(kSquare * variance / all));
  });
  return result;
}

template <typename Numbers>
void write_numbers(const Numbers& numbers, std::ostream& out) {
  constexpr std::size_t kWidth = 98;
  std::string line = "   ";
  for (const auto number : numbers) {
    const std::string text = " " + std::to_string(number) + ",";
    if (line.size() + text.size() > kWidth) {
      out << line << '\n';
      line = "   ";
    }
    line += text;
  }
  out << line << '\n';
}

}  // namespace

Trained discriminant(const Scatter& between, const Scatter& within) {
  Chosen chosen;
  double largest = 0;
  int left = detail::kGridValues;
  for (Direction& direction : directions(between, within)) {
    if (left == 0) break;
    if (direction.values() > left) continue;
    left -= direction.values();
    direction.column = finished(direction);
    largest = std::max(largest, direction.column.cwiseAbs().maxCoeff());
    chosen[direction.sector].push_back(std::move(direction));
  }
  Trained trained;
  trained.mean = between.mean();
  for (std::size_t s = 0; s < kSectors.size(); ++s) {
    trained.columns[s] = static_cast<int>(chosen[s].size());
    for (const Direction& direction : chosen[s]) {
      for (const double value : direction.column) {
        trained.coefficients.push_back(
            static_cast<std::int16_t>(std::lround(value * 32'767 / largest)));
      }
    }
  }
  trained.squares = squares(chosen);
  return trained;
}

void write(const Trained& trained, const std::string& trained_on, std::ostream& out) {
  out << "// Made by bench/train; not to be edited. " << trained_on
      << "\n// docs/signature.md says how, and what the numbers mean.\n"
         "#include \"hash/projection.h\"\n\n"
         "namespace reseau::detail {\nnamespace {\n\n"
         "// clang-format off\n"
         "constexpr std::array<std::int16_t, "
      << trained.coefficients.size() << "> kCoefficients = {\n";
  write_numbers(trained.coefficients, out);
  out << "};\n\n}  // namespace\n\nconst ProjectionTable kProjectionTable = {{\n";
  write_numbers(trained.columns, out);
  out << "}, {\n";
  write_numbers(trained.mean, out);
  out << "}, kCoefficients, {\n";
  write_numbers(trained.squares, out);
  out << "}};\n// clang-format on\n\n}  // namespace reseau::detail\n";
}

}  // namespace reseau::bench
