/// What the arguments ask to look at, one thing at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/source.h"
#include "cli/walk.h"

namespace reseau::cli {

/// Files as they are, folders walked, and for "-" the same for each path of a list on standard
/// input. Ends early if the program is interrupted. Not for several threads at once.
class Inputs {
 public:
  Inputs(std::vector<std::string> arguments, char separator, std::function<void()> idle = {});
  /// None at the end; or, unless it shall `wait`, where the list may have to go on first.
  /// Throws: Fatal if the list cannot be read.
  [[nodiscard]] std::optional<Input> next(bool wait = true);

 private:
  std::optional<std::string> next_path();
  [[nodiscard]] bool may_wait() const;

  std::vector<std::string> arguments_;
  std::size_t position_ = 0;
  char separator_;
  std::function<void()> idle_;
  std::optional<Source> list_;
  std::optional<Walk> walk_;
};

/// How many inputs there will be. None if a list is among them, or if asked to stop.
[[nodiscard]] std::optional<std::size_t> count_inputs(const std::vector<std::string>& arguments,
                                                      const std::stop_token& stop);

}  // namespace reseau::cli
