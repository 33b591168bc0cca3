/// Work without Python's lock.
#pragma once

#include <pthread.h>
#include <pybind11/pybind11.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <utility>

namespace reseau::python {

/// The T of this process. Never destroyed, since threads may be in it when the process ends; and a
/// forked child has one of its own, since its parent's is of threads and processes that are not
/// there.
template <typename T>
T& of_this_process() {
  static auto* current = new T;  // NOLINT(cppcoreguidelines-owning-memory)
  static const int registered = ::pthread_atfork(nullptr, nullptr, [] { current = new T; });
  (void)registered;
  return *current;
}

/// For atexit: lets no thread but this one begin or come back from work without Python's lock, and
/// waits for what is under way, so that the libraries below are not taken apart while they work.
/// `stop_first` is called when nothing new can begin. Without Python's lock.
void leave_python(const std::function<void()>& stop_first);
[[nodiscard]] bool leaving_python();

namespace detail {
void begin_working();
void end_working();
/// Where Python's lock was let go of, before work and after it: no return once it is too late.
void wait_if_shut_out();
}  // namespace detail

/// Python's lock is let go of while this lives.
///
/// Python 3.11 ends a thread that asks for the lock while the interpreter shuts down by unwinding
/// it, which in C++ ends the process with a crash. So such a thread (only daemons are left by then)
/// waits for the end instead, as Python 3.14 has it.
class Unlocked {
 public:
  Unlocked() : state_(PyEval_SaveThread()) {
    detail::begin_working();
    detail::wait_if_shut_out();
  }
  ~Unlocked() {
    detail::wait_if_shut_out();
    PyEval_RestoreThread(state_);  // waited for, until it has the lock
    detail::end_working();
  }
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;

 private:
  PyThreadState* state_;
};

/// A thread that is not Python's, and works for it: waited for as those without the lock are.
class Counted {
 public:
  Counted() { detail::begin_working(); }
  ~Counted() { detail::end_working(); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
};

/// What `work` gives, worked without Python's lock.
template <typename Work>
auto unlocked(const Work& work) {
  const Unlocked released;
  return work();
}

/// What `work` gives, worked on a thread of its own, so that this one, which may be Python's main
/// one, hears Ctrl-C: then `stop` is called, the work waited for, and KeyboardInterrupt thrown. The
/// work has to end soon once leaving_python(), too.
template <typename Work, typename Stop>
auto interruptible(const Work& work, const Stop& stop) {
  constexpr std::chrono::milliseconds kSignalsEvery(50);
  auto working = unlocked([&work] {
    // Counted before this thread counts no more, and until its own end.
    auto counted = std::make_unique<const Counted>();
    return std::async(std::launch::async, [&work, counted = std::move(counted)]() mutable {
      const auto mine = std::move(counted);
      return work();
    });
  });
  std::exception_ptr why;
  while (unlocked([&] { return working.wait_for(kSignalsEvery); }) != std::future_status::ready) {
    if (why || PyErr_CheckSignals() == 0) continue;
    why = std::make_exception_ptr(pybind11::error_already_set());
    stop();
  }
  if (why) std::rethrow_exception(why);
  return working.get();
}

/// Something that a forked child must neither use nor destroy: its threads are not there, and locks
/// on files are not the child's. There it is left in memory until the child ends.
template <typename T>
[[nodiscard]] std::shared_ptr<T> bound_to_this_process(std::unique_ptr<T> made) {
  return std::shared_ptr<T>(made.release(), [made_in = ::getpid()](T* gone) {
    if (::getpid() == made_in) delete gone;  // NOLINT(cppcoreguidelines-owning-memory)
  });
}

}  // namespace reseau::python
