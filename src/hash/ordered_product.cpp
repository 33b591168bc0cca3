// Compiled once for every instruction set that Highway knows here, as pool.cpp.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "hash/ordered_product.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include "hash/ordered_product.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Four rows at a time, since each sum waits for the one before.
void ordered_product(const float* a, const float* b, std::size_t rows, std::size_t inner,
                     std::size_t columns, float* HWY_RESTRICT out) {
  const hn::CappedTag<float, 16> d;
  for (std::size_t i = 0; i < rows; i += 4, a += 4 * inner, out += 4 * columns) {
    for (std::size_t j = 0; j < columns; j += hn::Lanes(d)) {
      auto first = hn::Zero(d);
      auto second = hn::Zero(d);
      auto third = hn::Zero(d);
      auto fourth = hn::Zero(d);
      for (std::size_t k = 0; k < inner; ++k) {
        const auto values = hn::LoadU(d, b + k * columns + j);
        first = hn::Add(first, hn::Mul(hn::Set(d, a[k]), values));
        second = hn::Add(second, hn::Mul(hn::Set(d, a[inner + k]), values));
        third = hn::Add(third, hn::Mul(hn::Set(d, a[2 * inner + k]), values));
        fourth = hn::Add(fourth, hn::Mul(hn::Set(d, a[3 * inner + k]), values));
      }
      hn::StoreU(first, d, out + j);
      hn::StoreU(second, d, out + columns + j);
      hn::StoreU(third, d, out + 2 * columns + j);
      hn::StoreU(fourth, d, out + 3 * columns + j);
    }
  }
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {

HWY_EXPORT(ordered_product);

void ordered_product(const float* a, const float* b, std::size_t rows, std::size_t inner,
                     std::size_t columns, float* out) {
  HWY_DYNAMIC_DISPATCH(ordered_product)(a, b, rows, inner, columns, out);
}

}  // namespace reseau::detail
#endif
