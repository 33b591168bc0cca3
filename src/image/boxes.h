/// The boxes of which files like MP4, HEIC and AVIF are made (ISO/IEC 14496-12, section 4.2).
#pragma once

#include <cstdint>
#include <string_view>

#include <reseau/bytes.h>

namespace reseau::detail {

/// The size with its header of the box that begins at a place; 0 if none does that could be one,
/// and is all there. Requires: at <= file.size().
[[nodiscard]] std::uint64_t box_size(Bytes file, std::uint64_t at);

/// Whether a box of that type stands in the file, not within another. At most 1024 are looked at.
[[nodiscard]] bool has_box(Bytes file, std::string_view type);

}  // namespace reseau::detail
