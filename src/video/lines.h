/// Lines through the times of two videos: entry = offset + speed x query.
#pragma once

#include <vector>

#include "video/track.h"

namespace reseau::detail {

struct Line {
  double speed = 1;
  double offset = 0;
  double score = 0;
};

inline constexpr double kSlowest = 0.5;
inline constexpr double kFastest = 2;
/// Seconds by which a pair may miss its line: frames of two videos are sampled out of step.
inline constexpr double kTolerance = 0.4;

/// By how many seconds of the entry a pair misses a line; 0 where what the two frames stand for
/// meets on it.
[[nodiscard]] double miss(const Line& line, const TrackFrame& query, const TrackFrame& entry);

/// The lines that most of the pairs' weight lies on, heaviest first.
///
/// This is the Hough transform: Duda and Hart, "Use of the Hough transformation to detect lines and
/// curves in pictures", 1972, over speed and offset.
[[nodiscard]] std::vector<Line> heaviest_lines(const std::vector<Pair>& pairs,
                                               const std::vector<TrackFrame>& query,
                                               const std::vector<TrackFrame>& entry,
                                               std::size_t most);

}  // namespace reseau::detail
