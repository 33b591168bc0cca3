/// The test card: one harmless picture that every bank knows, so that anyone can prove a pipeline
/// end to end without material that nobody may hold. What EICAR's file is to virus scanners.
#pragma once

#include <cstdint>
#include <vector>

#include <reseau/image.h>

namespace reseau {

/// 1024 x 768, grey, and it says what it is. Always the same pixels.
[[nodiscard]] RESEAU_API Image draw_testcard();

/// The same as the bytes of a PNG file; always the same bytes within one release.
[[nodiscard]] RESEAU_API std::vector<std::uint8_t> testcard_png();

}  // namespace reseau
