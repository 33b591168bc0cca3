/// The boxes of which files like MP4, HEIC and AVIF are made (ISO/IEC 14496-12, section 4.2).
#pragma once

#include <cstdint>
#include <string_view>

#include <reseau/bytes.h>

namespace reseau::detail {

/// Whether a box of that type stands in the file, not within another. At most 1024 are looked at.
[[nodiscard]] bool has_box(Bytes file, std::string_view type);

/// Where the boxes that follow each other from the start of the file end: bytes from there on are
/// something else's. Of more than 1024, the first of them.
[[nodiscard]] std::uint64_t end_of_boxes(Bytes file);

}  // namespace reseau::detail
