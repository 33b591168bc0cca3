/// Where the directories of TIFFs and icons say that things lie: read as bytes, nothing is decoded.
#pragma once

#include <cstdint>
#include <vector>

#include <reseau/bytes.h>

namespace reseau::detail {

/// Where a TIFF says that its first directory is; 0 if there is none, or nothing in it.
[[nodiscard]] std::uint64_t tiff_directory(Bytes file);

/// The directories in a TIFF's chain, by their offsets: at most kMaxFrames.
[[nodiscard]] std::vector<std::uint64_t> tiff_pages(Bytes file);

/// Where the strips and tiles of those pages begin, and of the pictures below them; in ascending
/// order. Of more than a million, those that come first.
[[nodiscard]] std::vector<std::uint64_t> tiff_strips(Bytes file);

/// An icon's or a cursor's pictures, in the order of its directory. Those that would lie beyond the
/// end are left out; of one that is cut short, what is there.
[[nodiscard]] std::vector<Bytes> icon_pictures(Bytes file);

}  // namespace reseau::detail
