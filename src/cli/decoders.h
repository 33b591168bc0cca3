/// Where pictures are decoded.
#pragma once

#include <memory>

#include <reseau/isolate.h>

#include "cli/options.h"

namespace reseau::cli {

/// As many as `workers` files at once. None: in this process, of which a warning was given if it
/// was not asked for. Throws: Fatal if it cannot be as it was required.
[[nodiscard]] std::unique_ptr<DecoderPool> start_decoders(const Isolation& isolation, int workers);

}  // namespace reseau::cli
