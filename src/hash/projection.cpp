#include "hash/projection.h"

#include <algorithm>
#include <cmath>

#include "hash/loops.h"

namespace reseau::detail {
namespace {

/// For every view, where a value comes from, and its sign.
struct Move {
  std::array<std::uint8_t, kGridValues> from;
  std::array<std::int8_t, kGridValues> sign;
};

/// The part of a signature that one column of a sector makes.
struct Place {
  Sector sector;
  int partner;  // the other of the pair; itself, if there is none
  bool second;
};

std::array<Place, kGridValues> places() {
  std::array<Place, kGridValues> result{};
  auto* place = result.begin();
  int at = 0;
  for (std::size_t s = 0; s < kSectors.size(); ++s) {
    const int columns = kProjectionTable.columns[s];
    const int values = s < kSingles ? columns : 2 * columns;
    for (int i = 0; i < values; ++i) {
      const bool second = i >= columns;
      int partner = at + i;
      if (s >= kSingles) partner += second ? -columns : columns;
      *place++ = {kSectors[s], partner, second};
    }
    at += values;
  }
  return result;
}

Move move_of(const View& view) {
  static const auto kPlaces = places();
  Move move{};
  for (std::size_t i = 0; i < kGridValues; ++i) {
    // Followed backwards, from the view's value to the picture's own.
    std::size_t at = i;
    int sign = view.negative ? kPlaces[at].sector.n : 1;
    const auto mirror = [&] {
      sign *= kPlaces[at].second ? kPlaces[at].sector.v : kPlaces[at].sector.h;
    };
    for (int turn = 0; turn < view.turn; turn += 90) {  // clockwise: transposed, then mirrored
      mirror();
      if (kPlaces[at].sector.t != 0) sign *= kPlaces[at].sector.t;
      at = static_cast<std::size_t>(kPlaces[at].partner);
    }
    if (view.mirror) mirror();
    move.from[i] = static_cast<std::uint8_t>(at);
    move.sign[i] = static_cast<std::int8_t>(sign);
  }
  return move;
}

}  // namespace

GridVector project_unrounded(const Folded& folded) {
  std::array<std::int64_t, kGridValues> sums{};
  const auto* coefficients = kProjectionTable.coefficients.data();
  auto* to = sums.data();
  const auto project_on = [&](std::size_t sector, const auto& values) {
    const auto columns = static_cast<std::size_t>(kProjectionTable.columns[sector]);
    multiply(coefficients, columns, values.data(), values.size(), to);
    to += columns;
  };
  for (std::size_t s = 0; s < kSectors.size(); ++s) {
    if (s == 0) {
      auto values = folded.singles[s];
      for (std::size_t i = 0; i < values.size(); ++i) values[i] -= kProjectionTable.mean[i];
      project_on(s, values);
    } else if (s < kSingles) {
      project_on(s, folded.singles[s]);
    } else {
      for (const auto& one : folded.paired[s - kSingles]) project_on(s, one);
    }
    coefficients +=
        std::ptrdiff_t{kProjectionTable.columns[s]} * (s < kSingles ? kSingleSize : kPairedSize);
  }
  GridVector vector{};
  const auto& even = folded.singles[0];
  if (std::all_of(even.begin(), even.end(), [](std::int32_t sum) { return sum == 0; })) {
    return vector;  // flat: not as far from the mean as this would make it
  }
  double squares = 0;
  for (const std::int64_t value : sums) {
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  if (squares == 0) return vector;
  const double scale = kGridLength / std::sqrt(squares);
  for (std::size_t i = 0; i < vector.size(); ++i) vector[i] = static_cast<double>(sums[i]) * scale;
  return vector;
}

GridValues project(const Folded& folded) {
  const GridVector vector = project_unrounded(folded);
  GridValues values{};
  std::transform(vector.begin(), vector.end(), values.begin(), [](double value) {
    // Halves away from zero, so that a view's signs change nothing else.
    return static_cast<std::int8_t>(std::clamp(std::round(value), -127.0, 127.0));
  });
  return values;
}

GridValues seen(const GridValues& values, const View& view) {
  static const auto kMoves = [] {
    std::array<Move, kViews.size()> moves{};
    for (std::size_t v = 0; v < kViews.size(); ++v) moves[v] = move_of(kViews[v]);
    return moves;
  }();
  const int place = view.turn / 90 + (view.mirror ? 4 : 0) + (view.negative ? 8 : 0);  // in kViews
  const Move& move = kMoves.at(static_cast<std::size_t>(place));
  GridValues result{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    result[i] = static_cast<std::int8_t>(move.sign[i] * values[move.from[i]]);
  }
  return result;
}

}  // namespace reseau::detail
