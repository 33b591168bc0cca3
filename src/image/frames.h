/// Where in a video's file its frames lie, told from what only stands beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <reseau/image.h>

namespace reseau::detail {

/// From `begin` to before `end`.
struct Span {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// What holds frames and sound of the video that a file begins with, in ascending order: MP4's
/// `mdat`, Matroska's clusters, AVI's `movi`; of the first 65,536 boxes, elements or chunks.
/// Nothing where the container is another. Cost: a step for each of these.
[[nodiscard]] std::optional<std::vector<Span>> spans_of_frames(Bytes file, const Format& format);

}  // namespace reseau::detail
