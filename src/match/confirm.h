/// What else of a known image must be seen where one of its windows was found, and what pdq says.
#pragma once

#include <vector>

#include <reseau/bank.h>
#include <reseau/hash.h>
#include <reseau/view.h>

namespace reseau::detail {

/// A window of a known image, where it should lie in the query.
struct Expected {
  Signature grid;
  Rectangle where;  ///< in the query; may reach out of it a little
  float tilt = 0;   ///< degrees clockwise
};

/// Of an image's windows (its whole is one) but the one that was found, those that should be seen
/// in what was looked at of the query; at most 16, evenly out of them.
/// `view`: what was looked at, and how it lies over the known image. `query_aspect`: width by
/// height. Empty for what has no windows.
[[nodiscard]] std::vector<Expected> expected_windows(const EntryData& known, const Window& window,
                                                     const AlignedWindow& found, const View& view,
                                                     double query_aspect);

/// The distance that counts: a third of the found window's, and two thirds of the others', of which
/// the nearest three quarters are averaged. Without others, as long a one as strangers have that
/// are as rare. What alignment gave up stays as far away as can be.
[[nodiscard]] int confirmed_distance(int found, std::vector<int> others);

/// Of the distance so far and of pdq's: shorter where pdq is nearer than 70, as one stranger in
/// some 300,000 is: as far as strangers are rarer by .175 decades for each bit.
[[nodiscard]] int with_pdq(int distance, int pdq_bits, Level level);

}  // namespace reseau::detail
