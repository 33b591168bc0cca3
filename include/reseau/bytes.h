/// A read-only look at bytes that somebody else holds.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <span>
#include <type_traits>

namespace reseau {

/// Made from any contiguous container of one-byte elements: `Bytes(upload)` for a std::string, a
/// std::vector<std::uint8_t>, a std::span<std::byte>. Keeps nothing: the container must outlive it.
class Bytes : public std::span<const std::uint8_t> {
 public:
  constexpr Bytes() noexcept = default;
  constexpr Bytes(const std::uint8_t* data, std::size_t size) noexcept : span(data, size) {}
  Bytes(const void* data, std::size_t size) noexcept
      : span(static_cast<const std::uint8_t*>(data), size) {}

  template <std::ranges::contiguous_range Range>
  requires(
      std::ranges::sized_range<Range> && sizeof(std::ranges::range_value_t<Range>) == 1 &&
      std::is_trivially_copyable_v<std::ranges::range_value_t<Range>> &&
      !std::same_as<std::remove_cvref_t<Range>, Bytes>) explicit Bytes(const Range& range) noexcept
      : Bytes(static_cast<const void*>(std::ranges::data(range)), std::ranges::size(range)) {}
};

}  // namespace reseau
