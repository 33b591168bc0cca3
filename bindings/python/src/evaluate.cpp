// reseau._evaluate: evaluation and calibration, a module of its own since it needs OpenCV.
#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <atomic>
#include <exception>
#include <utility>

#include <reseau/evaluate.h>

#include "errors.h"
#include "gil.h"
#include "input.h"
#include "signature.h"

namespace py = pybind11;

namespace reseau::python {
namespace {

Protocol protocol_named(const std::string& name) {
  if (name == "edits") return Protocol::edits;
  if (name == "copydays") return Protocol::copydays;
  if (name == "disc21") return Protocol::disc21;
  throw py::value_error("a protocol is \"edits\", \"copydays\" or \"disc21\", not \"" + name +
                        "\"");
}

/// The caller's callback, from whichever of the library's threads asks, and whether to go on.
class Watch {
 public:
  explicit Watch(py::object progress) : progress_(std::move(progress)) {}

  bool go_on(std::size_t done, std::size_t total) {
    if (stopped_ || leaving_python()) return false;
    if (progress_.is_none()) return true;
    const py::gil_scoped_acquire locked;
    try {
      progress_(done, total);
    } catch (...) {
      stop(std::current_exception());
    }
    return !stopped_;
  }

  /// With the lock. `why`: what check() is to throw, if anything.
  void stop(std::exception_ptr why) {
    if (!why_) why_ = std::move(why);
    stopped_ = true;
  }

  /// With the lock, when the work is over. Throws what it was stopped for.
  void check() const {
    if (why_) std::rethrow_exception(why_);
  }

 private:
  py::object progress_;
  std::atomic<bool> stopped_{false};
  std::exception_ptr why_;
};

EvaluateOptions options_of(const py::dict& fields, Watch& watch) {
  EvaluateOptions options;
  options.photographs = fields["photographs"].cast<std::vector<std::string>>();
  options.protocol = protocol_named(fields["protocol"].cast<std::string>());
  options.levels.clear();
  for (const auto& level : fields["levels"].cast<std::vector<std::string>>())
    options.levels.push_back(level_named(level));
  options.queries = fields["queries"].cast<std::size_t>();
  options.seed = fields["seed"].cast<std::uint64_t>();
  options.threads = fields["threads"].cast<unsigned>();
  options.same = fields["same"].cast<std::string>();
  options.groups = fields["groups"].cast<std::string>();
  options.progress = [&watch](std::size_t done, std::size_t total) {
    return watch.go_on(done, total);
  };
  return options;
}

template <typename Call>
auto watched(const py::dict& fields, const py::object& progress, const Call& call) {
  Watch watch(progress);
  const EvaluateOptions options = options_of(fields, watch);
  auto made = interruptible([&] { return call(options); }, [&watch] { watch.stop({}); });
  watch.check();
  return value_of(std::move(made));
}

}  // namespace
}  // namespace reseau::python

PYBIND11_MODULE(_evaluate, module) {
  using namespace reseau;  // NOLINT(*-using-namespace): the body of the module
  module.def(
      "leave_python", [] { python::leave_python([] {}); },
      py::call_guard<py::gil_scoped_release>());
  module.def("evaluate", [](const py::dict& fields, const py::object& progress) {
    const Evaluation made = python::watched(
        fields, progress, [](const EvaluateOptions& options) { return evaluate(options); });
    return py::make_tuple(made.json, made.html, made.text);
  });
  module.def("calibrate", [](const py::dict& fields, const py::object& progress,
                             std::size_t entries, double expected_false) {
    const Calibration made = python::watched(fields, progress, [&](const EvaluateOptions& options) {
      return calibrate({options, entries, expected_false});
    });
    return py::make_tuple(made.json, made.text);
  });
}
