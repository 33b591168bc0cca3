/// Files that are gone, and files that are there, on the disk too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace reseau::detail {

/// In bytes; none if there is no such file.
[[nodiscard]] std::optional<std::uint64_t> size_of_file(const std::string& path);

/// Makes the name of a new or renamed file last: it is on the disk only when its folder is. 0, or
/// the system's error. File systems that cannot sync a folder count as done.
[[nodiscard]] int sync_folder_of(const std::string& path);

/// Overwrites a file and deletes it, as far as it is there, a regular file and may be written. Its
/// first `head` bytes, by which it is known, go last: whoever is interrupted can be followed by
/// another who still sees what it was.
void overwrite_and_delete(const std::string& path, std::size_t head);

}  // namespace reseau::detail
