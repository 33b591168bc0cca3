// reseau._reseau: what the package reseau is made of. Arguments are checked and documented there.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>

#include <reseau/testcard.h>
#include <reseau/version.h>

#include "bank.h"
#include "decoders.h"
#include "gil.h"
#include "index_binding.h"
#include "match.h"
#include "signature.h"
#include "stream.h"
#include "video.h"

namespace py = pybind11;

namespace {

PyObject* made_by_call(PyTypeObject* type, PyObject* /*arguments*/, PyObject* /*keywords*/) {
  return py::detail::make_new_instance(type);
}

/// `cls.__new__(cls)` would be an object with nothing in it, which methods read all the same.
/// Python refuses it for a class whose tp_new is another than that of the base that has `__new__`.
void refuse_empty_objects(const py::module_& module) {
  for (const auto& [name, bound] : py::dict(module.attr("__dict__"))) {
    if (!PyType_Check(bound.ptr())) continue;
    auto* type = static_cast<PyTypeObject*>(static_cast<void*>(bound.ptr()));
    type->tp_new = &made_by_call;
    PyType_Modified(type);
  }
}

}  // namespace

PYBIND11_MODULE(_reseau, module) {
  using namespace reseau;  // NOLINT(*-using-namespace): the body of the module
#if PYBIND11_VERSION_HEX < 0x020C0000
  // An older pybind11 reads NumPy 2's arrays wrongly, and without a word.
  if (py::module_::import("numpy").attr("__version__").cast<std::string>().front() != '1') {
    throw py::import_error(
        "this build of reseau is for NumPy 1 (pybind11 before 2.12); for NumPy 2, build it with "
        "pip install .");
  }
#endif
  py::options documented;
  documented.disable_function_signatures();
  module.attr("version") = std::string(version());
  module.def(
      "leave_python",
      [] {
        python::leave_python(&python::Stream::stop_all);
        python::let_go_of_decoders();
      },
      py::call_guard<py::gil_scoped_release>());
  module.def(
      "testcard_png",
      [] {
        const auto bytes = testcard_png();
        return py::bytes(std::string(bytes.begin(), bytes.end()));
      },
      "A harmless picture that every bank knows, as a PNG file: to prove a pipeline end to end.");
  module.def("system_message", &system_message);
  python::bind_video(module);
  python::bind_vpdq(module);
  python::bind_signature(module);
  python::bind_bank(module);
  python::bind_index(module);
  python::bind_match(module);
  python::bind_stream(module);
  python::bind_compare(module);
  refuse_empty_objects(module);
}
