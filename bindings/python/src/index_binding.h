/// reseau.Index: arrays in, arrays out.
#pragma once

#include <pybind11/pybind11.h>

namespace reseau::python {

void bind_index(pybind11::module_& module);

}  // namespace reseau::python
