/// Memory for signatures: aligned, zeroed, and overwritten before it is given back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace reseau::detail {

/// Large ones ask the system for huge pages, which random reads need. Copied only where it is said.
class Storage {
 public:
  static constexpr std::size_t kAlignment = 64;

  Storage() = default;
  /// All zero. Throws std::bad_alloc.
  explicit Storage(std::size_t bytes);
  Storage(Storage&& other) noexcept;
  Storage& operator=(Storage&& other) noexcept;
  ~Storage();
  /// Throws std::bad_alloc.
  [[nodiscard]] Storage copy() const;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::uint8_t* data() { return data_; }
  [[nodiscard]] const std::uint8_t* data() const { return data_; }
  template <typename T>
  [[nodiscard]] std::span<T> as() {
    return {reinterpret_cast<T*>(data_), size_ / sizeof(T)};
  }
  template <typename T>
  [[nodiscard]] std::span<const T> as() const {
    return {reinterpret_cast<const T*>(data_), size_ / sizeof(T)};
  }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace reseau::detail
