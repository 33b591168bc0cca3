/// What was learnt of one input, as Python has it: reseau.Signature.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <reseau/examine.h>
#include <reseau/index.h>

namespace reseau::python {

/// Never changed once Python has it, so that views of it stay what they are.
struct NamedSignature {
  std::string name;  ///< a path's bytes, or what the caller calls it; may be empty
  Examined examined;
  /// The file's other pictures that look unlike this one and each other, if it is the first.
  std::vector<std::shared_ptr<NamedSignature>> more;

  [[nodiscard]] bool fully_examined() const;
};

/// From all the pictures of an input, without their planes.
[[nodiscard]] std::shared_ptr<NamedSignature> signature_of(const std::string& name,
                                                           std::vector<Examined> pictures);

/// Rows of equal width, one a signature: what NumPy calls (n, width).
using Rows = pybind11::array_t<std::uint8_t, pybind11::array::c_style>;

/// Fails (in Python): ValueError if `rows` is not as wide as the algorithm.
[[nodiscard]] std::vector<Signature> signatures_of(const Rows& rows, Algorithm algorithm);
[[nodiscard]] Algorithm algorithm_of(const std::string& name);
[[nodiscard]] Level level_named(const std::string& name);
[[nodiscard]] IndexKind search_named(const std::string& name);

void bind_signature(pybind11::module_& module);

}  // namespace reseau::python
