// reseau.compare
#include <pybind11/stl.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "gil.h"
#include "match.h"
#include "signature.h"
#include "stream.h"
#include "video.h"

namespace py = pybind11;

namespace reseau::python {
namespace {

/// One of the two, with its pixels where it has any.
struct Side {
  std::variant<std::shared_ptr<NamedSignature>, Input> source;
  std::shared_ptr<DecoderPool> decoders;  ///< none: this process
  Examined examined;

  Side(const py::object& given, const std::string& isolation) {
    if (py::isinstance<NamedSignature>(given)) {
      source = given.cast<std::shared_ptr<NamedSignature>>();
      examined = std::get<0>(source)->examined;
    } else {
      source = input_of(given);
      if (needs_decoder(std::get<Input>(source))) decoders = decoders_for(isolation);
    }
  }

  void look(ExamineOptions options) {
    const Input* const input = std::get_if<Input>(&source);
    if (input == nullptr) return;
    options.decoder = decoders.get();
    examined = std::move(python::examine(*input, options).front());
  }
  [[nodiscard]] std::shared_ptr<NamedSignature> signature() {
    const Input* const input = std::get_if<Input>(&source);
    if (input == nullptr) return std::get<0>(source);
    examined.plane.reset();
    return signature_of(input->name, {std::move(examined)});
  }
};

py::object row_of(const std::optional<Match>& match) {
  if (!match) return py::none();
  const View& view = match->view;
  return py::make_tuple(match->distance, match->limit.value, match->distance <= match->limit.value,
                        view.turn, view.mirror, view.negative, tuple_of(view.trim),
                        tuple_of(view.rectangle), view.tilt, match->expected_false, describe(view));
}

/// The fields of reseau.Comparison, in their order. `how` is of `b`; `a` needs no windows.
py::tuple compare_inputs(const py::object& a, const py::object& b, const py::dict& how) {
  How told = how_of(how);
  std::atomic<bool> stop = false;
  told.options.video.progress = [&stop](double, std::optional<double>) {
    return !stop && !leaving_python();
  };
  Side first(a, told.isolation);
  Side second(b, told.isolation);
  const Comparison compared = interruptible(
      [&] {
        ExamineOptions as_query = told.options;
        as_query.level = Level::base;
        first.look(as_query);
        second.look(told.options);
        return compare(first.examined, second.examined, told.options.level);
      },
      [&stop] { stop = true; });
  return py::make_tuple(compared.same_picture, compared.same_bytes, row_of(compared.grid),
                        row_of(compared.aligned), row_of(compared.pdq), rows_of(compared.stretches),
                        first.signature(), second.signature());
}

}  // namespace

void bind_compare(py::module_& module) { module.def("compare", &compare_inputs); }

}  // namespace reseau::python
