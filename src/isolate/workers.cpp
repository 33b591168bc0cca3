#include "isolate/workers.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <exception>
#include <thread>

#include "isolate/protocol.h"
#include "isolate/sanitized.h"

namespace reseau::detail {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// A worker is given so long to say hello.
constexpr milliseconds kPatience(10'000);
/// And so long to die once its socket has closed, before it is killed.
constexpr milliseconds kToDie(200);
/// Libraries, stacks and what malloc holds back take as much of the address space.
constexpr std::uint64_t kAddressesBeside = 512ULL << 20;

std::string seconds(milliseconds time) {
  return std::to_string(time.count() / 1000) + "." + std::to_string(time.count() / 100 % 10) + " s";
}

Error failure(Failed how, const std::optional<int>& status, const Patience& patience) {
  switch (how) {
    case Failed::cpu:
      return {Code::limit_cpu, "decoding it took more than " + seconds(patience.max_cpu) +
                                   " of processor time; raise the limit if the file is trusted"};
    case Failed::wall:
      return {Code::limit_wall, "decoding it took more than " + seconds(patience.max_wall) +
                                    "; raise the limit if the file is trusted"};
    case Failed::lied:
      return {Code::worker_crashed,
              "the process that decoded it gave an answer that makes no sense, and was ended; "
              "the file may be an attack"};
    case Failed::died:
      break;
  }
  if (status && WIFSIGNALED(*status) && WTERMSIG(*status) == SIGXCPU)
    return failure(Failed::cpu, std::nullopt, patience);
  std::string by = "it ended";
  if (status && WIFSIGNALED(*status)) {
    const char* name = ::sigabbrev_np(WTERMSIG(*status));
    by = name != nullptr ? "SIG" + std::string(name) : std::to_string(WTERMSIG(*status));
    if (WTERMSIG(*status) == SIGSYS) by += ": it asked the system for what no decoder needs";
  }
  return {Code::worker_crashed, "the process that decoded it crashed (" + by +
                                    "); the file may be an attack, or the decoder has a fault"};
}

/// What a process may use of something from now on: so much, or what it was allowed at most before
/// (`ulimit -Hv`), which nobody but root may raise. False, with errno, if the system refuses.
bool bound(pid_t pid, __rlimit_resource resource, rlim_t most) {
  rlimit limit{};
  if (::prlimit(pid, resource, nullptr, &limit) != 0) return false;
  limit.rlim_cur = std::min(most, limit.rlim_max);
  return ::prlimit(pid, resource, &limit, nullptr) == 0;
}

}  // namespace

milliseconds cpu_time(pid_t pid) {
  clockid_t clock = 0;
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(time.tv_sec) +
                                                  std::chrono::nanoseconds(time.tv_nsec));
}

Workers::Workers(IsolationOptions options, std::string program)
    : options_(std::move(options)), launcher_(std::move(program)) {
  const int count = options_.workers > 0
                        ? options_.workers
                        : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  for (int i = 0; i < count; ++i) {
    workers_.push_back(std::make_unique<Worker>());
    idle_.push_back(workers_.back().get());
  }
}

Status Workers::start() {
  Worker& first = *idle_.back();
  const Status launched = launch(first, kToDie, nullptr);
  if (!launched) return launched.error();
  return greet(first);
}

Workers::Lease::Lease(Workers& workers)
    : workers_(workers), exceptions_(std::uncaught_exceptions()) {
  std::unique_lock lock(workers_.mutex_);
  workers_.freed_.wait(lock, [this] { return !workers_.idle_.empty(); });
  worker_ = workers_.idle_.back();
  workers_.idle_.pop_back();
}

Workers::Lease::~Lease() {
  if (std::uncaught_exceptions() > exceptions_) workers_.abandon(*worker_);
  {
    const std::lock_guard lock(workers_.mutex_);
    workers_.idle_.push_back(worker_);
  }
  workers_.freed_.notify_one();
}

/// A new process in the worker's place. `status` is how the old one ended, if it is known.
Status Workers::launch(Worker& worker, milliseconds to_die, std::optional<int>* status) {
  if (!worker.input.reserve(1) || !worker.output.reserve(1))
    return Error{Code::isolation_missing, "no memory to share with the decoder"};
  auto ends = socket_pair();
  if (!ends) return Error{Code::isolation_missing, "no socket for a worker: too many open files"};
  const pid_t old = worker.pid;
  auto started = launcher_.start(ends->second, worker.input, worker.output, old, to_die);
  if (!started) return started.error();
  if (status != nullptr) *status = started->status;
  worker.socket = std::move(ends->first);
  worker.addresses = 0;
  const std::lock_guard lock(mutex_);
  worker.pid = started->pid;
  return success();
}

