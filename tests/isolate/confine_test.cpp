// From inside a confined process. The harm: a decoder that an attacker has taken over reads files,
// opens connections, runs programs.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "isolate/confine.h"
#include "isolate/protocol.h"

using namespace reseau::detail;

namespace {

/// How a process ends that confines itself and then does this.
int status_of(const std::function<int()>& body, Opening opening = Opening::ends) {
  const pid_t pid = fork();
  if (pid == 0) {
    const rlimit none{};
    setrlimit(RLIMIT_CORE, &none);
    for (int number = 1; number < SIGRTMIN; ++number) signal(number, SIG_DFL);  // not the test's
    static_cast<void>(confine(opening));
    _exit(body());
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

bool is_killed(const std::function<int()>& body) {
  const int status = status_of(body);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

template <typename... Arguments>
int call(long number, Arguments... arguments) {
  syscall(number, arguments...);
  return 0;
}

struct Canary {
  const char* name;
  std::function<int()> sing;
};

const std::vector<Canary> kCanaries = {
    {"open", [] { return call(SYS_open, "/etc/passwd", O_RDONLY); }},
    {"openat", [] { return call(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY); }},
    {"openat2", [] { return call(SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0); }},
    {"socket", [] { return call(SYS_socket, AF_INET, SOCK_STREAM, 0); }},
    {"connect", [] { return call(SYS_connect, kWorkerSocket, nullptr, 0); }},
    {"sendmsg", [] { return call(SYS_sendmsg, kWorkerSocket, nullptr, 0); }},
    {"bind", [] { return call(SYS_bind, kWorkerSocket, nullptr, 0); }},
    {"execve", [] { return call(SYS_execve, "/bin/true", nullptr, nullptr); }},
    {"fork", [] { return call(SYS_fork); }},
    {"clone", [] { return call(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0); }},
    {"ptrace", [] { return call(SYS_ptrace, PTRACE_ATTACH, getppid(), nullptr, nullptr); }},
    {"process_vm_readv", [] { return call(SYS_process_vm_readv, 1, nullptr, 0, nullptr, 0, 0); }},
    {"kill", [] { return call(SYS_kill, 1, SIGTERM); }},
    {"unlink", [] { return call(SYS_unlink, "/tmp/reseau-canary"); }},
    {"rename", [] { return call(SYS_rename, "/tmp/a", "/tmp/b"); }},
    {"chmod", [] { return call(SYS_chmod, "/tmp/reseau-canary", 0777); }},
    {"setuid", [] { return call(SYS_setuid, 0); }},
    {"mount", [] { return call(SYS_mount, "a", "/tmp", "tmpfs", 0, nullptr); }},
    {"memfd_create", [] { return call(SYS_memfd_create, "a", 0); }},
    {"ftruncate", [] { return call(SYS_ftruncate, kWorkerOutput, 0); }},
    {"bpf", [] { return call(SYS_bpf, 0, nullptr, 0); }},
    {"io_uring_setup", [] { return call(SYS_io_uring_setup, 1, nullptr); }},
    {"userfaultfd", [] { return call(SYS_userfaultfd, 0); }},
    {"keyctl", [] { return call(SYS_keyctl, 0, 0, 0, 0, 0); }},
    {"unshare", [] { return call(SYS_unshare, 0x10000000); }},
    {"code that is written",
     [] {
       return call(SYS_mmap, nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
     }},
    {"memory that becomes code",
     [] {
       void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       return call(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
     }},
    {"reading what is not the socket", [] { return call(SYS_read, kWorkerInput, nullptr, 0); }},
    {"writing into what is not the socket",
     [] { return call(SYS_write, kWorkerOutput, nullptr, 0); }},
};

bool is_sanitized() {
#ifdef RESEAU_SANITIZED
  return true;
#else
  return false;
#endif
}

}  // namespace

TEST_CASE(
    "A decoder that was taken over can reach no file, no address, no process and no program") {
  for (const Canary& canary : kCanaries) {
    // A sanitizer's runtime opens files, and is answered that it may not.
    if (is_sanitized() && std::string_view(canary.name).starts_with("open")) continue;
    CAPTURE(canary.name);
    CHECK(is_killed(canary.sing));
  }
}

TEST_CASE("A confined process can still compute, take memory, start threads and fail") {
  CHECK(status_of([] {
          std::vector<int> much(10'000'000, 1);
          int sum = 0;
          std::thread([&] {
            for (const int one : much) sum += one;
          }).join();
          try {
            throw std::runtime_error("caught");
          } catch (const std::exception&) {
            ++sum;
          }
          std::fputs("a library warns\n", stderr);
          return sum == 10'000'001 ? 0 : 1;
        }) == 0);
}

TEST_CASE("What aborts is seen to have aborted") {
  if (is_sanitized()) return;
  const int status = status_of([]() -> int { std::abort(); });
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("Where opening only fails, it does fail, for reading too") {
  const auto opens = [](const char* path, int how) {
    return [path, how] { return open(path, how) < 0 && errno == EACCES ? 0 : 1; };
  };
  CHECK(status_of(opens("/etc/passwd", O_RDONLY), Opening::fails) == 0);
  CHECK(status_of(opens("/tmp/written", O_WRONLY | O_CREAT), Opening::fails) == 0);
  // And all else is as it was.
  const int other =
      status_of([] { return call(SYS_socket, AF_INET, SOCK_STREAM, 0); }, Opening::fails);
  CHECK(WIFSIGNALED(other));
}

TEST_CASE("A process says truthfully what holds it back") {
  const pid_t pid = fork();
  if (pid == 0) _exit(static_cast<int>(confine()));
  int status = 0;
  waitpid(pid, &status, 0);
  REQUIRE(WIFEXITED(status));
  const auto done = static_cast<std::uint32_t>(WEXITSTATUS(status));
  CHECK((done & kNoNewPrivileges) != 0);
  CHECK((done & kSeccomp) != 0);
  CHECK((done & kLimits) != 0);
  const bool landlock = syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) >= 1;
  CHECK(((done & kLandlock) != 0) == landlock);
}
