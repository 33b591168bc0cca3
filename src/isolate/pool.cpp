#include <reseau/isolate.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <ctime>
#include <mutex>
#include <thread>

#include "isolate/channel.h"
#include "isolate/launcher.h"
#include "isolate/protocol.h"
#include "isolate/sanitized.h"

namespace reseau {
namespace {

using namespace detail;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// A worker is given so long to say hello.
constexpr milliseconds kPatience(10'000);
/// And so long to die once its socket has closed, before it is killed.
constexpr milliseconds kToDie(200);
/// Libraries, stacks and what malloc holds back take as much of the address space.
constexpr std::uint64_t kAddressesBeside = 512ULL << 20;

/// The processor time of a process and of all its threads.
milliseconds cpu_time(pid_t pid) {
  clockid_t clock = 0;
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(time.tv_sec) +
                                                  std::chrono::nanoseconds(time.tv_nsec));
}

struct Worker {
  pid_t pid = 0;
  Descriptor socket;
  SharedMemory input;
  SharedMemory output;
  std::uint64_t addresses = 0;  ///< what it may have of them
};

/// How a worker's answer was waited for in vain.
enum class Failed : std::uint8_t { died, lied, cpu, wall };

}  // namespace

class DecoderPool::Impl {
 public:
  Impl(const IsolationOptions& options, std::string decoder)
      : options_(options), launcher_(std::move(decoder)), owner_(::getpid()) {}

  Status start() {
    const int count = options_.workers > 0
                          ? options_.workers
                          : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    for (int i = 0; i < count; ++i) {
      workers_.push_back(std::make_unique<Worker>());
      idle_.push_back(workers_.back().get());
    }
    // One tells what confinement there is. The others are started when so many are needed at once.
    Worker& first = *idle_.back();
    const Status launched = launch(first, kToDie, nullptr);
    if (!launched) return launched.error();
    const Status greeted = greet(first);
    if (!greeted) return greeted.error();
    return success();
  }

  Result<Walked> each(Bytes file, const Limits& limits, const PictureVisitor& visit) {
    if (::getpid() != owner_) {
      return Error{Code::isolation_missing,
                   "the pool of decoders was started by another process; start one after the fork"};
    }
    // What needs no decoder to be told.
    if (file.empty() || file.size() > limits.max_bytes) return decode_each(file, limits, visit);
    Lease lease(*this);
    return decode(lease.worker(), file, limits, visit);
  }

  [[nodiscard]] Posture posture() const {
    const std::uint32_t all = confinement_.load();
    return {(all & kNoNewPrivileges) != 0, (all & kSeccomp) != 0, (all & kLandlock) != 0,
            (all & kLimits) != 0};
  }
  [[nodiscard]] std::uint64_t replaced() const { return replaced_.load(); }
  [[nodiscard]] std::vector<int> process_ids() const {
    const std::lock_guard lock(mutex_);
    std::vector<int> all;
    for (const auto& worker : workers_) {
      if (worker->pid > 0) all.push_back(worker->pid);
    }
    return all;
  }

 private:
  /// A worker for the time of one call.
  class Lease {
   public:
    explicit Lease(Impl& pool) : pool_(pool) {
      std::unique_lock lock(pool_.mutex_);
      pool_.freed_.wait(lock, [this] { return !pool_.idle_.empty(); });
      worker_ = pool_.idle_.back();
      pool_.idle_.pop_back();
    }
    ~Lease() {
      {
        const std::lock_guard lock(pool_.mutex_);
        pool_.idle_.push_back(worker_);
      }
      pool_.freed_.notify_one();
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&&) = delete;
    Lease& operator=(Lease&&) = delete;
    [[nodiscard]] Worker& worker() const { return *worker_; }

   private:
    Impl& pool_;
    Worker* worker_ = nullptr;
  };

  /// A new process in the worker's place. `status` is how the old one ended, if it is known.
  Status launch(Worker& worker, milliseconds patience, std::optional<int>* status) {
    if (!worker.input.reserve(1) || !worker.output.reserve(1))
      return Error{Code::isolation_missing, "no memory to share with the decoder"};
    auto ends = socket_pair();
    if (!ends) return Error{Code::isolation_missing, "no socket for a worker: too many open files"};
    const pid_t old = worker.pid;
    auto started = launcher_.start(ends->second, worker.input, worker.output, old, patience);
    if (!started) return started.error();
    if (status != nullptr) *status = started->status;
    worker.socket = std::move(ends->first);
    worker.addresses = 0;
    const std::lock_guard lock(mutex_);
    worker.pid = started->pid;
    return success();
  }

