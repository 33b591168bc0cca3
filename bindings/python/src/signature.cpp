#include "signature.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>

#include "errors.h"
#include "gil.h"
#include "pickle.h"
#include "video.h"

namespace py = pybind11;

namespace reseau::python {
namespace {

using Holder = std::shared_ptr<NamedSignature>;

py::str text(std::string_view view) { return {view.data(), view.size()}; }

/// A view of the signature's own memory, which it keeps alive and nobody may write to.
py::object view_of(const Signature* signature, const py::object& owner) {
  if (signature == nullptr) return py::none();
  const char* type = signature->algorithm() == Algorithm::grid ? "int8" : "uint8";
  py::array view(py::dtype(type), {signature->bytes().size()}, {1}, signature->bytes().data(),
                 owner);
  view.attr("setflags")(py::arg("write") = false);
  return view;
}

template <typename T>
py::object or_none(const std::optional<T>& value) {
  return value ? py::cast(*value) : py::none();
}

template <std::size_t N>
py::object hex_or_none(const Examined& examined, std::array<std::uint8_t, N> Digests::*which) {
  if (!examined.digests) return py::none();
  return text(to_hex(Bytes((*examined.digests).*which)));
}

py::object named(const NamedSignature& signature) {
  return signature.name.empty() ? py::object(py::none()) : system_text(signature.name);
}

/// Throws (in Python) if there is none.
const Signature& required(const NamedSignature& signature, Algorithm algorithm) {
  const Examined& examined = signature.examined;
  if (algorithm == Algorithm::grid && examined.grid) return *examined.grid;
  if (algorithm == Algorithm::pdq && examined.pdq_views) return examined.pdq_views->signatures[0];
  const Error none{Code::not_found, "it has no " + std::string(name(algorithm)) + " signature"};
  raise(none, signature.name, About::input);
}

std::string hex_of(const NamedSignature& signature, const std::string& kind) {
  return required(signature, algorithm_of(kind)).hex();
}

/// The windows of the level that was asked for, as what a bank keeps of them.
py::tuple windows_of(const NamedSignature& signature) {
  const auto& parts = signature.examined.parts;
  py::array_t<float> where({parts.size(), std::size_t{5}});
  py::array_t<std::int8_t> grid({parts.size(), width_of(Algorithm::grid)});
  auto places = where.mutable_unchecked<2>();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto row = static_cast<py::ssize_t>(i);
    const Rectangle& part = parts[i].where;
    const std::array place = {part.x, part.y, part.width, part.height, parts[i].tilt};
    for (std::size_t j = 0; j < place.size(); ++j)
      places(row, static_cast<py::ssize_t>(j)) = place[j];
    const Bytes bytes = parts[i].hashed.signature.bytes();
    std::memcpy(grid.mutable_data(row), bytes.data(), bytes.size());
  }
  return py::make_tuple(where, grid);
}

bool equal(const NamedSignature& a, const NamedSignature& b) {
  return a.name == b.name && packed(a.examined) == packed(b.examined) &&
         std::equal(a.more.begin(), a.more.end(), b.more.begin(), b.more.end(),
                    [](const auto& one, const auto& other) { return equal(*one, *other); });
}

void bind_class(py::module_& module) {
  py::class_<NamedSignature, Holder> bound(
      module, "Signature",
      "What was learnt of one picture or video. Immutable; pickles within one release; a copy is "
      "itself.");
  bound.attr("__module__") = "reseau";
  const auto field = [&bound](const char* name, auto get) {
    bound.def_property_readonly(name,
                                [get](const NamedSignature& s) -> py::object { return get(s); });
  };
  field("name", [](const auto& s) { return named(s); });
  field("outcome", [](const auto& s) { return text(name(s.examined.outcome)); });
  field("message", [](const auto& s) { return system_text(s.examined.message); });
  field("isolation", [](const auto& s) -> py::object {
    if (s.examined.isolation.empty()) return py::none();
    return text(s.examined.isolation);
  });
  field("media", [](const auto& s) -> py::object {
    if (s.examined.format.media == Media::none) return py::none();
    return text(name(s.examined.format.media));
  });
  field("part", [](const auto& s) -> py::object {
    if (s.examined.part == PicturePart{}) return py::none();
    return text(describe(s.examined.part));
  });
  field("more", [](const auto& s) { return py::tuple(py::cast(s.more)); });
  field("format", [](const auto& s) { return text(s.examined.format.name); });
  field("bytes", [](const auto& s) { return or_none(s.examined.bytes); });
  field("width", [](const auto& s) { return or_none(s.examined.width); });
  field("height", [](const auto& s) { return or_none(s.examined.height); });
  field("completeness", [](const auto& s) { return or_none(s.examined.completeness); });
  field("quality", [](const auto& s) { return or_none(s.examined.quality); });
  field("pdq_quality", [](const auto& s) { return or_none(s.examined.pdq_quality()); });
  field("sha256", [](const auto& s) { return hex_or_none(s.examined, &Digests::sha256); });
  field("sha1", [](const auto& s) { return hex_or_none(s.examined, &Digests::sha1); });
  field("md5", [](const auto& s) { return hex_or_none(s.examined, &Digests::md5); });
  field("fully_examined", [](const auto& s) { return py::bool_(s.fully_examined()); });
  field("hashed", [](const auto& s) {
    return py::bool_(s.examined.grid || s.examined.pdq_views || s.examined.video);
  });
  field("duration", [](const auto& s) { return or_none(s.examined.duration); });
  field("_windows", [](const auto& s) { return windows_of(s); });
  bound.def_property_readonly("grid", [](const py::object& self) {
    const auto& grid = self.cast<const NamedSignature&>().examined.grid;
    return view_of(grid ? &*grid : nullptr, self);
  });
  bound.def_property_readonly("pdq", [](const py::object& self) {
    const auto& views = self.cast<const NamedSignature&>().examined.pdq_views;
    return view_of(views ? views->signatures.data() : nullptr, self);
  });
  bound.def_property_readonly("video", [](const Holder& s) -> py::object {
    if (!s->examined.video) return py::none();
    return shared_video(s, *s->examined.video);
  });
  bound.def("hex", &hex_of, py::arg("kind") = "grid");
  bound.def("__bytes__", [](const NamedSignature& s) {
    const Signature& grid = required(s, Algorithm::grid);
    return py::bytes(std::string(grid.bytes().begin(), grid.bytes().end()));
  });
  bound.def("__eq__", [](const NamedSignature& a, const py::object& other) {
    return equal_or_not_implemented<NamedSignature>(
        other, [&](const NamedSignature& b) { return &a == &b || equal(a, b); });
  });
  bound.def("__hash__", [](const NamedSignature& s) {
    return std::hash<std::string>()(s.examined.grid ? s.examined.grid->hex() : s.name);
  });
  bound.def("__repr__", [](const NamedSignature& s) {
    std::string text = "<reseau.Signature " + std::string(name(s.examined.outcome));
    if (!s.name.empty()) text += " of " + py::repr(system_text(s.name)).cast<std::string>();
    return text + ">";
  });
  bound.def("__copy__", [](const Holder& s) { return s; });
  bound.def("__deepcopy__", [](const Holder& s, const py::dict& /*memo*/) { return s; });
  bound.def("__reduce__", [](const py::object& self) {
    const auto& s = self.cast<const NamedSignature&>();
    return reduced(self, "_from_state", py::bytes(s.name), py::bytes(packed(s.examined)), s.more);
  });
  bound.def_static("_from_state", [](const std::string& name, const std::string& examined,
                                     const std::vector<Holder>& more) {
    auto made = std::make_shared<NamedSignature>();
    made->name = name;
    made->examined = value_of(unpacked(Bytes(examined)));
    made->more = more;
    return made;
  });
}

/// (n, width) signatures to (n, 16, width): each as every view would show it.
Rows views(const Rows& rows, const std::string& kind) {
  const Algorithm algorithm = algorithm_of(kind);
  const std::vector<Signature> all = signatures_of(rows, algorithm);
  const std::size_t width = width_of(algorithm);
  Rows result({all.size(), kViews.size(), width});
  std::uint8_t* to = result.mutable_data();
  const Unlocked released;
  for (const Signature& each : all) {
    for (const Signature& view :
         algorithm == Algorithm::grid ? grid_views(each) : pdq_views(each)) {
      std::memcpy(to, view.bytes().data(), width);
      to += width;
    }
  }
  return result;
}

/// Distances of each row of `a` to the same row of `b`.
py::array_t<std::int32_t> distances(const Rows& a, const Rows& b, const std::string& kind) {
  const auto first = signatures_of(a, algorithm_of(kind));
  const auto second = signatures_of(b, algorithm_of(kind));
  if (first.size() != second.size())
    throw py::value_error(std::to_string(first.size()) + " rows on one side, " +
                          std::to_string(second.size()) + " on the other");
  py::array_t<std::int32_t> result(static_cast<py::ssize_t>(first.size()));
  for (std::size_t i = 0; i < first.size(); ++i)
    result.mutable_at(i) = value_of(distance(first[i], second[i]));
  return result;
}

}  // namespace

