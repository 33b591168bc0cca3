/// Where this process's files are decoded: in a pool of confined processes that all calls share.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string>

#include <reseau/isolate.h>

namespace reseau::python {

/// `isolation` is one of reseau.Isolation: "confine", "require" or "none". Null: in this process.
///
/// The pool is started by the first call, and again by the first in a forked child. Where there is
/// none to be had, "confine" warns (RuntimeWarning) and "require" raises IsolationError; so does it
/// where not all of the confinement is. Needs the lock.
[[nodiscard]] std::shared_ptr<DecoderPool> decoders_for(const std::string& isolation);

/// Ends the processes that nobody uses any more. For atexit.
void let_go_of_decoders();

}  // namespace reseau::python
