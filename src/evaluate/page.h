/// The figures to look at, and to read.
#pragma once

#include "evaluate/figures.h"

namespace reseau::evaluation {

/// One page of HTML: no script, nothing fetched, no photograph in it.
[[nodiscard]] std::string page(const Json& figures);

/// The main figures in some thirty lines.
[[nodiscard]] std::string summary(const Json& figures);

}  // namespace reseau::evaluation
