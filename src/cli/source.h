/// Bytes from a file descriptor, one at a time, in bounded memory, that stops when the program is
/// interrupted.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace reseau::cli {

class Source {
 public:
  /// `idle` is called whenever nothing has come for half a second.
  explicit Source(int fd, std::string name, std::function<void()> idle = {});
  /// Opens a file, or standard input for "-". Throws: Fatal.
  static Source open(const std::string& path, std::function<void()> idle = {});
  Source(Source&& other) noexcept;
  Source& operator=(Source&&) = delete;
  ~Source();

  /// -1 at the end, and after an interruption. Throws: Fatal if the bytes cannot be read.
  [[nodiscard]] int get() { return next_ < filled_ || fill() ? buffer_[next_++] : -1; }
  /// The byte that get() will give.
  [[nodiscard]] int peek() { return next_ < filled_ || fill() ? buffer_[next_] : -1; }

  /// Whether an item that is not empty has come already, with what ends it.
  [[nodiscard]] bool holds_item(char separator) const;

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  bool fill();
  bool wait();

  int fd_ = -1;
  std::string name_;
  std::function<void()> idle_;
  std::array<unsigned char, 64UL << 10> buffer_{};
  std::size_t next_ = 0;
  std::size_t filled_ = 0;
};

/// Everything up to a separator, which is not part of it. None at the end.
/// Throws: Fatal if it is longer than any path can be.
[[nodiscard]] std::optional<std::string> read_until(Source& source, char separator);

}  // namespace reseau::cli
