#include "image/boxes.h"

#include <algorithm>

#include "image/common.h"

namespace reseau::detail {

std::uint64_t box_size(Bytes file, std::uint64_t at) {
  const std::uint64_t left = file.size() - at;
  if (left < 8) return 0;
  const auto printable = [](std::uint8_t c) { return (c >= ' ' && c <= '~') || c == 0xA9; };
  const auto type = file.begin() + static_cast<std::ptrdiff_t>(at) + 4;
  if (!std::all_of(type, type + 4, printable)) return 0;
  std::uint64_t size = load_big(file, at, 4);
  if (size == 0) return left;  // it goes to the end
  if (size == 1) size = load_big(file, at + 8, 8);
  return size >= 8 && size <= left ? size : 0;
}

bool has_box(Bytes file, std::string_view type) {
  constexpr int kMost = 1024;
  std::uint64_t at = 0;
  for (int i = 0; i < kMost; ++i) {
    if (has(file, at + 4, type)) return true;  // whole or not
    const std::uint64_t size = box_size(file, at);
    if (size == 0) return false;
    at += size;
  }
  return false;
}

}  // namespace reseau::detail
