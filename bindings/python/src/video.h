/// Videos as Python has them: reseau.VideoSignature, reseau.Vpdq, reseau.Stretch.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <vector>

#include <reseau/stretch.h>
#include <reseau/video.h>

namespace reseau::python {

/// `part` of what `owner` holds, which it keeps alive. Python never changes it.
template <typename Owner>
[[nodiscard]] pybind11::object shared_video(const std::shared_ptr<Owner>& owner,
                                            const VideoSignature& part) {
  return pybind11::cast(std::shared_ptr<VideoSignature>(
      owner, const_cast<VideoSignature*>(&part)));  // NOLINT(*-const-cast): Python's holder
}

/// The fields of reseau.Stretch, in their order, a tuple a stretch.
[[nodiscard]] pybind11::tuple rows_of(const std::vector<Stretch>& stretches);

void bind_video(pybind11::module_& module);
void bind_vpdq(pybind11::module_& module);

}  // namespace reseau::python
