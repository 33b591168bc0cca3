/// Failures become Python's exceptions, by kind: see reseau/_errors.py.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <utility>

#include <reseau/result.h>

namespace reseau::python {

/// Throws the exception of `error`'s kind; `name` says what it is about, "" for nothing. Needs the
/// lock.
[[noreturn]] void raise(const Error& error, const std::string& name = {});

/// The value, or the exception.
template <typename T>
T value_of(Result<T> result, const std::string& name = {}) {
  if (!result) raise(result.error(), name);
  return *std::move(result);
}

/// Bytes as the system has them (a path) to str, as os.fsdecode.
[[nodiscard]] pybind11::str system_text(const std::string& bytes);

}  // namespace reseau::python
