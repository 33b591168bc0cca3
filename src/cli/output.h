/// Standard output, checked: a result that could not be written is an error, never a silence.
#pragma once

#include <string>
#include <string_view>

namespace reseau::cli {

class Progress;

/// Not for several threads at once.
class Output {
 public:
  Output();

  /// Kept until flush(), or until there is much of it.
  /// Throws: Fatal if it cannot be written; BrokenPipe if nobody reads it any more.
  void write(std::string_view text);
  void flush();
  /// flush(), and the last chance of a file system to say that it could not store what it took.
  void close();

  /// While there is a progress line on the same terminal, it makes way for what is written.
  void share_terminal_with(Progress* progress) { progress_ = progress; }

 private:
  void write_out();
  std::string pending_;
  Progress* progress_ = nullptr;
};

/// Writes all of it. Gives 0, or errno.
[[nodiscard]] int write_all(int fd, std::string_view text);

/// One line for people on standard error, made printable.
void message(std::string_view text);

}  // namespace reseau::cli
