#include "isolate/launcher.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <vector>

#include "isolate/sanitized.h"
#include "isolate/zygote.h"

namespace reseau::detail {
namespace {

/// A zygote that takes longer is stopped, or worse: one in its place is the way on.
constexpr std::chrono::seconds kToFork(5);
/// And to end, in milliseconds: then it is ended, and its workers die with it.
constexpr int kToEnd = 500;

Error failed(const std::string& what, int error) {
  return {Code::isolation_missing, what + ": " + system_message(error)};
}

/// What a process of ours begins with: its socket, and nothing else of this one. In a session of
/// its own, so that a Ctrl-C is for the program and not for what is in the middle of a file.
class Beginning {
 public:
  Beginning(int socket) {  // NOLINT(*-explicit-*)
    ::posix_spawn_file_actions_init(&actions_);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO})
      ::posix_spawn_file_actions_addopen(&actions_, standard, "/dev/null", O_RDWR, 0);
    if (!kSanitized)  // whose reports are to be seen
      ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_RDWR, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, kZygoteSocket);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, kZygoteSocket + 1);
    ::posix_spawnattr_init(&attributes_);
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~Beginning() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Beginning(const Beginning&) = delete;
  Beginning& operator=(const Beginning&) = delete;
  Beginning(Beginning&&) = delete;
  Beginning& operator=(Beginning&&) = delete;

  /// 0, or what went wrong.
  int spawn(const std::string& program, pid_t& pid) {
    std::array<char*, 2> arguments = {const_cast<char*>(program.c_str()),  // NOLINT(*-const-cast)
                                      nullptr};
    // Nothing of the environment, which may hold secrets, but what sanitizers are told by.
    std::vector<char*> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string_view text(*entry);
      if (text.find("SAN_OPTIONS=") != std::string_view::npos) environment.push_back(*entry);
    }
    environment.push_back(nullptr);
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, arguments.data(),
                         environment.data());
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::string default_decoder() {
  Dl_info here{};
  if (::dladdr(reinterpret_cast<const void*>(&default_decoder), &here) == 0 ||
      here.dli_fname == nullptr)
    return {};
  std::string path = here.dli_fname;
  const std::size_t slash = path.rfind('/');
  path.resize(slash == std::string::npos ? 0 : slash + 1);
  return path + "reseau/reseau-decoder";
}

Launcher::~Launcher() { end_zygote(); }

void Launcher::end_zygote() {
  control_.reset();  // it ends when its socket does, once it has ended its workers
  if (zygote_ <= 0 || ::getpid() != owner_) return;
  (void)reap(zygote_, kToEnd);
  zygote_ = 0;
}

Status Launcher::start_zygote() {
  end_zygote();
  auto ends = socket_pair();
  if (!ends) return failed("no socket for the decoder", errno);
  // Above the numbers that the new process gives to its own.
  Descriptor theirs(::fcntl(ends->second.get(), F_DUPFD_CLOEXEC, 16));
  if (!theirs) return failed("no socket for the decoder", errno);
  const int error = Beginning(theirs.get()).spawn(program_, zygote_);
  if (error != 0) {
    zygote_ = 0;
    return failed("the decoder " + program_ + " cannot be started", error);
  }
  control_ = std::move(ends->first);
  return success();
}

Result<Launcher::Started> Launcher::start(const Descriptor& socket, const SharedMemory& input,
                                          const SharedMemory& output, pid_t reap,
                                          std::chrono::milliseconds patience) {
  const std::lock_guard lock(mutex_);
  SpawnRequest request{reap, static_cast<std::int32_t>(patience.count())};
  const std::array<int, 3> descriptors = {socket.get(), input.descriptor(), output.descriptor()};
  for (int attempt = 0; attempt < 2; ++attempt) {
    const bool fresh = !control_;
    if (fresh) {
      const Status started = start_zygote();
      if (!started) return started.error();
      request.reap = 0;  // whose child it was is gone, and it with that
    }
    SpawnReply reply;
    if (send_value(control_.get(), request, descriptors) &&
        wait_for(control_.get(), patience + kToFork) == Wait::ready &&
        receive_value(control_.get(), reply)) {
      if (reply.pid <= 0) return failed("no worker can be started", reply.error);
      return Started{reply.pid, request.reap > 0 ? std::optional(reply.status) : std::nullopt};
    }
    end_zygote();  // killed, perhaps for its memory, or stopped: another one
    if (fresh) break;
  }
  return Error{Code::isolation_missing,
               "the decoder " + program_ + " ends or stops as soon as it is started"};
}

}  // namespace reseau::detail
