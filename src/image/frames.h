/// Where in a video's file its frames lie, told from what only stands beside them.
#pragma once

#include <cstdint>
#include <vector>

#include <reseau/image.h>

namespace reseau::detail {

/// From `begin` to before `end`.
struct Span {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// What of a video's file holds frames and sound, in ascending order: MP4's `mdat`, Matroska's
/// clusters, AVI's `movi`. All of it where the container is another or does not tell.
/// Cost: a step for each box, element or chunk of the file's first two levels.
[[nodiscard]] std::vector<Span> spans_of_frames(Bytes file, const Format& format);

}  // namespace reseau::detail
