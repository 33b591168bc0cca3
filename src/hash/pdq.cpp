// PDQ, bit for bit as Meta's reference program computes it.
//
// This is an implementation of: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
// Algorithm", Facebook, 2019, and Jarosz, "Fast Image Convolutions", 2001 (the box filters).
// Departures: none in the result. The row filter runs on the transposed picture, so that both
// filters work on whole rows at a time; the last pass is done only for the columns that are kept.
// docs/pdq.md has the formulas.
#include <reseau/hash.h>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "hash/luma.h"

namespace reseau {
namespace {

constexpr int kShrinkTo = 512;    // larger pictures are sampled down to this square first
constexpr int kMinSide = 5;       // PDQ is not defined below
constexpr int kSampled = 64;      // side of the filtered and decimated picture
constexpr int kFrequencies = 16;  // of its DCT, from 1 to 16 half-waves a side
constexpr std::size_t kBits = std::size_t{kFrequencies} * kFrequencies;

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Sampled = Eigen::Matrix<float, kSampled, kSampled, Eigen::RowMajor>;
using Transform = Eigen::Matrix<float, kFrequencies, kFrequencies, Eigen::RowMajor>;
using Basis = Eigen::Matrix<float, kFrequencies, kSampled, Eigen::RowMajor>;

/// The pixels in luma, TRANSPOSED, at most kShrinkTo a side: sampled by nearest neighbour if a side
/// is longer and it may.
Matrix transposed_luma(const ImageView& image, bool may_shrink) {
  const bool shrink = may_shrink && (image.width > kShrinkTo || image.height > kShrinkTo);
  const int width = shrink ? kShrinkTo : image.width;
  const int height = shrink ? kShrinkTo : image.height;
  std::vector<int> columns(static_cast<std::size_t>(width));
  for (int x = 0; x < width; ++x) {
    columns[static_cast<std::size_t>(x)] =
        static_cast<int>(static_cast<std::int64_t>(x) * image.width / width);
  }
  Matrix luma(height, width);
  for (int y = 0; y < height; ++y) {
    const auto source = static_cast<int>(static_cast<std::int64_t>(y) * image.height / height);
    detail::luma_floats(image, source, columns, {luma.row(y).data(), columns.size()});
  }
  return luma.transpose();
}

/// A box filter down every column: each output is the mean of a window of `window` rows, smaller at
/// the ends. Sums run from the top as the reference's do, since floats remember their order.
Matrix box_filter_columns(const Matrix& in, int window) {
  const Eigen::Index rows = in.rows();
  const Eigen::Index lead = (window + 2) / 2 - 1;  // rows read before the first is written
  Matrix out(rows, in.cols());
  Eigen::RowVectorXf sum = Eigen::RowVectorXf::Zero(in.cols());
  int count = 0;
  for (Eigen::Index step = 0; step < rows + lead; ++step) {
    if (step < rows) {
      sum += in.row(step);
      ++count;
    }
    if (step >= window) {
      sum -= in.row(step - window);
      --count;
    }
    if (step >= lead) out.row(step - lead) = sum / static_cast<float>(count);
  }
  return out;
}

/// The window that a side of `length` is filtered with before kSampled samples are taken of it.
int window_for(Eigen::Index length) {
  constexpr Eigen::Index kParts = Eigen::Index{2} * kSampled;
  return static_cast<int>((length + kParts - 1) / kParts);
}

/// The middle row of each of kSampled equal bands.
Matrix decimate_rows(const Matrix& in) {
  Matrix out(kSampled, in.cols());
  for (int i = 0; i < kSampled; ++i) {
    out.row(i) =
        in.row(static_cast<Eigen::Index>((i + 0.5) * static_cast<double>(in.rows()) / kSampled));
  }
  return out;
}

Sampled sample(const ImageView& image, bool may_shrink) {
  const Matrix turned = transposed_luma(image, may_shrink);
  const int along_rows = window_for(turned.rows());
  const int along_columns = window_for(turned.cols());
  if (turned.rows() == kSampled && turned.cols() == kSampled) return turned.transpose();
  const Matrix once =
      box_filter_columns(box_filter_columns(turned, along_rows).transpose(), along_columns);
  const Matrix kept = decimate_rows(box_filter_columns(once.transpose(), along_rows));
  return decimate_rows(box_filter_columns(kept.transpose(), along_columns));
}

/// Gradients of the sampled picture in whole hundredths of the range, summed: 0 for a flat one.
int quality_of(const Sampled& picture) {
  const auto steps = [](const auto& a, const auto& b) {
    return (((a - b).array() * 100.0F) / 255.0F).template cast<int>().abs().sum();
  };
  const int down = steps(picture.topRows<kSampled - 1>(), picture.bottomRows<kSampled - 1>());
  const int across = steps(picture.leftCols<kSampled - 1>(), picture.rightCols<kSampled - 1>());
  return std::min((down + across) / 90, 100);
}

const Basis& basis() {
  static const Basis kBasis = [] {
    Basis basis;
    const double scale = std::sqrt(2.0 / kSampled);
    for (int i = 0; i < kFrequencies; ++i) {
      for (int j = 0; j < kSampled; ++j) {
        basis(i, j) = static_cast<float>(
            scale * std::cos(std::numbers::pi / 2 / kSampled * (i + 1) * (2 * j + 1)));
      }
    }
    return basis;
  }();
  return kBasis;
}

/// B = D A D', where each coefficient is summed in order (Eigen's own product would not).
Transform transform(const Sampled& picture) {
  const Basis& d = basis();
  Basis half = Basis::Zero();
  Transform full = Transform::Zero();
  for (int k = 0; k < kSampled; ++k) half += (d.col(k) * picture.row(k)).eval();
  for (int k = 0; k < kSampled; ++k) full += (half.col(k) * d.col(k).transpose()).eval();
  return full;
}

// What turning the picture does to its transform: D's even rows (odd frequencies) change sign when
// the picture is reversed, and transposing commutes with the transform.
Transform mirrored(Transform b) {
  for (int j = 0; j < kFrequencies; j += 2) b.col(j) *= -1.0F;
  return b;
}
Transform turned_clockwise(const Transform& b) { return mirrored(b.transpose()); }

/// The lower median: the 128th of 256.
float median(const Transform& b) {
  std::array<float, kBits> ordered{};
  std::copy_n(b.data(), ordered.size(), ordered.begin());
  auto* const middle = ordered.data() + ordered.size() / 2 - 1;
  std::nth_element(ordered.data(), middle, ordered.data() + ordered.size());
  return *middle;
}

/// Bit 16 i + j is set where B(i, j) is over the threshold. The text form, and so the bytes, start
/// with the highest bit.
Signature signature_of(const Transform& b, float threshold) {
  std::array<std::uint8_t, kBits / 8> bytes{};
  for (Eigen::Index bit = 0; bit < b.size(); ++bit) {
    if (b.data()[bit] > threshold) {
      bytes[static_cast<std::size_t>(31 - bit / 8)] |= static_cast<std::uint8_t>(1U << bit % 8);
    }
  }
  return *Signature::from_bytes(Algorithm::pdq, Bytes(bytes));
}

/// Of all kViews, in their order; each view is held to its own threshold.
template <typename Threshold>
std::array<Signature, kViews.size()> signatures_of(const Transform& upright, Threshold threshold) {
  std::array<Signature, kViews.size()> signatures;
  std::size_t next = 0;
  for (const bool negative : {false, true}) {
    for (const bool mirror : {false, true}) {
      Transform b = mirror ? mirrored(upright) : upright;
      if (negative) b *= -1.0F;
      for (int turn = 0; turn < 4; ++turn) {
        signatures[next++] = signature_of(b, threshold(b));
        b = turned_clockwise(b);
      }
    }
  }
  return signatures;
}

Result<Sampled> checked_sample(const ImageView& image, bool may_shrink = true) {
  if (image.width < kMinSide || image.height < kMinSide) {
    return Error{Code::low_information, "too small for PDQ: " + std::to_string(image.width) +
                                            " x " + std::to_string(image.height) +
                                            " pixels, and it needs 5 a side"};
  }
  return sample(image, may_shrink);
}

}  // namespace

namespace {

Result<Hashed> hashed(const Result<Sampled>& sampled) {
  if (!sampled) return sampled.error();
  const Transform b = transform(*sampled);
  return Hashed{signature_of(b, median(b)), quality_of(*sampled)};
}

}  // namespace

Result<Hashed> pdq(const ImageView& image) { return hashed(checked_sample(image)); }

Result<Hashed> pdq_of_frame(const ImageView& image) { return hashed(checked_sample(image, false)); }

Result<HashedViews> pdq_views(const ImageView& image) {
  const auto sampled = checked_sample(image);
  if (!sampled) return sampled.error();
  return HashedViews{signatures_of(transform(*sampled), median), quality_of(*sampled)};
}

std::array<Signature, kViews.size()> pdq_views(const Signature& pdq) {
  // Only signs are left of the transform, and every view's median is taken to be zero.
  Transform signs;
  for (std::size_t bit = 0; bit < kBits; ++bit) {
    signs.data()[bit] = (pdq.bytes()[31 - bit / 8] >> bit % 8 & 1) != 0 ? 1.0F : -1.0F;
  }
  return signatures_of(signs, [](const Transform&) { return 0.0F; });
}

}  // namespace reseau
