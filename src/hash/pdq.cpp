// PDQ, bit for bit as Meta's reference program computes it.
//
// This is an implementation of: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
// Algorithm", Facebook, 2019, and Jarosz, "Fast Image Convolutions", 2001 (the box filters).
// Departures: none in the result. Rows are filtered many at a time, and columns as they come, so
// that a picture of floats is never held.
// docs/pdq.md has the formulas.
#include <reseau/hash.h>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#include "hash/box_filter.h"
#include "hash/ordered_product.h"
#include "hash/pdq_rows.h"

namespace reseau {
namespace {

constexpr int kMinSide = 5;                    // PDQ is not defined below
constexpr int kSampled = detail::kPdqSamples;  // side of the filtered and decimated picture
constexpr int kFrequencies = 16;               // of its DCT, from 1 to 16 half-waves a side
constexpr std::size_t kBits = std::size_t{kFrequencies} * kFrequencies;

using Sampled = Eigen::Matrix<float, kSampled, kSampled, Eigen::RowMajor>;
using Transform = Eigen::Matrix<float, kFrequencies, kFrequencies, Eigen::RowMajor>;
using Basis = Eigen::Matrix<float, kFrequencies, kSampled, Eigen::RowMajor>;

/// The window that a side of `length` is filtered with before kSampled samples are taken of it.
int window_for(int length) {
  constexpr int kParts = 2 * kSampled;
  return (length + kParts - 1) / kParts;
}

/// Blurs and samples rows as they come, in both rounds.
class Blur {
 public:
  Blur(int width, int height)
      : width_(static_cast<std::size_t>(width)),
        window_(window_for(width)),
        kept_columns_(detail::pdq_kept(width)),
        kept_rows_(detail::pdq_kept(height)),
        first_(width_, window_for(height)),
        second_(kSampled, window_for(height)),
        stride_(detail::filter_stride(width_)),
        rows_(stride_ * detail::kRowsAtOnce),
        once_(rows_.size()),
        filtered_(rows_.size()),
        scratch_(detail::filter_scratch(width_)),
        narrow_(kSampled * detail::kRowsAtOnce),
        last_(kSampled) {}
  Blur(const Blur&) = delete;
  Blur& operator=(const Blur&) = delete;
  ~Blur() {
    for (auto* buffer : {&rows_, &once_, &filtered_, &scratch_, &narrow_}) {
      explicit_bzero(buffer->data(), buffer->size() * sizeof(float));
    }
  }

  Sampled run(detail::PdqRows& picture) {
    const int height = picture.height();
    constexpr int kStep = detail::kRowsAtOnce;
    for (int y = 0; y < height; y += kStep) {
      const int count = std::min(kStep, height - y);
      for (int i = 0; i < count; ++i) picture.read(y + i, at(rows_, i, stride_));
      detail::filter_rows(rows_.data(), width_, window_, scratch_.data(), filtered_.data());
      for (int i = 0; i < count; ++i) {
        if (first_.push(at(filtered_, i, stride_), at(once_, waiting_, stride_))) take();
      }
    }
    while (first_.finish(at(once_, waiting_, stride_))) take();
    second_round();
    while (second_.finish(last_.data())) keep();
    return sampled_;
  }

 private:
  static float* at(std::vector<float>& rows, int row, std::size_t stride) {
    return &rows[static_cast<std::size_t>(row) * stride];
  }

  /// A row has been through the first round.
  void take() {
    if (++waiting_ == static_cast<int>(detail::kRowsAtOnce)) second_round();
  }

  void second_round() {
    detail::filter_rows_kept(once_.data(), width_, window_, kept_columns_, scratch_.data(),
                             narrow_.data());
    for (int i = 0; i < waiting_; ++i) {
      if (second_.push(at(narrow_, i, kSampled), last_.data())) keep();
    }
    waiting_ = 0;
  }

  /// A row has been through both.
  void keep() {
    for (; next_ < kSampled && kept_rows_[static_cast<std::size_t>(next_)] == out_; ++next_) {
      sampled_.row(next_) = Eigen::Map<const Eigen::RowVectorXf>(last_.data(), kSampled);
    }
    ++out_;
  }

  std::size_t width_;
  int window_;
  std::array<int, detail::kPdqSamples> kept_columns_;
  std::array<int, detail::kPdqSamples> kept_rows_;
  detail::ColumnFilter first_;
  detail::ColumnFilter second_;
  std::size_t stride_;
  std::vector<float> rows_;      // kRowsAtOnce, as read
  std::vector<float> once_;      // those that have been through the first round
  std::vector<float> filtered_;  // along themselves
  std::vector<float> scratch_;
  std::vector<float> narrow_;
  std::vector<float> last_;
  int waiting_ = 0;  // in once_
  int out_ = 0;      // rows that have been through both rounds
  int next_ = 0;     // of sampled_
  Sampled sampled_;
};

Sampled sample(const ImageView& image, bool may_shrink) {
  detail::PdqRows rows(image, may_shrink);
  if (rows.width() == kSampled && rows.height() == kSampled) {
    Sampled sampled;
    for (int y = 0; y < kSampled; ++y) rows.read(y, sampled.row(y).data());
    return sampled;
  }
  return Blur(rows.width(), rows.height()).run(rows);
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
  static const auto kTransposed =
      Eigen::Matrix<float, kSampled, kFrequencies, Eigen::RowMajor>(basis().transpose());
  Basis half;
  Transform full;
  detail::ordered_product(basis().data(), picture.data(), kFrequencies, kSampled, kSampled,
                          half.data());
  detail::ordered_product(half.data(), kTransposed.data(), kFrequencies, kSampled, kFrequencies,
                          full.data());
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
