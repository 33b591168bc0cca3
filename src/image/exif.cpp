// EXIF 2.32 (CIPA DC-008-2019), of which one tag is read: everything else in it is of no use here,
// and a parser of it all would be one more thing to attack.
#include "image/exif.h"

#include <algorithm>
#include <array>

#include "image/common.h"

namespace reseau::detail {
namespace {

constexpr std::array<std::uint8_t, 6> kPrefix = {'E', 'x', 'i', 'f', 0, 0};
constexpr std::uint64_t kOrientationTag = 0x0112;
constexpr std::uint64_t kShort = 3;
constexpr std::uint64_t kLong = 4;
constexpr std::size_t kEntryBytes = 12;  // tag 2, type 2, count 4, value 4

}  // namespace

int exif_orientation(Bytes exif) {
  if (exif.size() >= kPrefix.size() && std::equal(kPrefix.begin(), kPrefix.end(), exif.begin()))
    exif = Bytes(exif.subspan(kPrefix.size()));
  if (exif.size() < 8) return 1;
  const bool big = exif[0] == 'M' && exif[1] == 'M';
  if (!big && !(exif[0] == 'I' && exif[1] == 'I')) return 1;
  const auto load = [&](std::size_t offset, int width) {
    return big ? load_big(exif, offset, width) : load_little(exif, offset, width);
  };
  if (load(2, 2) != 42) return 1;
  const std::size_t directory = load(4, 4);
  const std::uint64_t entries = load(directory, 2);
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (entry + kEntryBytes > exif.size()) return 1;
    if (load(entry, 2) != kOrientationTag) continue;
    const std::uint64_t type = load(entry + 2, 2);
    if ((type != kShort && type != kLong) || load(entry + 4, 4) < 1) return 1;
    const std::uint64_t value = load(entry + 8, type == kShort ? 2 : 4);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace reseau::detail
