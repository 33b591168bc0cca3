// Compiled once for every instruction set that Highway knows here.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "hash/luma_kernel.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include "hash/luma_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void luma_units_of_triples(const std::uint8_t* pixels, std::size_t count,
                           const LumaWeights& weights, std::uint16_t* luma) {
  const hn::ScalableTag<std::int32_t> d32;
  const hn::Rebind<std::uint8_t, decltype(d32)> d8;
  const hn::Rebind<std::uint16_t, decltype(d32)> d16;
  const std::size_t lanes = hn::Lanes(d32);
  const auto weight = [d32](std::uint32_t w) { return hn::Set(d32, static_cast<std::int32_t>(w)); };
  const auto first = weight(weights.first);
  const auto second = weight(weights.second);
  const auto third = weight(weights.third);
  const auto half = hn::Set(d32, 512);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes, pixels += 3 * lanes) {
    hn::Vec<decltype(d8)> a, b, c;
    hn::LoadInterleaved3(d8, pixels, a, b, c);
    const auto ab =
        hn::Add(hn::Mul(hn::PromoteTo(d32, a), first), hn::Mul(hn::PromoteTo(d32, b), second));
    const auto sum = hn::Add(ab, hn::Add(hn::Mul(hn::PromoteTo(d32, c), third), half));
    hn::StoreU(hn::DemoteTo(d16, hn::ShiftRight<10>(sum)), d16, luma + i);
  }
  for (; i < count; ++i, pixels += 3) {
    luma[i] = static_cast<std::uint16_t>((weights.first * pixels[0] + weights.second * pixels[1] +
                                          weights.third * pixels[2] + 512) >>
                                         10);
  }
}

void luma_floats_of_triples(const std::uint8_t* pixels, std::size_t count, const ColourOrder& order,
                            float* luma) {
  const hn::ScalableTag<float> d;
  const hn::Rebind<std::int32_t, decltype(d)> d32;
  const hn::Rebind<std::uint8_t, decltype(d)> d8;
  const std::size_t lanes = hn::Lanes(d);
  const bool blue_first = order.blue < order.red;
  const auto part = [&](hn::Vec<decltype(d8)> level, float weight) {
    return hn::Mul(hn::ConvertTo(d, hn::PromoteTo(d32, level)), hn::Set(d, weight));
  };
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes, pixels += 3 * lanes) {
    hn::Vec<decltype(d8)> a, b, c;
    hn::LoadInterleaved3(d8, pixels, a, b, c);
    const auto red = part(blue_first ? c : a, 0.299F);
    const auto blue = part(blue_first ? a : c, 0.114F);
    hn::StoreU(hn::Add(hn::Add(red, part(b, 0.587F)), blue), d, luma + i);
  }
  const auto level = [&](int place) { return static_cast<float>(pixels[place]); };
  for (; i < count; ++i, pixels += 3) {
    luma[i] = 0.299F * level(order.red) + 0.587F * level(order.green) + 0.114F * level(order.blue);
  }
}

void mix(const float* a, const float* b, float share, std::size_t count, float* out) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto from = hn::LoadU(d, a + i);
    const auto way = hn::Sub(hn::LoadU(d, b + i), from);
    hn::StoreU(hn::Add(from, hn::Mul(hn::Set(d, share), way)), d, out + i);
  }
  for (; i < count; ++i) out[i] = a[i] + share * (b[i] - a[i]);
}

void mix_neighbours(const float* values, const std::int32_t* first, const float* share,
                    std::size_t count, float* out) {
  const hn::ScalableTag<float> d;
  const hn::RebindToSigned<decltype(d)> d32;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto at = hn::LoadU(d32, first + i);
    const auto from = hn::GatherIndex(d, values, at);
    const auto way = hn::Sub(hn::GatherIndex(d, values + 1, at), from);
    hn::StoreU(hn::Add(from, hn::Mul(hn::LoadU(d, share + i), way)), d, out + i);
  }
  for (; i < count; ++i) {
    const float* pair = values + first[i];
    out[i] = pair[0] + share[i] * (pair[1] - pair[0]);
  }
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {

HWY_EXPORT(luma_units_of_triples);
HWY_EXPORT(luma_floats_of_triples);
HWY_EXPORT(mix);
HWY_EXPORT(mix_neighbours);

void luma_units_of_triples(const std::uint8_t* pixels, std::size_t count,
                           const LumaWeights& weights, std::uint16_t* luma) {
  HWY_DYNAMIC_DISPATCH(luma_units_of_triples)(pixels, count, weights, luma);
}

void luma_floats_of_triples(const std::uint8_t* pixels, std::size_t count, const ColourOrder& order,
                            float* luma) {
  HWY_DYNAMIC_DISPATCH(luma_floats_of_triples)(pixels, count, order, luma);
}

void mix(const float* a, const float* b, float share, std::size_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(mix)(a, b, share, count, out);
}

void mix_neighbours(const float* values, const std::int32_t* first, const float* share,
                    std::size_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(mix_neighbours)(values, first, share, count, out);
}

}  // namespace reseau::detail
#endif
