/// Vectors of small whole numbers, laid out so that a search reads little of them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "index/storage.h"

namespace reseau::detail {

/// Sixteen codes make a group, four dimensions of all of them a quad of 64 bytes: the four values
/// of the first code, then of the second. Quads that a search begins with lie together, apart from
/// those that it seldom reads.
inline constexpr std::size_t kGroup = 16;
inline constexpr std::size_t kQuad = 4;
inline constexpr std::size_t kQuadBytes = kGroup * kQuad;

class Int8Rows {
 public:
  class Format {
   public:
    /// Two dimensions.
    using Swap = std::pair<std::uint16_t, std::uint16_t>;

    /// `order`: dimensions, the most telling first, each once. Requires: 1 to 2^14 of them.
    /// `swaps`: those whose values change places between views of one picture, each at most once.
    explicit Format(std::vector<std::uint16_t> order, std::vector<Swap> swaps = {});

    [[nodiscard]] std::size_t width() const { return order_.size(); }
    [[nodiscard]] std::size_t quads() const { return (order_.size() + kQuad - 1) / kQuad; }
    /// Quads that are looked at first.
    [[nodiscard]] std::size_t head() const { return quads() < kHead ? quads() : kHead; }
    [[nodiscard]] std::size_t rest() const { return quads() - head(); }
    /// The dimensions, in the order of the quads.
    [[nodiscard]] std::span<const std::uint16_t> order() const { return order_; }
    /// `row` in the order of the quads; what is beyond its last dimension is zero.
    void arrange(const std::uint8_t* row, std::uint8_t* arranged) const;

    /// What all views of `row` have in common, quads() quads: magnitudes up to 127, of two that are
    /// swapped the lesser first. That of two rows is never further apart than any views of them.
    void canonical(const std::uint8_t* row, std::int8_t* canonical) const;

   private:
    static constexpr std::size_t kHead = 8;
    std::vector<std::uint16_t> order_;
    std::vector<Swap> swaps_;
  };

  Int8Rows(const Format& format, std::size_t count);
  void set(std::size_t i, const std::uint8_t* row);
  void get(std::size_t i, std::uint8_t* row) const;
  [[nodiscard]] Int8Rows copy() const { return {*format_, head_.copy(), rest_.copy()}; }

  [[nodiscard]] std::size_t bytes() const { return head_.size() + rest_.size(); }
  [[nodiscard]] std::array<std::span<const std::uint8_t>, 2> parts() const {
    return {head_.as<std::uint8_t>(), rest_.as<std::uint8_t>()};
  }
  [[nodiscard]] std::array<std::span<std::uint8_t>, 2> parts() {
    return {head_.as<std::uint8_t>(), rest_.as<std::uint8_t>()};
  }
  [[nodiscard]] const std::uint8_t* head(std::size_t group) const {
    return head_.data() + group * format_->head() * kQuadBytes;
  }
  [[nodiscard]] const std::uint8_t* rest(std::size_t group) const {
    return rest_.data() + group * format_->rest() * kQuadBytes;
  }

 private:
  Int8Rows(const Format& format, Storage head, Storage rest)
      : format_(&format), head_(std::move(head)), rest_(std::move(rest)) {}

  template <typename Visit>
  static void each_value(const Format& format, std::size_t i, const Visit& visit);

  const Format* format_;
  Storage head_, rest_;
};

}  // namespace reseau::detail
