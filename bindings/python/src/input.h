/// One thing to examine, as reseau/_inputs.py resolves it.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <reseau/examine.h>

#include "signature.h"

namespace reseau::python {

/// A path, bytes or pixels, ready to be looked at without Python's lock, or what was seen before;
/// or why it is none of them.
struct Input {
  std::string name;
  std::variant<std::string, Bytes, ImageView, std::shared_ptr<const NamedSignature>, Error> source;
  pybind11::object keep;  ///< whoever owns the bytes or pixels; let go of with the lock only
};

/// A path or bytes.
[[nodiscard]] bool needs_decoder(const Input& input);

/// From (name, kind, source): ("path", bytes), ("bytes", bytes), ("pixels", array (h, w[, 3]) of
/// uint8 with pixels side by side), ("signature", Signature) or ("refused", (code, message)). Names
/// are bytes.
[[nodiscard]] Input input_of(const pybind11::handle& resolved);

/// Every picture of the input, the first one first. Does not need the lock. Never throws for what
/// is in the input. Pixels and files of one picture have one.
[[nodiscard]] std::vector<Examined> examine(const Input& input, const ExamineOptions& options);

/// From a dict of reseau.Limits' fields.
[[nodiscard]] Limits limits_of(const pybind11::dict& fields);

}  // namespace reseau::python
