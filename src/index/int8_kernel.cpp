// Compiled once for every instruction set that Highway knows here.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/int8_kernel.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include "index/int8_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void squared_distances(const std::int16_t* query, std::size_t queries, const std::int8_t* code,
                       std::size_t codes, std::size_t width, std::int32_t* out) {
  // A difference of two int8 fits 16 bits, and pairs of its squares fit 32.
  const hn::CappedTag<std::int16_t, kInt8Lanes> d16;
  const hn::Rebind<std::int8_t, decltype(d16)> d8;
  const hn::RepartitionToWide<decltype(d16)> d32;
  const std::size_t lanes = hn::Lanes(d16);
  for (std::size_t i = 0; i < codes; ++i, code += width) {
    for (std::size_t q = 0; q < queries; ++q) {
      const std::int16_t* const components = query + q * width;
      auto sum = hn::Zero(d32);
      auto sum_of_others = hn::Zero(d32);
      for (std::size_t c = 0; c < width; c += lanes) {
        const auto known = hn::PromoteTo(d16, hn::LoadU(d8, code + c));
        const auto apart = hn::Sub(hn::LoadU(d16, components + c), known);
        sum = hn::ReorderWidenMulAccumulate(d32, apart, apart, sum, sum_of_others);
      }
      *out++ = hn::GetLane(hn::SumOfLanes(d32, hn::Add(sum, sum_of_others)));
    }
  }
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {

HWY_EXPORT(squared_distances);

void squared_distances(const std::int16_t* query, std::size_t queries, const std::int8_t* code,
                       std::size_t codes, std::size_t width, std::int32_t* out) {
  HWY_DYNAMIC_DISPATCH(squared_distances)(query, queries, code, codes, width, out);
}

void squared_distances_plain(const std::int16_t* query, std::size_t queries,
                             const std::int8_t* code, std::size_t codes, std::size_t width,
                             std::int32_t* out) {
  for (std::size_t i = 0; i < codes; ++i) {
    for (std::size_t q = 0; q < queries; ++q) {
      std::int32_t sum = 0;
      for (std::size_t c = 0; c < width; ++c) {
        const int apart = query[q * width + c] - code[i * width + c];
        sum += apart * apart;
      }
      *out++ = sum;
    }
  }
}

}  // namespace reseau::detail
#endif
