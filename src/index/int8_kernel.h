/// The distances of many bytes to many: one of several kernels, picked by what the processor can
/// do. All give the same whole numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace reseau::detail {

/// Codes are this many components apart, or a multiple; what is not used is zero.
inline constexpr std::size_t kInt8Lanes = 32;

/// `out[i * queries + q]` is the squared Euclidean distance of code i to query q.
///
/// Requires: width is a multiple of kInt8Lanes and at most 2^14; queries hold int8 values.
void squared_distances(const std::int16_t* query, std::size_t queries, const std::int8_t* code,
                       std::size_t codes, std::size_t width, std::int32_t* out);

/// The same, by a plain loop: what tests hold the kernels against.
void squared_distances_plain(const std::int16_t* query, std::size_t queries,
                             const std::int8_t* code, std::size_t codes, std::size_t width,
                             std::int32_t* out);

}  // namespace reseau::detail
