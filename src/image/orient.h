/// Turning a picture upright.
#pragma once

#include <reseau/image.h>

namespace reseau::detail {

/// The picture as EXIF's (and TIFF's) orientation says it should be shown. Anything but 2 to 8
/// leaves it as it is. Throws std::bad_alloc; holds two pictures for a moment.
[[nodiscard]] Image upright(Image image, int orientation);

}  // namespace reseau::detail