  Status greet(Worker& worker) {
    Report hello;
    const bool heard = wait_for(worker.socket.get(), kPatience) == Wait::ready &&
                       receive_value(worker.socket.get(), hello) && hello.magic == kMagic &&
                       hello.say == Say::hello;
    if (!heard)
      return Error{Code::isolation_missing, "a worker ended while it was confining itself"};
    confinement_.fetch_and(hello.confinement);
    if (options_.require_all && !posture().all()) {
      return Error{Code::isolation_missing,
                   "decoders cannot be confined on this system: " +
                       std::string(posture().seccomp ? "" : "no seccomp; ") +
                       (posture().landlock ? "" : "no Landlock; ") +
                       "decode without requiring it, or elsewhere"};
    }
    return success();
  }

  /// After a failure: the worker's memory is wiped and another takes its place.
  std::optional<int> replace(Worker& worker, milliseconds patience) {
    std::optional<int> status;
    worker.socket.reset();
    worker.input.wipe(worker.input.capacity());
    worker.output.wipe(worker.output.capacity());
    ++replaced_;
    if (launch(worker, patience, &status)) {
      if (!greet(worker)) worker.socket.reset();
    }
    return status;
  }

  bool reserve(Worker& worker, Bytes file, const Limits& limits) {
    if (!worker.input.reserve(file.size()) || !worker.output.reserve(output_needed(limits)))
      return false;
    const std::uint64_t addresses =
        options_.max_memory + kAddressesBeside + worker.input.capacity() + worker.output.capacity();
    if (!kSanitized && addresses != worker.addresses) {
      const rlimit most{.rlim_cur = addresses, .rlim_max = RLIM_INFINITY};
      if (::prlimit(worker.pid, RLIMIT_AS, &most, nullptr) != 0 && errno != ESRCH) return false;
      worker.addresses = addresses;
    }
    return true;
  }

  /// If all else fails, the kernel ends it.
  void bound_cpu(const Worker& worker, milliseconds used) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(used + options_.max_cpu);
    const auto most = static_cast<rlim_t>(seconds.count() + 2);
    const rlimit limit{.rlim_cur = most, .rlim_max = RLIM_INFINITY};
    ::prlimit(worker.pid, RLIMIT_CPU, &limit, nullptr);
  }

  /// The worker's next word, or how it failed to say one.
  std::optional<Failed> listen(const Worker& worker, milliseconds cpu_before,
                               Clock::time_point start, Report& report) const {
    for (;;) {
      const auto passed = std::chrono::duration_cast<milliseconds>(Clock::now() - start);
      const milliseconds left = std::max(options_.max_wall - passed, milliseconds(0));
      const milliseconds look =
          std::clamp(options_.max_cpu / 8, milliseconds(5), milliseconds(250));
      switch (wait_for(worker.socket.get(), std::min(left, look))) {
        case Wait::ready:
          if (receive_value(worker.socket.get(), report)) return std::nullopt;
          return Failed::died;
        case Wait::gone:
          return Failed::died;
        case Wait::timed_out:
          break;
      }
      if (cpu_time(worker.pid) - cpu_before > options_.max_cpu) return Failed::cpu;
      if (Clock::now() - start > options_.max_wall) return Failed::wall;
    }
  }

  Error failure(Failed how, const std::optional<int>& status) const {
    const auto seconds = [](milliseconds time) {
      return std::to_string(time.count() / 1000) + "." + std::to_string(time.count() / 100 % 10) +
             " s";
    };
    switch (how) {
      case Failed::cpu:
        return {Code::limit_cpu, "decoding it took more than " + seconds(options_.max_cpu) +
                                     " of processor time; raise the limit if the file is trusted"};
      case Failed::wall:
        return {Code::limit_wall, "decoding it took more than " + seconds(options_.max_wall) +
                                      "; raise the limit if the file is trusted"};
      case Failed::lied:
        return {Code::worker_crashed,
                "the process that decoded it gave an answer that makes no sense, and was ended; "
                "the file may be an attack"};
      case Failed::died:
        break;
    }
    if (status && WIFSIGNALED(*status) && WTERMSIG(*status) == SIGXCPU)
      return {Code::limit_cpu, "decoding it took more than " + seconds(options_.max_cpu) +
                                   " of processor time; raise the limit if the file is trusted"};
    std::string by = "it ended";
    if (status && WIFSIGNALED(*status)) {
      const char* name = ::sigabbrev_np(WTERMSIG(*status));
      by = name != nullptr ? "SIG" + std::string(name) : std::to_string(WTERMSIG(*status));
      if (WTERMSIG(*status) == SIGSYS) by += ": it asked the system for what no decoder needs";
    }
    return {Code::worker_crashed, "the process that decoded it crashed (" + by +
                                      "); the file may be an attack, or the decoder has a fault"};
  }

