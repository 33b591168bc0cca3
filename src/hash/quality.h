/// How much there is to recognise: what keeps pictures of nothing from matching each other.
#pragma once

#include "hash/cells.h"

namespace reseau::detail {

/// What each kind of nothing lacks. docs/signature.md has the formulas.
struct Information {
  double detail;   ///< levels; little in solid grounds, gradients, and what is out of focus
  double spread;   ///< 0 to 1; little in a horizon, an edge, a plain shape
  double variety;  ///< 0 to 1; little in noise and fine patterns, which are the same everywhere
  double novelty;  ///< 0 to 1; little in stripes, plaids, tables, which come again further on
};

/// `cells`: pool(samples). The same on every machine.
[[nodiscard]] Information information(const Samples& samples, const Cells& cells);

/// 0 to 100: the product of the four, each counted from what is nothing to what is enough.
[[nodiscard]] int quality(const Information& information);

}  // namespace reseau::detail
