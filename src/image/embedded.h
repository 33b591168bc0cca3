/// Files within files.
#pragma once

#include <cstddef>
#include <vector>

#include <reseau/image.h>

namespace reseau::detail {

/// Another file that seems to begin within a file.
struct Embedded {
  std::size_t offset = 0;
  Format format;
};

struct EmbeddedFiles {
  std::vector<Embedded> files;  ///< in the order of their offsets
  bool more = false;            ///< than kMostEmbedded: these are the first of them
};

/// The pictures and videos of which the beginning lies within `file`: thumbnails, what was put
/// behind its end, a phone's film of the moment. A HEIC's sequence of pictures is a video that
/// begins with the file, at 0. A beginning may be there by chance, and nothing behind it. Not told
/// of are those within such a video (of MP4's kin, or AVI), and at the places that an icon's or a
/// TIFF's directories name.
///
/// JPEG, PNG, GIF, WebP, BMP, TIFF, JPEG XL in its container, JPEG 2000; MP4's kin (HEIC, AVIF, MOV
/// and 3GP too), Matroska, WebM, AVI, ASF, FLV, Ogg. Not those that begin with too little to be
/// told: icons, bare JPEG XL, MPEG streams.
/// Cost: about half a nanosecond a byte.
[[nodiscard]] EmbeddedFiles find_embedded(Bytes file, const Format& outer);

}  // namespace reseau::detail