  Result<Walked> decode(Worker& worker, Bytes file, const Limits& limits,
                        const PictureVisitor& visit) {
    // One that died of nothing is not for the next file to answer for.
    if (worker.socket && wait_for(worker.socket.get(), milliseconds(0)) != Wait::timed_out)
      replace(worker, kToDie);
    if (!worker.socket) {  // it could not be replaced
      const Status again = launch(worker, milliseconds(0), nullptr);
      if (!again) return Error{Code::worker_crashed, again.error().message};
      if (const Status greeted = greet(worker); !greeted) {
        worker.socket.reset();
        return Error{Code::worker_crashed, greeted.error().message};
      }
    }
    if (!reserve(worker, file, limits))
      return Error{Code::limit_memory, "memory ran out while it was decoded; examine it by itself"};
    std::memcpy(worker.input.data(), file.data(), file.size());
    Order order = order_of(file.size(), limits);
    order.input_capacity = worker.input.capacity();
    order.output_capacity = worker.output.capacity();

    Conversation talk{*this, worker, file, limits, visit, 0, 1, false, std::nullopt};
    Result<Walked> result = talk.hold(order);
    if (talk.failed) {
      const milliseconds patience = *talk.failed == Failed::died ? kToDie : milliseconds(0);
      const Error error = failure(*talk.failed, replace(worker, patience));
      if (talk.pictures == 0) return error;
      return Walked{talk.pictures, std::max(talk.frames, talk.pictures), error};
    }
    worker.input.wipe(file.size());
    return result;
  }

  /// One file, from the order to the end.
  struct Conversation {
    Impl& pool;
    Worker& worker;
    Bytes file;
    const Limits& limits;
    const PictureVisitor& visit;
    int pictures = 0;
    int frames = 1;
    bool stopped = false;  // the visitor has seen enough
    std::optional<Failed> failed;

    Result<Walked> hold(const Order& order) {
      const milliseconds cpu_before = cpu_time(worker.pid);
      pool.bound_cpu(worker, cpu_before);
      const auto start = Clock::now();
      if (!send_value(worker.socket.get(), order)) failed = Failed::died;
      Report report;
      while (!failed) {
        failed = pool.listen(worker, cpu_before, start, report);
        if (failed) break;
        const bool last = report.magic == kMagic && report.say == Say::last;
        const bool ends = last || (report.magic == kMagic && report.say == Say::end);
        if (last || !ends) show(report, last);
        if (failed || !ends) continue;
        auto end = believe_end(report, pictures);
        if (!end) {
          failed = Failed::lied;
          break;
        }
        // Whoever has seen enough is not told of what else there is.
        if (*end && stopped) (*end)->stopped.reset();
        return *std::move(end);
      }
      return Error{Code::internal, "no answer"};
    }

   private:
    void show(const Report& report, bool last) {
      const Bytes output(worker.output.data(), worker.output.capacity());
      auto picture =
          pictures < kMaxFrames ? believe_picture(report, file, limits, output) : std::nullopt;
      if (!picture) {
        failed = Failed::lied;
        return;
      }
      worker.output.wipe(static_cast<std::uint64_t>(report.width) *
                         static_cast<std::uint64_t>(report.height) *
                         bytes_per_pixel(picture->image.layout()));
      ++pictures;
      frames = picture->frames;
      stopped = !visit(*std::move(picture));
      if (last) return;
      Order answer;
      answer.say = stopped ? Say::stop : Say::next;
      if (!send_value(worker.socket.get(), answer)) failed = Failed::died;
    }
  };

  const IsolationOptions options_;
  Launcher launcher_;
  const pid_t owner_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> idle_;
  std::atomic<std::uint32_t> confinement_ = ~std::uint32_t{0};
  std::atomic<std::uint64_t> replaced_ = 0;
};

DecoderPool::DecoderPool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DecoderPool::~DecoderPool() = default;

Result<std::unique_ptr<DecoderPool>> DecoderPool::start(const IsolationOptions& options) {
  if (options.workers < 0 || options.workers > 4096)
    return Error{Code::invalid_argument, "a pool has 1 to 4096 workers, or 0 for one a core"};
  const std::string decoder = options.decoder.empty() ? default_decoder() : options.decoder;
  auto impl = std::make_unique<Impl>(options, decoder);
  const Status started = impl->start();
  if (!started) return started.error();
  return std::unique_ptr<DecoderPool>(new DecoderPool(std::move(impl)));
}

Result<Walked> DecoderPool::each(Bytes file, const Limits& limits, const PictureVisitor& visit) {
  return impl_->each(file, limits, visit);
}

std::string DecoderPool::isolation() const {
  const Posture posture = impl_->posture();
  std::string text = "worker";
  if (posture.no_new_privileges) text += "+no_new_privs";
  if (posture.seccomp) text += "+seccomp";
  if (posture.landlock) text += "+landlock";
  if (posture.limits) text += "+limits";
  return text;
}

Posture DecoderPool::posture() const { return impl_->posture(); }
std::uint64_t DecoderPool::replaced() const { return impl_->replaced(); }
std::vector<int> DecoderPool::process_ids() const { return impl_->process_ids(); }

}  // namespace reseau
