// reseau._evaluate: evaluation and calibration, a module of its own since it needs OpenCV.
#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <future>

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

  /// With the lock.
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

/// Works on a thread of its own, so that this one, which may be Python's main one, hears Ctrl-C.
template <typename Call>
auto watched(const py::dict& fields, const py::object& progress, const Call& call) {
  constexpr std::chrono::milliseconds kSignalsEvery(50);
  Watch watch(progress);
  const EvaluateOptions options = options_of(fields, watch);
  auto work = std::async(std::launch::async, [&] { return call(options); });
  while (unlocked([&] { return work.wait_for(kSignalsEvery); }) != std::future_status::ready) {
    if (PyErr_CheckSignals() == 0) continue;
    watch.stop(std::make_exception_ptr(py::error_already_set()));
    unlocked([&] {
      work.wait();
      return 0;
    });
  }
  watch.check();
  return value_of(work.get());
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
