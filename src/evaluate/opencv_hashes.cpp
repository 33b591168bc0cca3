#include "evaluate/opencv_hashes.h"

#include <algorithm>
#include <cmath>
#include <opencv2/img_hash.hpp>

#include "evaluate/histogram.h"

namespace reseau::evaluation {
namespace {

namespace img_hash = cv::img_hash;

constexpr std::array<OpenCvKind, kOpenCvKinds> kKinds = {{{"opencv average", 1, 66},
                                                          {"opencv phash", 1, 66},
                                                          {"opencv block mean", 1, 258},
                                                          {"opencv Marr-Hildreth", 1, 578},
                                                          {"opencv radial variance", 5, 4'002},
                                                          {"opencv colour moments", 5, 20'000}}};
constexpr std::size_t kBitKinds = 4;
constexpr std::size_t kRadial = 4;

}  // namespace

std::span<const OpenCvKind> opencv_kinds() { return kKinds; }

struct OpenCvHasher::Impl {
  std::array<cv::Ptr<img_hash::ImgHashBase>, kOpenCvKinds> hashes = {
      img_hash::AverageHash::create(),        img_hash::PHash::create(),
      img_hash::BlockMeanHash::create(),      img_hash::MarrHildrethHash::create(),
      img_hash::RadialVarianceHash::create(), img_hash::ColorMomentHash::create()};
};

OpenCvHasher::OpenCvHasher() : impl_(std::make_unique<Impl>()) {}
OpenCvHasher::OpenCvHasher(OpenCvHasher&&) noexcept = default;
OpenCvHasher::~OpenCvHasher() = default;

OpenCvHashes OpenCvHasher::hash(const cv::Mat& picture) {
  OpenCvHashes result;
  for (std::size_t kind = 0; kind < kOpenCvKinds; ++kind) {
    impl_->hashes[kind]->compute(picture, result[kind]);
  }
  return result;
}

int OpenCvHasher::distance(std::size_t kind, const OpenCvHashes& a, const OpenCvHashes& b) {
  // OpenCV's own compare() does the same for bits, by way of a virtual call and a table.
  if (kind < kBitKinds) return static_cast<int>(cv::norm(a[kind], b[kind], cv::NORM_HAMMING));
  const double given = impl_->hashes[kind]->compare(a[kind], b[kind]);
  if (!std::isfinite(given)) return kNotCompared;
  constexpr double kFarthest = 1e6;
  const double apart = kind == kRadial ? 10'000 * (1 - given) : 10 * given;
  return static_cast<int>(std::clamp(apart, 0.0, kFarthest));
}

}  // namespace reseau::evaluation
