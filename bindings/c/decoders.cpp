#include <reseau/isolate.h>

#include <chrono>
#include <memory>
#include <utility>

#include "handles.h"

using namespace reseau;  // NOLINT(*-using-namespace): this is the C interface to it

namespace reseau::c {

Result<ExamineOptions> options_of(const reseau_limits* limits) {
  reseau_limits taken = RESEAU_LIMITS_INIT;
  if (!take(limits, taken)) return Error{Code::invalid_argument, "limits: struct_size is not set"};
  ExamineOptions result;
  if (taken.max_bytes != 0) result.limits.max_bytes = taken.max_bytes;
  if (taken.max_pixels != 0) result.limits.max_pixels = taken.max_pixels;
  if (taken.max_side > 0) result.limits.max_side = taken.max_side;
  if (taken.max_ratio != 0) result.limits.max_ratio = taken.max_ratio;
  if (taken.decoders != nullptr) result.decoder = taken.decoders->pool.get();
  return result;
}

}  // namespace reseau::c

reseau_code reseau_decoders_start(const reseau_isolation* isolation, reseau_decoders** decoders,
                                  reseau_error* error) {
  return c::guarded(error, [&] {
    if (decoders == nullptr) return c::null_pointer(error);
    *decoders = nullptr;
    reseau_isolation taken = RESEAU_ISOLATION_INIT;
    if (!c::take(isolation, taken))
      return c::refuse(error, Code::invalid_argument, "isolation: struct_size is not set");
    IsolationOptions options;
    options.workers = taken.workers;
    options.require_all = taken.require_all != 0;
    if (taken.max_memory != 0) options.max_memory = taken.max_memory;
    if (taken.max_cpu > 0) options.max_cpu = std::chrono::milliseconds(taken.max_cpu);
    if (taken.max_wall > 0) options.max_wall = std::chrono::milliseconds(taken.max_wall);
    if (taken.decoder != nullptr) options.decoder = taken.decoder;
    auto pool = DecoderPool::start(options);
    if (!pool) return c::refuse(error, pool.error().code, pool.error().message);
    auto made = std::make_unique<reseau_decoders>();
    made->pool = *std::move(pool);
    made->isolation = made->pool->isolation();
    *decoders = made.release();
    return RESEAU_OK;
  });
}

void reseau_decoders_free(reseau_decoders* decoders) {
  delete decoders;  // NOLINT(cppcoreguidelines-owning-memory)
}

const char* reseau_decoders_isolation(const reseau_decoders* decoders) {
  return decoders == nullptr ? "" : decoders->isolation.c_str();
}
