/// Which release this is.
#pragma once

#include <string_view>

#include <reseau/export.h>

namespace reseau {

/// "0.1.0": of the library that is linked, not of the headers.
[[nodiscard]] RESEAU_API std::string_view version();

}  // namespace reseau
