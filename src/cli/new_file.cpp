#include "cli/new_file.h"

#include <fcntl.h>
#include <reseau/result.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "cli/exit.h"
#include "cli/output.h"

namespace reseau::cli {

NewFile::NewFile(std::string path, Existing existing, const char* otherwise)
    : path_(std::move(path)), existing_(existing) {
  const int how = existing == Existing::overwrite ? O_TRUNC : O_EXCL;
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0666);
  if (file_ < 0 && errno == EEXIST) throw Fatal(path_ + " exists already; " + otherwise);
  if (file_ < 0) fail(errno);
}

NewFile::~NewFile() {
  if (file_ < 0) return;
  ::close(file_);
  if (existing_ == Existing::keep) ::unlink(path_.c_str());  // a part is nothing
}

void NewFile::write(std::string_view text) {
  if (const int error = write_all(file_, text); error != 0) fail(error);
  if (::close(std::exchange(file_, -1)) == 0) return;
  const int error = errno;
  if (existing_ == Existing::keep) ::unlink(path_.c_str());
  fail(error);
}

void NewFile::fail(int error) const {
  throw Fatal("cannot write " + path_ + ": " + system_message(error));
}

}  // namespace reseau::cli
