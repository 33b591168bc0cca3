#include "cli/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <reseau/result.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>

namespace reseau::cli {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Handle = std::unique_ptr<DIR, CloseFolder>;

Handle open_folder(const std::string& path, bool follow) {
  const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW);
  // The time of last access is evidence; only a folder's owner may leave it alone.
  int fd = ::open(path.c_str(), flags | O_NOATIME);
  if (fd < 0 && errno == EPERM) fd = ::open(path.c_str(), flags);
  if (fd < 0) return nullptr;
  Handle folder(::fdopendir(fd));
  if (!folder) ::close(fd);
  return folder;
}

/// Some file systems do not say in the listing what a name is.
unsigned char type_of(DIR* folder, const dirent& item) {
  struct stat status {};
  if (item.d_type != DT_UNKNOWN) return item.d_type;
  if (::fstatat(::dirfd(folder), item.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return DT_UNKNOWN;
  return static_cast<unsigned char>(IFTODT(status.st_mode));
}

}  // namespace

Walk::Walk(const std::string& folder) { first_ = enter(folder, true); }

std::optional<Input> Walk::enter(const std::string& path, bool follow) {
  const auto refused = [&path](int error) {
    return Input{path, Error{Code::io_error, "the folder cannot be read: " + system_message(error) +
                                                 "; what is in it was not examined"}};
  };
  const Handle folder = open_folder(path, follow);
  if (!folder) return refused(errno);
  std::vector<Name> names;
  errno = 0;
  while (const dirent* item = ::readdir(folder.get())) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view text = item->d_name;
    if (text != "." && text != "..") names.push_back({item->d_name, type_of(folder.get(), *item)});
    errno = 0;
  }
  const int error = errno;
  // As whole paths sort: a folder's name counts with the slash that follows it.
  const auto key = [](const Name& name) {
    return name.type == DT_DIR ? name.text + '/' : name.text;
  };
  std::sort(names.begin(), names.end(),
            [&key](const Name& a, const Name& b) { return key(a) > key(b); });
  folders_.push_back({path.ends_with('/') ? path : path + '/', std::move(names)});
  return error == 0 ? std::nullopt : std::optional(refused(error));
}

std::optional<Input> Walk::next() {
  if (first_) return std::exchange(first_, std::nullopt);
  while (!folders_.empty()) {
    Folder& folder = folders_.back();
    if (folder.names.empty()) {
      folders_.pop_back();
      continue;
    }
    const Name name = std::move(folder.names.back());
    folder.names.pop_back();
    std::string path = folder.path + name.text;
    if (name.type == DT_LNK) {
      return Input{path, Error{Code::policy_filetype,
                               "it is a symbolic link in a folder, and those are not followed; "
                               "name what it points to, to have that examined"}};
    }
    if (name.type != DT_DIR) return Input{std::move(path), std::nullopt};
    if (auto refused = enter(path, false)) return refused;
  }
  return std::nullopt;
}

}  // namespace reseau::cli
