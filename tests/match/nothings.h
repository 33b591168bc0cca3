/// Generated pictures in which there is nothing to recognise, or nothing but writing.
#pragma once

#include <opencv2/core.hpp>
#include <span>
#include <string_view>

namespace reseau::test {

struct Nothing {
  std::string_view name;
  cv::Mat (*make)(cv::RNG& random);  ///< grey
  bool refused;  ///< by its quality; writing has much to recognise, and must be told apart instead
};

[[nodiscard]] std::span<const Nothing> nothings();

}  // namespace reseau::test