Status Workers::greet(Worker& worker) {
  Report hello;
  const bool heard = wait_for(worker.socket.get(), kPatience) == Wait::ready &&
                     receive_value(worker.socket.get(), hello) && hello.magic == kMagic &&
                     hello.say == Say::hello;
  if (!heard) return Error{Code::isolation_missing, "a worker ended while it was confining itself"};
  const std::uint32_t all = confinement_.fetch_and(hello.confinement) & hello.confinement;
  constexpr std::uint32_t kWanted = kNoNewPrivileges | kSeccomp | kLandlock | kLimits;
  if (options_.require_all && (all & kWanted) != kWanted) {
    return Error{Code::isolation_missing,
                 "decoders cannot be confined on this system: " +
                     std::string((all & kSeccomp) != 0 ? "" : "no seccomp; ") +
                     ((all & kLandlock) != 0 ? "" : "no Landlock; ") +
                     "decode without requiring it, or elsewhere"};
  }
  return success();
}

// Without a socket it ends, or is ended when another is launched in its place.
void Workers::abandon(Worker& worker) {
  worker.socket.reset();
  worker.input.wipe(worker.input.capacity());
  worker.output.wipe(worker.output.capacity());
  ++replaced_;
}

std::optional<int> Workers::renew(Worker& worker, milliseconds to_die) {
  std::optional<int> status;
  abandon(worker);
  if (launch(worker, to_die, &status)) {
    if (!greet(worker)) worker.socket.reset();
  }
  return status;
}

Error Workers::replace(Worker& worker, Failed how, const Patience& patience) {
  const auto status = renew(worker, how == Failed::died ? kToDie : milliseconds(0));
  return failure(how, status, patience);
}

Status Workers::prepare(Worker& worker, std::uint64_t input, std::uint64_t output) {
  // One that died of nothing is not for the next file to answer for.
  if (worker.socket && wait_for(worker.socket.get(), milliseconds(0)) != Wait::timed_out)
    renew(worker, kToDie);
  if (!worker.socket) {  // it was never started, or could not be replaced
    Status again = launch(worker, milliseconds(0), nullptr);
    if (again) again = greet(worker);
    if (!again) {
      worker.socket.reset();
      return Error{Code::worker_crashed, again.error().message};
    }
  }
  const Error none{Code::limit_memory, "memory ran out while it was decoded; examine it by itself"};
  if (!worker.input.reserve(input) || !worker.output.reserve(output)) return none;
  const std::uint64_t addresses =
      options_.max_memory + kAddressesBeside + worker.input.capacity() + worker.output.capacity();
  if (!kSanitized && addresses != worker.addresses) {
    if (!bound(worker.pid, RLIMIT_AS, addresses) && errno != ESRCH) return none;
    worker.addresses = addresses;
  }
  return success();
}

void Workers::bound_cpu(const Worker& worker, milliseconds most) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(most);
  bound(worker.pid, RLIMIT_CPU, static_cast<rlim_t>(whole.count() + 2));
}

std::optional<Failed> Workers::listen(const Worker& worker, const Patience& patience) {
  for (;;) {
    const auto passed = std::chrono::duration_cast<milliseconds>(Clock::now() - patience.start);
    const milliseconds left = std::max(patience.max_wall - passed, milliseconds(0));
    const milliseconds look = std::clamp(patience.max_cpu / 8, milliseconds(5), milliseconds(250));
    switch (wait_for(worker.socket.get(), std::min(left, look))) {
      case Wait::ready:
        return std::nullopt;
      case Wait::gone:
        return Failed::died;
      case Wait::timed_out:
        break;
    }
    if (cpu_time(worker.pid) - patience.cpu_before > patience.max_cpu) return Failed::cpu;
    if (Clock::now() - patience.start > patience.max_wall) return Failed::wall;
  }
}

std::vector<int> Workers::process_ids() const {
  const std::lock_guard lock(mutex_);
  std::vector<int> all;
  for (const auto& worker : workers_) {
    if (worker->pid > 0) all.push_back(worker->pid);
  }
  return all;
}

}  // namespace reseau::detail
