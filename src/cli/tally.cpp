#include "cli/tally.h"

#include <cstdio>
#include <utility>

namespace reseau::cli {

std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string counted(std::size_t number, std::string_view thing) {
  return grouped(number) + ' ' + std::string(thing) + (number == 1 ? "" : "s");
}

void Tally::count(const Examined& examined, bool matched) {
  const bool is_first = examined.part == PicturePart{};
  ++(is_first ? files_ : further_);
  ++outcomes_.at(static_cast<std::size_t>(examined.outcome));
  if (is_first) file_matched_ = false;
  if (matched && !std::exchange(file_matched_, true)) ++matched_;
  if (!examined.fully_examined()) ++unexamined_;
}

Exit Tally::exit() const {
  if (matched_ > 0) return Exit::match;
  return unexamined_ > 0 ? Exit::unexamined : Exit::clear;
}

std::string Tally::sentence() const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%.1f s", passed.count());
  std::string text = counted(files_, "file");
  if (further_ > 0) text += " with " + counted(further_, "further picture");
  text += std::string(" in ") + seconds.data();
  std::string separator = ": ";
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    if (outcomes_[i] == 0) continue;
    text += separator + grouped(outcomes_[i]) + ' ' + std::string(name(static_cast<Code>(i)));
    separator = ", ";
  }
  return text + "; " + grouped(unexamined_) + " not (fully) examined";
}

}  // namespace reseau::cli
