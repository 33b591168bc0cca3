/// The hashes of OpenCV's img_hash, to compare with: each of the picture as it is.
#pragma once

#include <array>
#include <memory>
#include <opencv2/core.hpp>
#include <span>

namespace reseau::evaluation {

inline constexpr std::size_t kOpenCvKinds = 6;

struct OpenCvKind {
  const char* name;
  int bin;  ///< how its distances are counted
  std::size_t bins;
};
[[nodiscard]] std::span<const OpenCvKind> opencv_kinds();

using OpenCvHashes = std::array<cv::Mat, kOpenCvKinds>;

/// Threads: one.
class OpenCvHasher {
 public:
  OpenCvHasher();
  OpenCvHasher(OpenCvHasher&&) noexcept;
  ~OpenCvHasher();

  /// Requires: `picture` is BGR with 8 bits a channel.
  [[nodiscard]] OpenCvHashes hash(const cv::Mat& picture);
  /// Bits for four of them; 10,000 (1 - correlation) for radial variance, and 10 times what OpenCV
  /// gives for colour moments. None (kNotCompared) if OpenCV gives no number.
  [[nodiscard]] int distance(std::size_t kind, const OpenCvHashes& a, const OpenCvHashes& b);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reseau::evaluation
