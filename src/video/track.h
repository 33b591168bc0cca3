/// A video's frames as numbers to compare, in one view.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <reseau/stretch.h>

namespace reseau::detail {

/// The bytes of a grid signature, or the bits of a pdq as +1 and -1: 96 or 256 numbers.
using Values = std::vector<std::int16_t>;

/// Squared L2 of equally many numbers. Bits of pdq count 4 each.
[[nodiscard]] int squared(const Values& a, const Values& b);

/// One way of looking at a frame: all of it, or what is inside its borders. No numbers if there is
/// none, or too little to recognise in it.
struct Look {
  Values values;
  Rectangle where;
};

struct TrackFrame {
  double time = 0;
  double until = 0;
  bool shot = false;  ///< the first of one
  Look whole;
  Look inside;
  Look pdq;
  [[nodiscard]] bool usable() const {
    return !whole.values.empty() || !inside.values.empty() || !pdq.values.empty();
  }
};

/// The frames as a view shows them, by its place in kViews; 0 as they are.
[[nodiscard]] std::vector<TrackFrame> track_of(const VideoSignature& video, std::size_t view,
                                               const StretchRules& rules);

/// A frame of the query that looks like one of the entry.
struct Pair {
  std::size_t query = 0;
  std::size_t entry = 0;
  int distance = 0;
  double weight = 0;  ///< how seldom strangers are so near: minus the logarithm (10) of the rate
  const Look* of_query = nullptr;
  const Look* of_entry = nullptr;
};

[[nodiscard]] bool stronger(const Pair& a, const Pair& b);

/// Some of the nearest of each query frame, in order of query, of those that strangers come as near
/// as seldom as counts.
[[nodiscard]] std::vector<Pair> pairs_of(const std::vector<TrackFrame>& query,
                                         const std::vector<TrackFrame>& entry,
                                         const StretchRules& rules);

}  // namespace reseau::detail
