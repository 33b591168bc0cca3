/// Failures become Python's exceptions, by kind: see reseau/_errors.py.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <utility>

#include <reseau/result.h>

namespace reseau::python {

/// What an error is about: only what is about an input becomes an InputError.
enum class About { input, bank, other };

/// Throws the exception of `error`'s kind. Needs the lock.
[[noreturn]] void raise(const Error& error);

/// The same about what `name` says: a bank's path, if not otherwise told.
[[noreturn]] void raise(const Error& error, const std::string& name, About about = About::bank);

/// A RuntimeWarning, as of the caller's line outside the package; throws where that is an error.
void warn(const std::string& message);

/// The value, or the exception.
template <typename T>
T value_of(Result<T> result) {
  if (!result) raise(result.error());
  return *std::move(result);
}

template <typename T>
T value_of(Result<T> result, const std::string& name, About about = About::bank) {
  if (!result) raise(result.error(), name, about);
  return *std::move(result);
}

/// For __eq__: Python's NotImplemented if `other` is of another type, which may know better.
template <typename T, typename Equal>
pybind11::object equal_or_not_implemented(const pybind11::object& other, const Equal& equal) {
  if (!pybind11::isinstance<T>(other))
    return pybind11::reinterpret_borrow<pybind11::object>(Py_NotImplemented);
  return pybind11::bool_(equal(other.cast<const T&>()));
}

/// Bytes as the system has them (a path) to str, as os.fsdecode.
[[nodiscard]] pybind11::str system_text(const std::string& bytes);

}  // namespace reseau::python
