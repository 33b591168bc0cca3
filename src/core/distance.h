/// The plain metric of grid, for whoever has values and no Signature.
#pragma once

#include <reseau/bytes.h>

namespace reseau::detail {

/// Of values from -128 to 127. Requires: as many of the one as of the other; a sum below 2^31.
[[nodiscard]] int squared_l2(Bytes a, Bytes b);

}  // namespace reseau::detail
