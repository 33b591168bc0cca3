#include "gil.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace reseau::python {
namespace {

struct State {
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t working = 0;  ///< threads without Python's lock, in our code
  bool leaving = false;
  std::thread::id last;  ///< the thread that ends the interpreter
};

bool is_shut_out(const State& state) {
  return state.leaving && std::this_thread::get_id() != state.last;
}

}  // namespace

namespace detail {

void begin_working() {
  State& now = of_this_process<State>();
  const std::scoped_lock lock(now.mutex);
  ++now.working;
}

void end_working() {
  State& now = of_this_process<State>();
  const std::scoped_lock lock(now.mutex);
  if (now.working > 0) --now.working;  // a forked child counts from 0
  now.ended.notify_all();
}

void wait_if_shut_out() {
  {
    State& now = of_this_process<State>();
    const std::scoped_lock lock(now.mutex);
    if (!is_shut_out(now)) return;
  }
  end_working();
  for (;;) ::pause();
}

}  // namespace detail

bool leaving_python() {
  State& now = of_this_process<State>();
  const std::scoped_lock lock(now.mutex);
  return now.leaving;
}

void leave_python(const std::function<void()>& stop_first) {
  State& now = of_this_process<State>();
  {
    const std::scoped_lock lock(now.mutex);
    now.leaving = true;
    now.last = std::this_thread::get_id();
  }
  stop_first();
  std::unique_lock lock(now.mutex);
  now.ended.wait(lock, [&now] { return now.working == 0; });
}

}  // namespace reseau::python
