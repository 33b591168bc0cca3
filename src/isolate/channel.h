/// A pair of sockets, shared memory, and what both sides do with them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <reseau/bytes.h>
#include <reseau/result.h>

namespace reseau::detail {

/// A file descriptor, closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  void reset() noexcept;
  [[nodiscard]] int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// Connected to each other, message by message. Both are closed on exec. None if there are too many
/// open files.
[[nodiscard]] std::optional<std::pair<Descriptor, Descriptor>> socket_pair();

enum class Wait : std::uint8_t { ready, timed_out, gone };
/// Until there is a message, or the other side has closed.
[[nodiscard]] Wait wait_for(int socket, std::chrono::milliseconds most);

/// One whole message. False if the other side is gone. A signal does not interrupt it, nor does it
/// raise SIGPIPE.
[[nodiscard]] bool send_message(int socket, std::span<const std::byte> message,
                                std::span<const int> descriptors = {});
/// One message of exactly this size, waiting for it. `descriptors` are those that came with it: all
/// of them, or it is no message.
[[nodiscard]] bool receive_message(int socket, std::span<std::byte> message,
                                   std::span<Descriptor> descriptors = {});

template <typename T>
[[nodiscard]] bool send_value(int socket, const T& value, std::span<const int> descriptors = {}) {
  return send_message(socket, std::as_bytes(std::span(&value, 1)), descriptors);
}
template <typename T>
[[nodiscard]] bool receive_value(int socket, T& value, std::span<Descriptor> descriptors = {}) {
  return receive_message(socket, std::as_writable_bytes(std::span(&value, 1)), descriptors);
}

/// Memory that two processes share. It can grow and never shrink, so that neither can pull it from
/// under the other.
class SharedMemory {
 public:
  SharedMemory() = default;
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  SharedMemory(SharedMemory&&) = delete;
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  /// At least so much, zero where it is new. False if there is none to be had.
  [[nodiscard]] bool reserve(std::uint64_t capacity);
  /// Zeroes the first `size` bytes; gives their memory back where it is much.
  void wipe(std::uint64_t size) noexcept;

  [[nodiscard]] std::uint8_t* data() const noexcept { return data_; }
  [[nodiscard]] std::uint64_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] int descriptor() const noexcept { return file_.get(); }

 private:
  Descriptor file_;
  std::uint8_t* data_ = nullptr;
  std::uint64_t capacity_ = 0;
};

}  // namespace reseau::detail
