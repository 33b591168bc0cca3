/// Signatures of 256 bits, one after the other.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "index/storage.h"

namespace reseau::detail {

inline constexpr int kHammingBits = 256;
inline constexpr std::size_t kHammingBytes = kHammingBits / 8;

/// Bit i is bit i % 64 of word i / 64.
using HammingCode = std::array<std::uint64_t, kHammingBits / 64>;

class HammingRows {
 public:
  struct Format {
    [[nodiscard]] static std::size_t width() { return kHammingBytes; }
  };

  HammingRows(const Format&, std::size_t count) : codes_(count * kHammingBytes) {}
  void set(std::size_t i, const std::uint8_t* row) {
    std::memcpy(codes_.data() + i * kHammingBytes, row, kHammingBytes);
  }
  void get(std::size_t i, std::uint8_t* row) const {
    std::memcpy(row, codes_.data() + i * kHammingBytes, kHammingBytes);
  }
  [[nodiscard]] HammingRows copy() const { return HammingRows(codes_.copy()); }
  [[nodiscard]] std::size_t bytes() const { return codes_.size(); }
  [[nodiscard]] std::array<std::span<const std::uint8_t>, 1> parts() const {
    return {codes_.as<std::uint8_t>()};
  }
  [[nodiscard]] std::array<std::span<std::uint8_t>, 1> parts() {
    return {codes_.as<std::uint8_t>()};
  }
  [[nodiscard]] const HammingCode* codes() const {
    return reinterpret_cast<const HammingCode*>(codes_.data());
  }

 private:
  explicit HammingRows(Storage codes) : codes_(std::move(codes)) {}

  Storage codes_;
};

}  // namespace reseau::detail
