/// Products of small matrices, with every sum taken in order: the same bits on every machine.
#pragma once

#include <cstddef>

namespace reseau::detail {

/// `out = a b`, rows one behind the other; each value is the sum over `inner`, from the first to
/// the last, of products that were rounded.
/// Requires: `rows` a multiple of 4, `columns` of 16.
void ordered_product(const float* a, const float* b, std::size_t rows, std::size_t inner,
                     std::size_t columns, float* out);

}  // namespace reseau::detail