bool NamedSignature::fully_examined() const {
  return examined.fully_examined() && std::all_of(more.begin(), more.end(), [](const auto& other) {
           return other->examined.fully_examined();
         });
}

std::shared_ptr<NamedSignature> signature_of(const std::string& name,
                                             std::vector<Examined> pictures) {
  Holder first;
  for (Examined& picture : pictures) {
    picture.plane.reset();
    auto made = std::make_shared<NamedSignature>();
    made->name = name;
    made->examined = std::move(picture);
    (first ? first->more.emplace_back() : first) = std::move(made);
  }
  return first;
}

std::vector<Signature> signatures_of(const Rows& rows, Algorithm algorithm) {
  const std::size_t width = width_of(algorithm);
  if (rows.ndim() != 2 || static_cast<std::size_t>(rows.shape(1)) != width) {
    throw py::value_error("signatures of " + std::string(name(algorithm)) +
                          " are an array of shape (n, " + std::to_string(width) + ")");
  }
  std::vector<Signature> result;
  result.reserve(static_cast<std::size_t>(rows.shape(0)));
  for (py::ssize_t i = 0; i < rows.shape(0); ++i)
    result.push_back(value_of(Signature::from_bytes(algorithm, Bytes(rows.data(i, 0), width))));
  return result;
}

Algorithm algorithm_of(const std::string& name) { return value_of(algorithm_named(name)); }

Level level_named(const std::string& name) {
  const auto level = level_of(name);
  if (!level)
    throw py::value_error("level is \"base\", \"standard\" or \"extended\", not \"" + name + "\"");
  return *level;
}

IndexKind search_named(const std::string& name) {
  if (const auto kind = index_kind(name)) return *kind;
  throw py::value_error("search is 'exact' or 'ivf', not '" + name + "'");
}

void bind_signature(py::module_& module) {
  bind_class(module);
  module.def("views", &views);
  module.def("distances", &distances);
  module.def("width_of", [](const std::string& kind) { return width_of(algorithm_of(kind)); });
}

}  // namespace reseau::python
