/// The orientation in EXIF data.
#pragma once

#include <reseau/bytes.h>

namespace reseau::detail {

/// Tag 0x0112 of the first directory: 1 to 8. 1 where there is none or it makes no sense.
///
/// `exif` begins with a TIFF header, or with "Exif\0\0" and then one.
[[nodiscard]] int exif_orientation(Bytes exif);

}  // namespace reseau::detail
