#include "match.h"

#include <pybind11/stl.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "bank.h"
#include "errors.h"
#include "gil.h"
#include "signature.h"
#include "video.h"

namespace py = pybind11;

namespace reseau::python {
namespace {

py::str text(std::string_view view) { return {view.data(), view.size()}; }

py::tuple row_of(const Match& match) {
  const View& view = match.view;
  const std::string part = reseau::describe(match.part);
  return py::make_tuple(match.entry, text(name(match.kind)), text(name(match.verdict)),
                        match.distance, match.limit.value, match.aligned, match.partial,
                        part.empty() ? py::object(py::none()) : text(part), view.turn, view.mirror,
                        view.negative, tuple_of(view.trim), tuple_of(view.rectangle), view.tilt,
                        match.expected_false, describe(view), text(name(match.entry_media)),
                        rows_of(match.stretches));
}

/// A video of which no more is known than its frames.
std::shared_ptr<NamedSignature> signature_of_video(const VideoSignature& video) {
  std::vector<Examined> query(1);
  query.front().format.media = Media::video;
  query.front().video = video;
  query.front().duration = video.duration;
  return signature_of({}, std::move(query));
}

Measure measure_named(const std::string& name) {
  if (name == "grid") return Measure::grid;
  if (name == "grid_aligned") return Measure::grid_aligned;
  if (name == "pdq") return Measure::pdq;
  throw py::value_error(R"(a measure is "grid", "grid_aligned" or "pdq", not ")" + name + '"');
}

}  // namespace

MatchOptions options_of(const py::dict& fields) {
  MatchOptions options;
  const auto flag = [&fields](const char* name, bool& field) {
    if (fields.contains(name)) field = fields[name].cast<bool>();
  };
  const auto limit = [&fields](const char* name, std::optional<MaxDistance>& field) {
    if (fields.contains(name) && !fields[name].is_none())
      field = MaxDistance{fields[name].cast<int>()};
  };
  flag("grid", options.grid.ask);
  flag("pdq", options.pdq.ask);
  flag("digests", options.digests);
  flag("align", options.alignment.on);
  flag("all", options.all);
  limit("grid_limit", options.grid.limit);
  limit("pdq_limit", options.pdq.limit);
  limit("aligned_limit", options.alignment.limit);
  limit("agree", options.agree);
  if (fields.contains("budget"))
    options.alignment.budget = std::chrono::milliseconds(fields["budget"].cast<int>());
  if (fields.contains("candidates"))
    options.alignment.most = fields["candidates"].cast<std::size_t>();
  if (fields.contains("threads")) options.threads = fields["threads"].cast<int>();
  return options;
}

py::list rows_of(const Matches& matches) {
  py::list rows;
  for (const Match& match : matches) rows.append(row_of(match));
  return rows;
}

py::tuple tuple_of(const Rectangle& where) {
  return py::make_tuple(where.x, where.y, where.width, where.height);
}

void bind_match(py::module_& module) {
  module.def("signature_of_video", &signature_of_video);
  module.def("default_limit",
             [](const std::string& measure, std::size_t entries, const std::string& level) {
               return default_limit(measure_named(measure), entries, level_named(level)).value;
             });
  module.def("false_positive_rate",
             [](const std::string& measure, int distance, const std::string& level) {
               return false_positive_rate(measure_named(measure), distance, level_named(level));
             });
}

}  // namespace reseau::python
