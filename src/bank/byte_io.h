/// Whole arrays to bytes and back, as they lie in memory (little-endian machines only), for files
/// that whoever wrote them reads again.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace reseau::detail {

static_assert(std::endian::native == std::endian::little, "what is saved is little-endian");

class ByteWriter {
 public:
  template <typename T>
  void put(std::span<const T> values) {
    static_assert(std::has_unique_object_representations_v<T>, "padding would be saved");
    const std::size_t end = bytes_.size();
    bytes_.resize(end + values.size_bytes());
    if (!values.empty()) std::memcpy(&bytes_[end], values.data(), values.size_bytes());
  }
  template <typename T>
  void put(const T& value) {
    put(std::span(&value, 1));
  }
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// Values that lie anywhere in bytes, which they are part of.
template <typename T>
class Packed {
 public:
  explicit Packed(std::span<const std::uint8_t> bytes = {}) : bytes_(bytes) {}
  [[nodiscard]] T operator[](std::size_t i) const {
    T value;
    std::memcpy(&value, bytes_.data() + i * sizeof value, sizeof value);
    return value;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

/// Each call is false, and changes nothing but the place, where there are not so many bytes left.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  template <typename T>
  [[nodiscard]] bool get(std::vector<T>& values, std::uint64_t count) {
    if (count > bytes_.size() / sizeof(T)) return false;
    values.resize(count);
    return get(std::span(values));
  }
  template <typename T>
  [[nodiscard]] bool get(Packed<T>& values, std::uint64_t count) {
    static_assert(std::has_unique_object_representations_v<T>, "some bytes would be no value");
    if (count > bytes_.size() / sizeof(T)) return false;
    values = Packed<T>(bytes_.first(count * sizeof(T)));
    bytes_ = bytes_.subspan(count * sizeof(T));
    return true;
  }
  template <typename T>
  [[nodiscard]] bool get(T& value) {
    return get(std::span(&value, 1));
  }
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

 private:
  template <typename T>
  bool get(std::span<T> values) {
    static_assert(std::has_unique_object_representations_v<T>, "some bytes would be no value");
    if (values.size_bytes() > bytes_.size()) return false;
    if (!values.empty()) std::memcpy(values.data(), bytes_.data(), values.size_bytes());
    bytes_ = bytes_.subspan(values.size_bytes());
    return true;
  }

  std::span<const std::uint8_t> bytes_;
};

}  // namespace reseau::detail
