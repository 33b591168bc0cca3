/// What was examined as bytes, to pass it between processes of one release (multiprocessing,
/// Spark). No format to keep: the version of the library stands in front, and must be equal.
#pragma once

#include <string>

#include <reseau/examine.h>

namespace reseau::python {

[[nodiscard]] std::string packed(const Examined& examined);
/// Without the plane, which is never packed. Fails: invalid_argument.
[[nodiscard]] Result<Examined> unpacked(Bytes bytes);

}  // namespace reseau::python
