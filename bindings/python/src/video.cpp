#include "video.h"

#include <pybind11/numpy.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <reseau/match.h>
#include <reseau/view.h>

#include "columns.h"
#include "errors.h"
#include "gil.h"
#include "pickle.h"

namespace py = pybind11;

namespace reseau::python {
namespace {

using Holder = std::shared_ptr<VideoSignature>;

std::string bytes_of(const VideoSignature& video) {
  const std::vector<std::uint8_t> bytes = video.bytes();
  return {bytes.begin(), bytes.end()};
}

Holder from_bytes(const py::bytes& bytes) {
  const auto text = bytes.cast<std::string_view>();
  return std::make_shared<VideoSignature>(
      value_of(VideoSignature::from_bytes(Bytes(text.data(), text.size()))));
}

/// (n,) of bool: whether a frame has the signature.
py::array_t<bool> there(const VideoSignature& video, Signature VideoFrame::*member) {
  py::array_t<bool> result(static_cast<py::ssize_t>(video.frames.size()));
  for (std::size_t i = 0; i < video.frames.size(); ++i)
    result.mutable_at(i) = !(video.frames[i].*member).bytes().empty();
  return result;
}

/// By the rules of a bank of `among` frames.
py::tuple find(const VideoSignature& query, const VideoSignature& known, std::size_t among) {
  return rows_of(unlocked([&] {
    std::array<std::size_t, kViews.size()> views{};
    std::iota(views.begin(), views.end(), std::size_t{0});
    const StretchRules rules = stretch_rules(std::max(among, known.frames.size()));
    return find_stretches(query, known, views, rules);
  }));
}

/// (rows, frames): the grid signatures (n, 96) by which a video is looked up or, if `known`, found,
/// and of which of its frames each is. Of a long query not all are asked.
py::tuple looks(const VideoSignature& video, bool known) {
  constexpr std::size_t kAllAsked = 64;
  constexpr double kAskedEvery = 1.4;  // seconds
  const bool all = known || video.frames.size() <= kAllAsked;
  std::vector<std::uint8_t> rows;
  std::vector<std::int64_t> frames;
  double next = 0;
  for (std::size_t i = 0; i < video.frames.size(); ++i) {
    const VideoFrame& frame = video.frames[i];
    const std::size_t before = frames.size();
    if (!all && !frame.shot && frame.time < next) continue;
    const auto look = [&](const Signature& grid) {
      rows.insert(rows.end(), grid.bytes().begin(), grid.bytes().end());
      frames.push_back(static_cast<std::int64_t>(i));
    };
    if (!frame.grid.bytes().empty() && frame.quality >= kMinQuality) look(frame.grid);
    if (frame.inside && frame.inside->quality >= kMinPartQuality && !(known && frame.inside->panel))
      look(frame.inside->grid);
    if (frames.size() > before) next = frame.time + kAskedEvery;
  }
  const auto count = static_cast<py::ssize_t>(frames.size());
  const auto width = static_cast<py::ssize_t>(width_of(Algorithm::grid));
  return py::make_tuple(py::array_t<std::uint8_t>({count, width}, rows.data()),
                        py::array_t<std::int64_t>(count, frames.data()));
}

}  // namespace

py::tuple rows_of(const std::vector<Stretch>& stretches) {
  py::tuple rows(stretches.size());
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    const Stretch& stretch = stretches[i];
    rows[i] = py::make_tuple(stretch.query_from, stretch.query_to, stretch.entry_from,
                             stretch.entry_to, stretch.speed, stretch.view.turn,
                             stretch.view.mirror, stretch.view.negative, stretch.frames,
                             stretch.distance, stretch.expected_false, describe(stretch.view));
  }
  return rows;
}

void bind_video(py::module_& module) {
  module.def("find_stretches", &find);
  module.def("video_is_supported", &video_is_supported,
             "Whether this build can decode videos (CMake option RESEAU_VIDEO).");
  py::class_<VideoSignature, Holder> bound(
      module, "VideoSignature",
      "What a video is reduced to: its sampled frames, in order of time, as arrays without "
      "copies.\n\n"
      "times, until  (n,) float64, seconds after the first frame: a frame stands for what looks "
      "like "
      "it, from its time until then\n"
      "shots         (n,) bool, whether it is the first of a shot\n"
      "grid, pdq     (n, 96) int8 and (n, 32) uint8; zeros where has_grid, has_pdq are False\n"
      "quality, pdq_quality  (n,) int32, 0 to 100\n"
      "width, height, duration  in pixels, of the upright frames; in seconds\n\n"
      "bytes() gives the compact form and VideoSignature.from_bytes() reads it, raising "
      "ArgumentError "
      "for anything else. Equal to what has the same bytes().");
  bound.attr("__module__") = "reseau";
  bound.def_readonly("width", &VideoSignature::width);
  bound.def_readonly("height", &VideoSignature::height);
  bound.def_readonly("duration", &VideoSignature::duration);
  bound.def("__len__", [](const VideoSignature& video) { return video.frames.size(); });
  const auto array = [&bound](const char* name, auto member) {
    bound.def_property_readonly(name, [member](const py::object& self) {
      return column(self.cast<const VideoSignature&>().frames, member, self);
    });
  };
  array("times", &VideoFrame::time);
  array("until", &VideoFrame::until);
  array("shots", &VideoFrame::shot);
  array("quality", &VideoFrame::quality);
  array("pdq_quality", &VideoFrame::pdq_quality);
  const auto signatures = [&bound](const char* name, auto member, Algorithm algorithm) {
    bound.def_property_readonly(name, [member, algorithm](const py::object& self) {
      return column(self.cast<const VideoSignature&>().frames, member, algorithm, self);
    });
    bound.def_property_readonly(
        ("has_" + std::string(name)).c_str(),
        [member](const VideoSignature& video) { return there(video, member); });
  };
  signatures("grid", &VideoFrame::grid, Algorithm::grid);
  signatures("pdq", &VideoFrame::pdq, Algorithm::pdq);
  bound.def("_looks", &looks, py::arg("known"));
  bound.def("__bytes__", [](const VideoSignature& video) { return py::bytes(bytes_of(video)); });
  bound.def_static("from_bytes", &from_bytes, py::arg("data"));
  bound.def("__eq__", [](const VideoSignature& a, const py::object& other) {
    // By the compact form, which is what a copy that has travelled is equal in.
    return equal_or_not_implemented<VideoSignature>(
        other, [&](const VideoSignature& b) { return bytes_of(a) == bytes_of(b); });
  });
  bound.def("__hash__",
            [](const VideoSignature& video) { return std::hash<std::string>()(bytes_of(video)); });
  bound.def("__repr__", [](const VideoSignature& video) {
    return "<reseau.VideoSignature of " + std::to_string(video.frames.size()) + " frames, " +
           py::repr(py::float_(video.duration)).cast<std::string>() + " s>";
  });
  bound.def("__reduce__", [](const py::object& self) {
    return reduced(self, "from_bytes", py::bytes(bytes_of(self.cast<const VideoSignature&>())));
  });
}

}  // namespace reseau::python
