/// Files within files.
#pragma once

#include <cstddef>
#include <vector>

#include <reseau/image.h>

namespace reseau::detail {

/// Where in the file the beginnings of other pictures seem to be: at most 16 places. Of formats in
/// which such beginnings are the ordinary thing (TIFF, icons), none.
[[nodiscard]] std::vector<std::size_t> find_embedded(Bytes file, const Format& outer);

}  // namespace reseau::detail
