/// Everything under a folder, in the order of `LC_ALL=C sort`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <reseau/result.h>

namespace reseau::cli {

/// Something to look at, or the reason why it will not be.
struct Input {
  std::string path;
  std::optional<Error> refused;
};

/// Symbolic links are refused, not followed: one may lead in a circle, or out of the folder. Other
/// things that are no files (FIFOs, sockets, devices) are given, for the reader to refuse. A folder
/// that cannot be read is an input refused.
///
/// Cost: the names of one folder a level are in memory.
class Walk {
 public:
  explicit Walk(const std::string& folder);
  [[nodiscard]] std::optional<Input> next();

 private:
  struct Name {
    std::string text;
    unsigned char type;  ///< d_type of readdir(3)
  };
  struct Folder {
    std::string path;         ///< with a slash at its end
    std::vector<Name> names;  ///< what is left, last first
  };
  std::optional<Input> enter(const std::string& path, bool follow);

  std::vector<Folder> folders_;
  std::optional<Input> first_;  ///< the folder itself, if it cannot be read
};

}  // namespace reseau::cli
