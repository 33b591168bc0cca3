#include "errors.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace py = pybind11;

namespace reseau::python {

py::str system_text(const std::string& bytes) {
  PyObject* text =
      PyUnicode_DecodeFSDefaultAndSize(bytes.data(), static_cast<Py_ssize_t>(bytes.size()));
  if (text == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(text);
}

void raise(const Error& error) { raise(error, {}, About::other); }

void raise(const Error& error, const std::string& name, About about) {
  constexpr std::array kAbout = {"input", "bank", "other"};
  const std::string_view code = reseau::name(error.code);
  const py::object made =
      py::module_::import("reseau._errors")
          .attr("error_for")(py::str(code.data(), code.size()), system_text(error.message),
                             system_text(name), kAbout.at(static_cast<std::size_t>(about)));
  PyErr_SetObject(py::type::handle_of(made).ptr(), made.ptr());
  throw py::error_already_set();
}

void warn(const std::string& message) {
  py::module_::import("reseau._errors").attr("warn")(system_text(message));
}

}  // namespace reseau::python
