#include <reseau/vpdq.h>

#include <pybind11/pybind11.h>

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "columns.h"
#include "decoders.h"
#include "errors.h"
#include "gil.h"
#include "input.h"
#include "signature.h"
#include "video.h"

namespace py = pybind11;

namespace reseau::python {
namespace {

/// A list, and how far the video that it was made of could be looked at.
struct NamedVpdq {
  VpdqList list;
  std::string name;
  Code outcome = Code::ok;
  std::string message;
  std::string isolation;  ///< of the decoder; empty if there was none
};

using Holder = std::shared_ptr<NamedVpdq>;

Holder named(Result<VpdqList> list) {
  auto made = std::make_shared<NamedVpdq>();
  made->list = value_of(std::move(list));
  return made;
}

Holder refused(Code code, std::string message) {
  auto made = std::make_shared<NamedVpdq>();
  made->outcome = code;
  made->message = std::move(message);
  return made;
}

struct Look {
  double seconds;
  VideoDecoder& decoder;
  const std::atomic<bool>& stop;  ///< then nothing more can be read

  Holder operator()(const std::string& path) const {
    const auto file = open_file(path);
    if (!file) return refused(file.error().code, file.error().message);
    return made_of(video_reader(file->descriptor()));
  }
  Holder operator()(Bytes bytes) const { return made_of(video_reader(bytes)); }
  Holder operator()(const ImageView& /*pixels*/) const { return no_video(); }
  Holder operator()(const std::shared_ptr<const NamedSignature>& /*seen*/) const {
    return no_video();
  }
  Holder operator()(const Error& error) const { return refused(error.code, error.message); }

 private:
  [[nodiscard]] static Holder no_video() {
    return refused(Code::invalid_argument, "pixels are no video; give a path or the bytes of one");
  }
  [[nodiscard]] Holder made_of(VideoReader reader) const;
};

Holder Look::made_of(VideoReader reader) const {
  reader.read = [this, read = std::move(reader.read)](std::span<std::uint8_t> into) {
    return stop || leaving_python() ? -1 : read(into);
  };
  HashedVpdq hashed = hash_vpdq(reader, seconds, {}, decoder);
  Holder made = refused(hashed.report.outcome, std::move(hashed.report.message));
  made->list = std::move(hashed.list);
  made->isolation = decoder.isolation();
  return made;
}

Holder hash(const py::object& resolved, double seconds, const std::string& isolation) {
  const Input input = input_of(resolved);
  const auto pool = needs_decoder(input) ? decoders_for(isolation) : nullptr;
  VideoDecoder& decoder = pool ? *pool : video_decoder_in_process();
  std::atomic<bool> stop = false;
  const Look look{seconds, decoder, stop};
  Holder made = interruptible([&] { return std::visit(look, input.source); }, [&] { stop = true; });
  made->name = input.name;
  return made;
}

py::tuple compare(const NamedVpdq& query, const NamedVpdq& known, int limit, int quality) {
  const VpdqComparison compared =
      unlocked([&] { return compare_vpdq(query.list, known.list, {limit}, quality); });
  return py::make_tuple(compared.query_percent, compared.known_percent);
}

}  // namespace

void bind_vpdq(py::module_& module) {
  module.def("hash_vpdq", &hash);
  module.def("compare_vpdq", &compare);
  py::class_<NamedVpdq, Holder> bound(
      module, "Vpdq",
      "Meta's vPDQ: a video as a list of PDQ hashes, as arrays without copies. See hash_vpdq().\n\n"
      "frames   (n,) int64, counted from 0\n"
      "times    (n,) float64, seconds\n"
      "quality  (n,) int32, 0 to 100\n"
      "pdq      (n, 32) uint8\n\n"
      "text() and json() write the two forms in use; Vpdq.from_text() and Vpdq.from_json() read "
      "them, "
      "raising ArgumentError. video() is a VideoSignature of the same frames.");
  bound.attr("__module__") = "reseau";
  bound.def_static(
      "from_text", [](const std::string& text) { return named(vpdq_from_text(text)); },
      py::arg("text"));
  bound.def_static(
      "from_json", [](const std::string& json) { return named(vpdq_from_json(json)); },
      py::arg("json"));
  bound.def("text", [](const NamedVpdq& vpdq) { return vpdq_text(vpdq.list); });
  bound.def("json", [](const NamedVpdq& vpdq) { return vpdq_json(vpdq.list); });
  bound.def("__len__", [](const NamedVpdq& vpdq) { return vpdq.list.frames.size(); });
  const auto array = [&bound](const char* name, auto member) {
    bound.def_property_readonly(name, [member](const py::object& self) {
      return column(self.cast<const NamedVpdq&>().list.frames, member, self);
    });
  };
  array("frames", &VpdqFrame::frame);
  array("times", &VpdqFrame::time);
  array("quality", &VpdqFrame::quality);
  bound.def_property_readonly("pdq", [](const py::object& self) {
    const auto& frames = self.cast<const NamedVpdq&>().list.frames;
    return column(frames, &VpdqFrame::pdq, Algorithm::pdq, self);
  });
  bound.def_property_readonly("name", [](const NamedVpdq& vpdq) -> py::object {
    return vpdq.name.empty() ? py::object(py::none()) : system_text(vpdq.name);
  });
  bound.def_property_readonly(
      "outcome", [](const NamedVpdq& vpdq) { return std::string(name(vpdq.outcome)); });
  bound.def_property_readonly("message",
                              [](const NamedVpdq& vpdq) { return system_text(vpdq.message); });
  bound.def_property_readonly("isolation", [](const NamedVpdq& vpdq) -> py::object {
    return vpdq.isolation.empty() ? py::object(py::none()) : py::str(vpdq.isolation);
  });
  bound.def("video", [](const NamedVpdq& vpdq) {
    return std::make_shared<VideoSignature>(video_signature(vpdq.list));
  });
  bound.def("__eq__", [](const NamedVpdq& a, const py::object& other) {
    return equal_or_not_implemented<NamedVpdq>(
        other, [&](const NamedVpdq& b) { return a.list == b.list; });
  });
  bound.attr("__hash__") = py::none();
}

}  // namespace reseau::python
