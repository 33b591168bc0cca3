#include "decoders.h"

#include <sys/resource.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "errors.h"
#include "gil.h"

namespace py = pybind11;

namespace reseau::python {
namespace {

/// At most two a processor: more threads than that wait for each other. Each worker takes three
/// file descriptors, of which a process may have 1,024 by default: half of them are left to others.
/// Workers are started as they are needed.
int most_workers() {
  rlimit open_files{};
  const auto wanted = 2 * static_cast<rlim_t>(std::max(2U, std::thread::hardware_concurrency()));
  if (::getrlimit(RLIMIT_NOFILE, &open_files) != 0) return static_cast<int>(wanted);
  return static_cast<int>(std::clamp<rlim_t>(open_files.rlim_cur / 6, 1, wanted));
}

struct Pools {
  std::mutex mutex;
  std::shared_ptr<DecoderPool> confined;  ///< as far as this system can
  std::shared_ptr<DecoderPool> required;  ///< in all respects
};

Result<std::shared_ptr<DecoderPool>> shared_pool(bool all) {
  Pools& current = of_this_process<Pools>();
  const std::scoped_lock lock(current.mutex);
  std::shared_ptr<DecoderPool>& pool = all ? current.required : current.confined;
  if (!pool) {
    IsolationOptions options;
    options.workers = most_workers();
    options.require_all = all;
    auto started = DecoderPool::start(options);
    if (!started) return started.error();
    pool = *std::move(started);
  }
  return pool;
}

}  // namespace

std::shared_ptr<DecoderPool> decoders_for(const std::string& isolation) {
  if (isolation == "none") return nullptr;
  const bool required = isolation == "require";
  auto pool = unlocked([required] { return shared_pool(required); });
  if (pool) return *std::move(pool);
  if (required) raise(pool.error());
  warn("files are decoded in this process, for " + pool.error().message);
  return nullptr;
}

void let_go_of_decoders() {
  Pools& current = of_this_process<Pools>();
  const std::scoped_lock lock(current.mutex);
  current.confined.reset();
  current.required.reset();
}

}  // namespace reseau::python
