// The grid signature, version 0: a first one, to be replaced by a trained projection of finer
// cells.
//
// Based on the published principles of: Goldberg, Wong and Bern, "An image signature for any kind
// of image", 2002 (differences on a coarse grid of averages); Dalal and Triggs, "Histograms of
// oriented gradients for human detection", 2005 (pooled cells, clipped normalisation); Lowe,
// "Distinctive image features from scale-invariant keypoints", 2004 (bilinear pooling, half-wave
// channels).
//
// The same pixels give the same bytes on every machine: areas are summed in integers, and what is
// not an integer goes through +, *, / and sqrt in double precision only, in a fixed order.
// docs/signature.md has the formulas.
#include <reseau/hash.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "hash/luma.h"

namespace reseau {
namespace {

constexpr int kMinSide = 5;
constexpr int kSamples = 26;          // a side of the grid of averages
constexpr int kInner = kSamples - 2;  // where central differences exist
constexpr int kCells = 6;             // a side
constexpr int kChannels = 4;          // gradient to the right, left, down, up
constexpr double kClip = 0.15;        // of a unit vector's length: tames single strong edges
constexpr double kScale = 400.0;      // int8 steps in a unit vector's length

using Samples = std::array<std::array<double, kSamples>, kSamples>;
using Cells = std::array<std::array<std::array<double, kChannels>, kCells>, kCells>;

/// How `length` pixels fall into kSamples equal bands, in units of 1 / kSamples of a pixel.
struct Band {
  int first;         // pixel
  int last;          // pixel, included
  int first_weight;  // 1 to kSamples; of all pixels between it is kSamples
  int last_weight;
};

std::array<Band, kSamples> bands(int length) {
  std::array<Band, kSamples> result{};
  for (std::int64_t i = 0; i < kSamples; ++i) {
    const std::int64_t from = i * length;
    const std::int64_t to = from + length;
    Band& band = result[static_cast<std::size_t>(i)];
    band.first = static_cast<int>(from / kSamples);
    band.last = static_cast<int>((to - 1) / kSamples);
    band.first_weight =
        static_cast<int>(std::min<std::int64_t>(to, (band.first + 1LL) * kSamples) - from);
    band.last_weight =
        static_cast<int>(to - std::max<std::int64_t>(from, std::int64_t{band.last} * kSamples));
  }
  return result;
}

int weight_in(const Band& band, int pixel) {
  if (pixel == band.first) return band.first_weight;
  return pixel == band.last ? band.last_weight : kSamples;
}

/// Means of luma over a kSamples x kSamples grid that covers the picture whatever its shape; pixels
/// on a border count for both sides by the share that lies there. In levels, 0 to 255.
Samples sample(const ImageView& image) {
  const auto columns = bands(image.width);
  const auto rows = bands(image.height);
  std::vector<std::int32_t> luma(static_cast<std::size_t>(image.width));
  std::array<std::array<std::int64_t, kSamples>, kSamples> sums{};  // at most 255,000 x area
  int first_band = 0;
  for (int y = 0; y < image.height; ++y) {
    detail::luma_thousandths(image, y, luma);
    std::array<std::int64_t, kSamples> row{};
    for (std::size_t i = 0; i < kSamples; ++i) {
      const Band& band = columns[i];
      std::int64_t inside = 0;
      for (int x = band.first + 1; x < band.last; ++x) inside += luma[static_cast<std::size_t>(x)];
      row[i] = inside * kSamples +
               std::int64_t{luma[static_cast<std::size_t>(band.first)]} * band.first_weight;
      if (band.last > band.first) {
        row[i] += std::int64_t{luma[static_cast<std::size_t>(band.last)]} * band.last_weight;
      }
    }
    while (rows[static_cast<std::size_t>(first_band)].last < y) ++first_band;
    for (auto j = static_cast<std::size_t>(first_band); j < kSamples && rows[j].first <= y; ++j) {
      const int weight = weight_in(rows[j], y);
      for (std::size_t i = 0; i < kSamples; ++i) sums[j][i] += row[i] * weight;
    }
  }
  const double scale = 1000.0 * image.width * image.height;
  Samples samples{};
  for (std::size_t j = 0; j < kSamples; ++j) {
    for (std::size_t i = 0; i < kSamples; ++i)
      samples[j][i] = static_cast<double>(sums[j][i]) / scale;
  }
  return samples;
}

/// The two cells that a sample's gradient is shared between along one axis. Shares are eighths.
struct Share {
  int cell;  // the lower one, -1 to kCells - 1
  double lower;
  double upper;
};
Share share_of(int inner) {
  const double place = (inner + 0.5) * kCells / kInner - 0.5;
  const double floor = std::floor(place);
  return {static_cast<int>(floor), 1.0 - (place - floor), place - floor};
}

/// Half-wave gradients, pooled: how strongly luma rises to the right, left, down and up in a cell.
Cells pool(const Samples& s) {
  Cells cells{};
  const auto add = [&cells](int row, int column, double weight, const auto& waves) {
    if (row < 0 || row >= kCells || column < 0 || column >= kCells) return;
    auto& cell = cells[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
    for (std::size_t c = 0; c < kChannels; ++c) cell[c] += weight * waves[c];
  };
  for (std::size_t y = 1; y <= kInner; ++y) {
    const Share down = share_of(static_cast<int>(y) - 1);
    for (std::size_t x = 1; x <= kInner; ++x) {
      const Share right = share_of(static_cast<int>(x) - 1);
      const double dx = s[y][x + 1] - s[y][x - 1];
      const double dy = s[y + 1][x] - s[y - 1][x];
      const std::array<double, kChannels> waves = {std::max(dx, 0.0), std::max(-dx, 0.0),
                                                   std::max(dy, 0.0), std::max(-dy, 0.0)};
      add(down.cell, right.cell, down.lower * right.lower, waves);
      add(down.cell, right.cell + 1, down.lower * right.upper, waves);
      add(down.cell + 1, right.cell, down.upper * right.lower, waves);
      add(down.cell + 1, right.cell + 1, down.upper * right.upper, waves);
    }
  }
  return cells;
}

double* values(Cells& cells) { return cells[0][0].data(); }
constexpr int kValues = kCells * kCells * kChannels;

void normalise(Cells& cells) {
  double sum = 0;
  for (int i = 0; i < kValues; ++i) sum += values(cells)[i] * values(cells)[i];
  if (sum == 0) return;  // flat: stays all zero, and its quality is 0
  const double length = std::sqrt(sum);
  for (int i = 0; i < kValues; ++i) values(cells)[i] /= length;
}

Signature quantise(Cells cells) {
  normalise(cells);
  for (int i = 0; i < kValues; ++i) values(cells)[i] = std::min(values(cells)[i], kClip);
  normalise(cells);
  std::array<std::uint8_t, kValues> bytes{};
  for (int i = 0; i < kValues; ++i) {
    bytes[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(std::min(127.0, std::floor(kScale * values(cells)[i] + 0.5)));
  }
  return *Signature::from_bytes(Algorithm::grid, Bytes(bytes));
}

/// Contrast times spread: how strong the gradients are (full marks from a mean of kFullContrast
/// levels), and over how many of the cells they are spread (participation ratio: 1 when all cells
/// have the same, 1/36 when one has all; full marks from kFullSpread).
int quality_of(const Cells& cells) {
  constexpr double kFullContrast = 6.0;
  constexpr double kFullSpread = 0.5;
  double sum = 0;
  double squares = 0;
  for (const auto& row : cells) {
    for (const auto& cell : row) {
      const double energy = cell[0] + cell[1] + cell[2] + cell[3];
      sum += energy;
      squares += energy * energy;
    }
  }
  if (squares == 0) return 0;
  const double contrast = sum / (2.0 * kInner * kInner) / kFullContrast;
  const double spread = sum * sum / (kCells * kCells * squares) / kFullSpread;
  return static_cast<int>(100.0 * std::min(1.0, contrast) * std::min(1.0, spread));
}

/// Places [row][column][channel] of the signature that a view's bytes are taken from.
using Places = std::array<std::uint8_t, kValues>;
constexpr std::size_t place(int row, int column, int channel) {
  return static_cast<std::size_t>((row * kCells + column) * kChannels + channel);
}

/// What is done to each value's place: `step` gives the source of (row, column, channel).
template <typename Step>
Places moved(const Places& from, Step step) {
  Places to{};
  for (int row = 0; row < kCells; ++row) {
    for (int column = 0; column < kCells; ++column) {
      for (int channel = 0; channel < kChannels; ++channel) {
        to[place(row, column, channel)] = from[step(row, column, channel)];
      }
    }
  }
  return to;
}

Places mirrored(const Places& from) {  // right and left change places
  return moved(from, [](int row, int column, int channel) {
    return place(row, kCells - 1 - column, channel < 2 ? 1 - channel : channel);
  });
}
Places turned_clockwise(const Places& from) {  // what rose upwards (3) rises to the right (0), ...
  constexpr std::array<int, kChannels> kSource = {3, 2, 0, 1};
  return moved(from, [&](int row, int column, int channel) {
    return place(kCells - 1 - column, row, kSource[static_cast<std::size_t>(channel)]);
  });
}
Places negative(const Places& from) {  // what rose falls
  return moved(from,
               [](int row, int column, int channel) { return place(row, column, channel ^ 1); });
}

const std::array<Places, kViews.size()>& view_places() {
  static const auto kPlaces = [] {
    Places upright{};
    for (std::size_t i = 0; i < upright.size(); ++i) upright[i] = static_cast<std::uint8_t>(i);
    std::array<Places, kViews.size()> result;
    for (std::size_t v = 0; v < kViews.size(); ++v) {
      result[v] = kViews[v].mirror ? mirrored(upright) : upright;
      for (int turn = 0; turn < kViews[v].turn; turn += 90) result[v] = turned_clockwise(result[v]);
      if (kViews[v].negative) result[v] = negative(result[v]);
    }
    return result;
  }();
  return kPlaces;
}

}  // namespace

Result<Hashed> grid(const ImageView& image) {
  if (image.width < kMinSide || image.height < kMinSide) {
    return Error{Code::low_information, "too small: " + std::to_string(image.width) + " x " +
                                            std::to_string(image.height) +
                                            " pixels, and the grid signature needs 5 a side"};
  }
  const Cells cells = pool(sample(image));
  return Hashed{quantise(cells), quality_of(cells)};
}

std::array<Signature, kViews.size()> grid_views(const Signature& grid) {
  std::array<Signature, kViews.size()> signatures;
  for (std::size_t v = 0; v < kViews.size(); ++v) {
    std::array<std::uint8_t, kValues> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = grid.bytes()[view_places()[v][i]];
    signatures[v] = *Signature::from_bytes(Algorithm::grid, Bytes(bytes));
  }
  return signatures;
}

}  // namespace reseau
