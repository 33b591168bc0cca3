#include "cli/decoders.h"

#include <utility>

#include "cli/output.h"

namespace reseau::cli {

std::unique_ptr<DecoderPool> start_decoders(const Isolation& isolation, int workers) {
  if (isolation.off) return nullptr;
  IsolationOptions options;
  options.workers = workers;
  options.require_all = isolation.required;
  auto pool = DecoderPool::start(options);
  if (pool) return *std::move(pool);
  if (isolation.required) throw Fatal(pool.error().message);
  message("warning: pictures are decoded in this process, for " + pool.error().message);
  return nullptr;
}

}  // namespace reseau::cli
