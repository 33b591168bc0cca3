/// Meta's PDQ, as PyPI's package `pdqhash` has it, for comparison.
#pragma once

#include <reseau/image.h>

#include <functional>
#include <string>

namespace reseau::bench {

/// Hashes a picture of rgb8. Empty, with the reason in `missing`, where Python does not find the
/// package. The pixels must outlive it. One thread.
[[nodiscard]] std::function<void()> pdqhash_of(const ImageView& picture, std::string& missing);

}  // namespace reseau::bench
