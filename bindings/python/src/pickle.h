/// What was examined as bytes, to pass it between processes of one release (multiprocessing,
/// Spark). No format to keep: the version of the library stands in front, and must be equal.
#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include <reseau/examine.h>

namespace reseau::python {

[[nodiscard]] std::string packed(const Examined& examined);
/// Without the plane, which is never packed. Fails: invalid_argument.
[[nodiscard]] Result<Examined> unpacked(Bytes bytes);

/// What __reduce__ gives: `self` is made again by the static method of its class, of `state`.
template <typename... State>
pybind11::tuple reduced(const pybind11::object& self, const char* method, const State&... state) {
  const auto make = pybind11::module_::import("operator").attr("methodcaller")(method, state...);
  return pybind11::make_tuple(make, pybind11::make_tuple(pybind11::type::of(self)));
}

}  // namespace reseau::python
