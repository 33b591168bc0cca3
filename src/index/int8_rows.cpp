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

void Int8Rows::Format::restore(const std::uint8_t* arranged, std::uint8_t* row) const {
  for (std::size_t i = 0; i < order_.size(); ++i) row[order_[i]] = arranged[i];
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

// Calls `visit(place, quad)` for the four bytes of each quad.
template <typename Visit>
void Int8Rows::each_quad(std::size_t i, const Visit& visit) const {
  const std::size_t in_group = i % kGroup * kQuad;
  const std::uint8_t* const head = this->head(i / kGroup) + in_group;
  const std::uint8_t* const rest = this->rest(i / kGroup) + in_group;
  for (std::size_t q = 0; q < format_->head(); ++q) visit(head + q * kQuadBytes, q);
  for (std::size_t q = 0; q < format_->rest(); ++q)
    visit(rest + q * kQuadBytes, format_->head() + q);
}

void Int8Rows::set(std::size_t i, const std::uint8_t* row) {
  thread_local std::vector<std::uint8_t> arranged;
  arranged.resize(format_->quads() * kQuad);
  format_->arrange(row, arranged.data());
  each_quad(i, [](const std::uint8_t* place, std::size_t quad) {
    std::memcpy(const_cast<std::uint8_t*>(place), &arranged[quad * kQuad], kQuad);
  });
  explicit_bzero(arranged.data(), arranged.size());
}

void Int8Rows::get(std::size_t i, std::uint8_t* row) const {
  thread_local std::vector<std::uint8_t> arranged;
  arranged.resize(format_->quads() * kQuad);
  each_quad(i, [](const std::uint8_t* place, std::size_t quad) {
    std::memcpy(&arranged[quad * kQuad], place, kQuad);
  });
  format_->restore(arranged.data(), row);
  explicit_bzero(arranged.data(), arranged.size());
}

}  // namespace reseau::detail
