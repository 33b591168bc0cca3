/// A file that a command makes.
#pragma once

#include <string>
#include <string_view>

namespace reseau::cli {

/// Made before the work that fills it, so that what is in the way is told first; and gone again
/// unless it was written whole. All of it throws Fatal.
class NewFile {
 public:
  enum class Existing { keep, overwrite };

  /// `otherwise`: what to do where a file is there that is to be kept.
  NewFile(std::string path, Existing existing, const char* otherwise);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  /// Once.
  void write(std::string_view text);

 private:
  [[noreturn]] void fail(int error) const;

  std::string path_;
  Existing existing_;
  int file_ = -1;
};

}  // namespace reseau::cli
