/// How the program ends.
#pragma once

#include <stdexcept>

namespace reseau::cli {

enum class Exit : int {
  clear = 0,       ///< everything was examined and nothing matched; or done
  match = 1,       ///< at least one match
  fatal = 2,       ///< the arguments make no sense, or nothing more could be done
  unexamined = 3,  ///< nothing matched, but something could not be (fully) examined
};

/// Ends the program with Exit::fatal. `what()` is one sentence that names the thing and the way
/// out; it may hold raw bytes of a path.
class Fatal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The reader of standard output has gone. No error of ours, and nothing to say about it.
class BrokenPipe : public std::runtime_error {
 public:
  BrokenPipe() : std::runtime_error("the reader of standard output has gone") {}
};

}  // namespace reseau::cli
