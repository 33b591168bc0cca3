/// Where one video lies inside another: from-to in both, in order of time.
///
/// docs/video.md, "Alignment", says how, and what was measured.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <reseau/video.h>
#include <reseau/view.h>

namespace reseau {

/// A part of a query that shows a part of what is known. Times in seconds, of each one's own.
struct Stretch {
  double query_from = 0;
  double query_to = 0;
  double entry_from = 0;
  double entry_to = 0;
  /// Seconds of the entry in a second of the query: 2 if the query runs twice as fast.
  double speed = 1;
  View view;               ///< how the query's frames lie over the entry's
  std::size_t frames = 0;  ///< of the query that agree; 1 is a single look, and weaker evidence
  int distance = 0;        ///< of the two frames that agree best, by grid (by pdq without grid)
  /// How many stretches this good are expected between the query and as many unrelated frames as
  /// were searched: how often the matcher errs, not the chance that this one is wrong.
  double expected_false = 0;
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

/// What find_stretches() must be told of distances between frames.
struct StretchRules {
  /// The share of pairs of unrelated frames that are at most so far apart in any view. By grid and
  /// by pdq; a frame is compared by grid where both have it, otherwise by pdq.
  std::function<double(Algorithm, int)> rate;
  double known_frames = 1;        ///< among how many the entry's frames were searched
  double most_expected = 0.0005;  ///< what is expected more often by chance is not reported
  int min_quality = 20;           ///< of a frame's grid; what is under it never agrees
  int min_pdq_quality = 50;
  int min_inside_quality = 50;
};

/// All stretches of `query` in `entry`, least expected by chance first. No two share query time.
///
/// `views`: which of kViews are looked for, by their place there.
/// Order matters: a stretch's frames lie on a line through both times, at a speed from 0.5 to 2,
/// and what changes from frame to frame changes alike in both. So neither the same frames in
/// another order nor another scene before the same background is one. Where nothing but single
/// looks agrees (a still, a slide), the best is given with `frames` 1; or, if nothing moves on
/// either side for five seconds and more, for as long as that lasts, on the evidence of one look.
///
/// Cost:    frames x frames x views x some 10 ns; memory for some matches of each query frame.
/// Threads: any number.
[[nodiscard]] RESEAU_API std::vector<Stretch> find_stretches(const VideoSignature& query,
                                                             const VideoSignature& entry,
                                                             std::span<const std::size_t> views,
                                                             const StretchRules& rules);

}  // namespace reseau
