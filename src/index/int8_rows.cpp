#include "index/int8_rows.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace reseau::detail {

Int8Rows::Format::Format(std::vector<std::uint16_t> order, std::vector<Swap> swaps)
    : order_(std::move(order)), swaps_(std::move(swaps)) {}

void Int8Rows::Format::arrange(const std::uint8_t* row, std::uint8_t* arranged) const {
  std::memset(arranged, 0, quads() * kQuad);
  for (std::size_t i = 0; i < order_.size(); ++i) arranged[i] = row[order_[i]];
}

void Int8Rows::Format::canonical(const std::uint8_t* row, std::int8_t* canonical) const {
  std::memset(canonical, 0, quads() * kQuad);
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const int magnitude = std::abs(static_cast<std::int8_t>(row[i]));
    canonical[i] = static_cast<std::int8_t>(std::min(magnitude, 127));
  }
  for (const auto& [a, b] : swaps_) {
    if (canonical[b] < canonical[a]) std::swap(canonical[a], canonical[b]);
  }
}

Int8Rows::Int8Rows(const Format& format, std::size_t count)
    : format_(&format),
      head_((count + kGroup - 1) / kGroup * format.head() * kQuadBytes),
      rest_((count + kGroup - 1) / kGroup * format.rest() * kQuadBytes) {}

// Calls `visit(in_rest, place, dimension)` for each value of code i: where it stands in the head or
// the rest.
template <typename Visit>
void Int8Rows::each_value(const Format& format, std::size_t i, const Visit& visit) {
  const std::span<const std::uint16_t> order = format.order();
  const std::size_t first = std::min(order.size(), format.head() * kQuad);
  const auto each = [&](bool in_rest, std::size_t quads, std::size_t from, std::size_t to) {
    std::size_t quad = i / kGroup * quads * kQuadBytes + i % kGroup * kQuad;
    for (std::size_t d = from; d < to; quad += kQuadBytes) {
      for (std::size_t k = 0; k < kQuad && d < to; ++k, ++d) visit(in_rest, quad + k, order[d]);
    }
  };
  each(false, format.head(), 0, first);
  each(true, format.rest(), first, order.size());
}

void Int8Rows::set(std::size_t i, const std::uint8_t* row) {
  each_value(*format_, i, [&](bool in_rest, std::size_t place, std::size_t dimension) {
    (in_rest ? rest_ : head_).data()[place] = row[dimension];
  });
}

void Int8Rows::get(std::size_t i, std::uint8_t* row) const {
  each_value(*format_, i, [&](bool in_rest, std::size_t place, std::size_t dimension) {
    row[dimension] = (in_rest ? rest_ : head_).data()[place];
  });
}

}  // namespace reseau::detail
