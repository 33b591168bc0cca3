/// Pairs of pictures that are no copies of each other, and yet alike: what unrelated pictures say
/// nothing about.
#pragma once

#include <opencv2/core.hpp>
#include <span>
#include <string_view>

namespace reseau::evaluation {

struct Pair {
  cv::Mat known;
  cv::Mat query;
};

struct LookAlike {
  std::string_view name;
  std::string_view what;  ///< in half a sentence
  /// Of two photographs, BGR with 8 bits a channel.
  Pair (*make)(const cv::Mat& one, const cv::Mat& other, cv::RNG& random);
};

[[nodiscard]] std::span<const LookAlike> look_alikes();

}  // namespace reseau::evaluation
