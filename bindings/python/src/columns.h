/// One member of many structs as an array: a view that steps from struct to struct.
#pragma once

#include <pybind11/numpy.h>

#include <vector>

#include <reseau/signature.h>

namespace reseau::python {

/// (n,), read-only, without a copy. `owner` keeps `rows` alive, and nobody may change their number.
template <typename Row, typename T>
pybind11::array column(const std::vector<Row>& rows, T Row::*member,
                       const pybind11::object& owner) {
  static const Row kNone{};
  const Row& first = rows.empty() ? kNone : rows.front();
  pybind11::array view(pybind11::dtype::of<T>(), {rows.size()}, {sizeof(Row)}, &(first.*member),
                       owner);
  view.attr("setflags")(pybind11::arg("write") = false);
  return view;
}

/// (n, width) of a signature of each: int8 of grid, uint8 of pdq. Zeros where there is none.
template <typename Row>
pybind11::array column(const std::vector<Row>& rows, Signature Row::*member, Algorithm algorithm,
                       const pybind11::object& owner) {
  static const Row kNone{};
  const Row& first = rows.empty() ? kNone : rows.front();
  const pybind11::dtype type(algorithm == Algorithm::grid ? "int8" : "uint8");
  pybind11::array view(type, {rows.size(), width_of(algorithm)}, {sizeof(Row), std::size_t{1}},
                       (first.*member).bytes().data(), owner);
  view.attr("setflags")(pybind11::arg("write") = false);
  return view;
}

}  // namespace reseau::python
