// Compiled once for every instruction set that Highway knows here; the loop is left to the
// compiler's vectoriser.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "video/look_table.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include <array>
#include <cstddef>
#include <numeric>

#include "video/look_table.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

constexpr std::size_t kBlock = 64;  // looks, whose sums stay in registers

/// For each of a block's looks: (a - b)^2 = a^2 + b^2 - 2ab.
void squared_to_block(const float* HWY_RESTRICT asked, std::size_t width, float squares_of_asked,
                      const float* HWY_RESTRICT numbers, const float* HWY_RESTRICT squares,
                      float* HWY_RESTRICT distances) {
  std::array<float, kBlock> products{};
  for (std::size_t n = 0; n < width; ++n) {
    for (std::size_t i = 0; i < kBlock; ++i) products[i] += asked[n] * numbers[n * kBlock + i];
  }
  for (std::size_t i = 0; i < kBlock; ++i)
    distances[i] = squares_of_asked + squares[i] - 2 * products[i];
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {
namespace {

using HWY_NAMESPACE::kBlock;

HWY_EXPORT(squared_to_block);

}  // namespace

LookTable::LookTable(const std::vector<TrackFrame>& track, Look TrackFrame::*kind)
    : track_(track), kind_(kind) {
  for (std::size_t f = 0; f < track.size(); ++f) {
    const Values& values = (track[f].*kind).values;
    if (values.empty()) continue;
    width_ = values.size();
    frames_.push_back(f);
  }
  const std::size_t blocks = (frames_.size() + kBlock - 1) / kBlock;
  numbers_.resize(blocks * kBlock * width_);
  squares_.resize(blocks * kBlock);
  distances_.resize(blocks * kBlock);
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const Values& values = look(i).values;
    for (std::size_t n = 0; n < width_; ++n)
      numbers_[(i / kBlock * width_ + n) * kBlock + i % kBlock] = values[n];
    squares_[i] =
        static_cast<float>(std::inner_product(values.begin(), values.end(), values.begin(), 0));
  }
}

const std::vector<float>& LookTable::squared_to(const Values& values) {
  asked_.assign(values.begin(), values.end());
  const auto squares =
      static_cast<float>(std::inner_product(values.begin(), values.end(), values.begin(), 0));
  const auto run = HWY_DYNAMIC_DISPATCH(squared_to_block);
  for (std::size_t first = 0; first < frames_.size(); first += kBlock) {
    run(asked_.data(), width_, squares, &numbers_[first * width_], &squares_[first],
        &distances_[first]);
  }
  return distances_;
}

}  // namespace reseau::detail
#endif
