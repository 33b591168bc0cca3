/// What became of the inputs, counted.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <reseau/examine.h>

#include "cli/exit.h"

namespace reseau::cli {

/// "12,345".
[[nodiscard]] std::string grouped(std::size_t number);
/// "1 file", "12,345 files".
[[nodiscard]] std::string counted(std::size_t number, std::string_view thing);

class Tally {
 public:
  /// A file's pictures one after the other, the first first.
  void count(const Examined& examined, bool matched);

  [[nodiscard]] std::size_t files() const { return files_; }
  [[nodiscard]] std::size_t matched() const { return matched_; }  ///< files
  [[nodiscard]] std::size_t unexamined() const { return unexamined_; }
  [[nodiscard]] Exit exit() const;

  /// "120 files with 2 further pictures in 3.2 s: 119 ok, 3 corrupt; 3 not (fully) examined".
  [[nodiscard]] std::string sentence() const;

 private:
  std::array<std::size_t, static_cast<std::size_t>(Code::internal) + 1> outcomes_{};
  std::size_t files_ = 0;
  std::size_t further_ = 0;  ///< pictures beside the first of their files
  std::size_t matched_ = 0;
  bool file_matched_ = false;  ///< the one that was counted last
  std::size_t unexamined_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace reseau::cli
