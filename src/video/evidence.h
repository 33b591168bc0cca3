/// How strongly a run of pairs speaks for a stretch. docs/video.md, "Alignment", 4 and 5.
#pragma once

#include <array>
#include <vector>

#include "video/lines.h"

namespace reseau::detail {

inline constexpr std::array<const Look TrackFrame::*, 3> kLooks = {
    &TrackFrame::whole, &TrackFrame::inside, &TrackFrame::pdq};
inline constexpr std::size_t kBits = 256;  ///< numbers of a look by pdq

/// Pairs along a line, one a frame of the query, in order of time; at least one.
struct Run {
  Line line;
  std::vector<Pair> pairs;
  double log_chance = 0;  ///< of strangers, log10
  double likeness = 0;    ///< of what changes, -1 to 1
  bool moves = false;
  bool still = false;  ///< nothing moves, on neither side
};

/// Sets all but the line and the pairs, which are of these two.
void judge(Run& run, const std::vector<TrackFrame>& query, const std::vector<TrackFrame>& entry);

/// Whether what changes along a judged run changes alike on both sides.
[[nodiscard]] bool changes_alike(const Run& run);

}  // namespace reseau::detail
