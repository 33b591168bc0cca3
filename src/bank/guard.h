/// Inside this module, failures are thrown as reseau::Failure: between BEGIN and COMMIT nearly
/// every line may fail, and unwinding is what rolls back. They become an Error again here, at the
/// edge.
#pragma once

#include <exception>
#include <new>
#include <string>

#include <reseau/result.h>

namespace reseau::detail {

template <typename Work>
auto guarded(const std::string& path, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Failure& failure) {
    return failure.error();
  } catch (const std::bad_alloc&) {
    return Error{Code::limit_memory, path +
                                         ": memory ran out; use a machine with more, or ask for "
                                         "less at once"};
  } catch (const std::exception& e) {
    return Error{Code::internal, path + ": " + e.what() + "; please report it"};
  }
}

}  // namespace reseau::detail
