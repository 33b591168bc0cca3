#include "input.h"

#include <pybind11/numpy.h>

#include <new>
#include <utility>

namespace py = pybind11;

namespace reseau::python {
namespace {

Bytes contents(const py::bytes& bytes) {
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_AsStringAndSize(bytes.ptr(), &data, &size) != 0) throw py::error_already_set();
  return {static_cast<const void*>(data), static_cast<std::size_t>(size)};
}

ImageView pixels_of(const py::array_t<std::uint8_t>& array) {
  const bool colour = array.ndim() == 3;
  return {array.data(), static_cast<int>(array.shape(1)), static_cast<int>(array.shape(0)),
          array.strides(0), colour ? PixelLayout::rgb8 : PixelLayout::gray8};
}

std::vector<Examined> refused(Code code, std::string message) {
  std::vector<Examined> examined(1);
  examined.front().outcome = code;
  examined.front().message = std::move(message);
  return examined;
}

Code code_named(const std::string& wanted) {
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    if (name(static_cast<Code>(i)) == wanted) return static_cast<Code>(i);
  }
  return Code::internal;
}

struct Look {
  const ExamineOptions& options;

  std::vector<Examined> operator()(const std::string& path) const {
    return examine_file_all(path, options);
  }
  std::vector<Examined> operator()(Bytes bytes) const { return examine_all(bytes, options); }
  std::vector<Examined> operator()(const ImageView& pixels) const {
    return {reseau::examine(pixels, options.level)};
  }
  std::vector<Examined> operator()(const std::shared_ptr<const NamedSignature>& seen) const {
    std::vector<Examined> all = {seen->examined};
    for (const auto& other : seen->more) all.push_back(other->examined);
    return all;
  }
  std::vector<Examined> operator()(const Error& error) const {
    return refused(error.code, error.message);
  }
};

}  // namespace

Input input_of(const py::handle& resolved) {
  const auto [name, kind, source] =
      resolved.cast<std::tuple<std::string, std::string, py::object>>();
  Input input{name, std::string(), source};
  if (kind == "path") {
    input.source = source.cast<std::string>();
  } else if (kind == "bytes") {
    input.source = contents(source);
  } else if (kind == "pixels") {
    input.source = pixels_of(source);
  } else if (kind == "signature") {
    input.source =
        std::shared_ptr<const NamedSignature>(source.cast<std::shared_ptr<NamedSignature>>());
  } else {
    const auto [code, message] = source.cast<std::tuple<std::string, std::string>>();
    input.source = Error{code_named(code), message};
  }
  return input;
}

bool needs_decoder(const Input& input) {
  return std::holds_alternative<std::string>(input.source) ||
         std::holds_alternative<Bytes>(input.source);
}

std::vector<Examined> examine(const Input& input, const ExamineOptions& options) try {
  return std::visit(Look{options}, input.source);
} catch (const std::bad_alloc&) {
  return refused(Code::limit_memory, "memory ran out; lower threads or max_pixels");
} catch (const std::exception& error) {
  return refused(Code::internal, error.what());
}

Limits limits_of(const py::dict& fields) {
  Limits limits;
  const auto take = [&fields](const char* name, auto& field) {
    if (fields.contains(name)) field = fields[name].cast<std::decay_t<decltype(field)>>();
  };
  take("max_bytes", limits.max_bytes);
  take("max_pixels", limits.max_pixels);
  take("max_side", limits.max_side);
  take("max_ratio", limits.max_ratio);
  take("max_frames", limits.max_frames);
  return limits;
}

}  // namespace reseau::python
