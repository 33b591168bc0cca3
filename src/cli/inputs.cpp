#include "cli/inputs.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "cli/signals.h"

namespace reseau::cli {
namespace {

bool is_folder(const std::string& path) {
  struct stat status {};
  if (path.find('\0') != std::string::npos) return false;  // the reader will refuse it
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

Inputs::Inputs(std::vector<std::string> arguments, char separator, std::function<void()> idle)
    : arguments_(std::move(arguments)), separator_(separator), idle_(std::move(idle)) {}

std::optional<std::string> Inputs::next_path() {
  for (;;) {
    if (list_) {
      std::optional<std::string> path = read_until(*list_, separator_);
      if (path && path->empty()) continue;  // an empty line names nothing
      if (path) return path;
      list_.reset();
    }
    if (position_ == arguments_.size()) return std::nullopt;
    std::string& argument = arguments_[position_++];
    if (argument != "-") return std::move(argument);
    list_.emplace(Source::open("-", idle_));
  }
}

bool Inputs::may_wait() const {
  if (list_) return !list_->holds_item(separator_);
  return position_ < arguments_.size() && arguments_[position_] == "-";
}

std::optional<Input> Inputs::next(bool wait) {
  while (interruption() == 0) {
    if (walk_) {
      if (auto found = walk_->next()) return found;
      walk_.reset();
    }
    if (!wait && may_wait()) return std::nullopt;
    std::optional<std::string> path = next_path();
    if (!path) return std::nullopt;
    if (!is_folder(*path)) return Input{std::move(*path), std::nullopt};
    walk_.emplace(*path);
  }
  return std::nullopt;
}

std::optional<std::size_t> count_inputs(const std::vector<std::string>& arguments,
                                        const std::stop_token& stop) {
  if (std::find(arguments.begin(), arguments.end(), "-") != arguments.end()) return std::nullopt;
  Inputs inputs(arguments, '\n');
  std::size_t count = 0;
  while (inputs.next()) {
    if (stop.stop_requested()) return std::nullopt;
    ++count;
  }
  return count;
}

}  // namespace reseau::cli
