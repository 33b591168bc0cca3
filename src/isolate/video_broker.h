/// The broker's side of decoding a video.
#pragma once

#include <chrono>
#include <functional>

#include <reseau/video.h>

#include "isolate/workers.h"

namespace reseau::detail {

/// As sample_video(), in a worker of these. `max_wall`: between two words of it.
[[nodiscard]] VideoReport sample_confined(Workers& workers, std::chrono::milliseconds max_wall,
                                          const VideoReader& reader, const VideoOptions& options,
                                          const std::function<void(const SampledFrame&)>& visit);

}  // namespace reseau::detail
