#include "image/embedded.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "image/common.h"

namespace reseau::detail {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMost = 16;

bool has(Bytes file, std::size_t at, std::string_view bytes) {
  return at + bytes.size() <= file.size() &&
         std::equal(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

// A byte that every beginning of a format has, and where.
struct Mark {
  std::uint8_t byte;
  std::size_t offset;
};
constexpr std::array<Mark, 4> kMarks = {{{0xD8, 1}, {'P', 1}, {'8', 3}, {'W', 8}}};

// Within compressed pixels, three bytes alike to a beginning come by chance once in 16 megabytes,
// so a JPEG's next marker is looked at too.
bool begins(Bytes file, std::size_t at) {
  if (has(file, at, "\xFF\xD8\xFF"sv) && at + 4 <= file.size()) {
    const unsigned next = file[at + 3];
    return next == 0xDB || next == 0xC0 || next == 0xC2 || next == 0xC4 ||
           (next >= 0xE0 && next <= 0xEF);
  }
  return has(file, at, "\x89PNG\r\n\x1A\n"sv) || has(file, at, "GIF87a"sv) ||
         has(file, at, "GIF89a"sv) || (has(file, at, "RIFF"sv) && has(file, at + 8, "WEBP"sv));
}

}  // namespace

std::vector<std::size_t> find_embedded(Bytes file, const Format& outer) {
  std::vector<std::size_t> places;
  if (outer.name == "TIFF" || outer.name == "ICO" || outer.name == "CUR") return places;
  for (const Mark& mark : kMarks) {
    std::size_t at = 1 + mark.offset;
    while (at < file.size()) {  // memchr(), since all files of everybody come through here
      const void* found = std::memchr(file.data() + at, mark.byte, file.size() - at);
      if (found == nullptr) break;
      at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - file.data());
      if (begins(file, at - mark.offset)) places.push_back(at - mark.offset);
      ++at;
    }
  }
  std::sort(places.begin(), places.end());
  places.resize(std::min(places.size(), kMost));
  return places;
}

}  // namespace reseau::detail
