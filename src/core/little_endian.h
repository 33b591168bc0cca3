/// Whole numbers, least byte first, and bytes, one after another: what signatures of videos and
/// rows of banks are written in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <reseau/bytes.h>

namespace reseau::detail {

/// The `width` low bytes of `value`.
inline void put(std::vector<std::uint8_t>& to, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

inline void put(std::vector<std::uint8_t>& to, Bytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

/// Throws `Malformed`, default constructed, where not so many bytes are left.
template <typename Malformed>
class LittleEndianReader {
 public:
  explicit LittleEndianReader(Bytes bytes) : rest_(bytes) {}

  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  Bytes raw(std::size_t size) {
    if (size > rest_.size()) throw Malformed{};
    const Bytes taken(rest_.data(), size);
    rest_ = Bytes(rest_.data() + size, rest_.size() - size);
    return taken;
  }
  /// Requires: width <= 8.
  std::uint64_t integer(std::size_t width) {
    const Bytes bytes = raw(width);
    std::uint64_t value = 0;
    for (std::size_t i = width; i > 0; --i) value = value << 8 | bytes[i - 1];
    return value;
  }

 private:
  Bytes rest_;
};

}  // namespace reseau::detail
