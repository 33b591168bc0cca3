/// Matches as Python has them.
#pragma once

#include <pybind11/pybind11.h>

#include <reseau/match.h>

namespace reseau::python {

/// From a dict: grid, pdq, digests, align, all (bool); grid_limit, pdq_limit, aligned_limit, agree
/// (int or none); budget (milliseconds); candidates.
[[nodiscard]] MatchOptions options_of(const pybind11::dict& fields);

/// The fields of reseau.Match, in their order, a tuple a match.
[[nodiscard]] pybind11::list rows_of(const Matches& matches);

/// x, y, width, height.
[[nodiscard]] pybind11::tuple tuple_of(const Rectangle& where);

void bind_match(pybind11::module_& module);
void bind_compare(pybind11::module_& module);

}  // namespace reseau::python
