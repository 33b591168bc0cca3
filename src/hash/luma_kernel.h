/// Luma of rows of colour, by what the processor can do. All kernels give the same whole numbers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reseau::detail {

/// What the first, second and third byte of a pixel weigh, in 2^16ths.
struct LumaWeights {
  std::uint32_t first, second, third;
};

/// `luma[i] = (first * p[0] + second * p[1] + third * p[2] + 512) / 1024` of the pixel at
/// `pixels + 3 i`. Requires: the weights add up to at most 2^16.
void luma_units_of_triples(const std::uint8_t* pixels, std::size_t count,
                           const LumaWeights& weights, std::uint16_t* luma);

/// Where in a pixel of three bytes red, green and blue stand.
struct ColourOrder {
  int red, green, blue;
};

/// `luma[i] = 0.299 red + 0.587 green + 0.114 blue` of the pixel at `pixels + 3 i`, each product
/// and each sum rounded, in this order.
void luma_floats_of_triples(const std::uint8_t* pixels, std::size_t count, const ColourOrder& order,
                            float* luma);

/// `out[i] = a[i] + share * (b[i] - a[i])`, each step rounded, in this order.
void mix(const float* a, const float* b, float share, std::size_t count, float* out);

/// `out[i]` is so mixed of `values[first[i]]` and the one behind it, by `share[i]`.
void mix_neighbours(const float* values, const std::int32_t* first, const float* share,
                    std::size_t count, float* out);

}  // namespace reseau::detail
