#include "pdqhash.h"

#include <pybind11/embed.h>
#include <pybind11/numpy.h>

#include <memory>

namespace reseau::bench {
namespace py = pybind11;

std::function<void()> pdqhash_of(const ImageView& picture, std::string& missing) {
  static const py::scoped_interpreter kPython;  // for as long as the program runs
  try {
    const py::object compute = py::module_::import("pdqhash").attr("compute");
    const auto* pixels = static_cast<const std::uint8_t*>(picture.pixels);
    const py::array array = py::array_t<std::uint8_t>(
        {picture.height, picture.width, 3}, {static_cast<int>(picture.stride), 3, 1}, pixels);
    return [compute, array] { (void)compute(array); };
  } catch (const py::error_already_set& error) {
    missing = std::string(error.what()) + "; pip install pdqhash, and name it in PYTHONPATH";
    return {};
  }
}

}  // namespace reseau::bench
