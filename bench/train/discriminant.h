/// Fisher's discriminant, sector by sector: the directions in which pictures differ and their
/// edited copies do not.
#pragma once

#include <array>
#include <cstdint>
#include <ostream>
#include <vector>

#include "scatter.h"

namespace reseau::bench {

/// What kProjectionTable holds.
struct Trained {
  std::array<int, detail::kSectors.size()> columns{};
  std::array<std::int32_t, detail::kSingleSize> mean{};
  std::vector<std::int16_t> coefficients;
  std::array<std::int32_t, detail::kGridValues> squares{};
};

/// `between`: of pictures. `within`: of what an edit does to a picture.
///
/// Solves T u = l W u with u'Wu = 1 in every sector, W with a fiftieth of its mean variance added.
/// The directions of the largest l of all sectors fill the signature; each is weighted by
/// l^(-1/4) sqrt(max(0.02, 1 - 1/l)): between whitening the edits and leaving them as they are.
/// `squares` are the variances that this gives, in a vector of the signature's length.
/// Fisher, "The use of multiple measurements in taxonomic problems", 1936; Koestinger et al.,
/// "Large scale metric learning from equivalence constraints", 2012.
[[nodiscard]] Trained discriminant(const Scatter& between, const Scatter& within);

/// As the source file src/hash/projection_table.cpp. `trained_on` is a sentence for its head.
void write(const Trained& trained, const std::string& trained_on, std::ostream& out);

}  // namespace reseau::bench
