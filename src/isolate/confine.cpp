#include "isolate/confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <span>

#include "isolate/protocol.h"
#include "isolate/sanitized.h"

namespace reseau::detail {
namespace {

// Newer than Debian 12's header: the kernel says by its version which of them it knows.
constexpr std::uint64_t kAllFilesystem1 = (1ULL << 13) - 1;
constexpr std::uint64_t kRefer2 = 1ULL << 13;
constexpr std::uint64_t kTruncate3 = 1ULL << 14;
constexpr std::uint64_t kIoctlDevice5 = 1ULL << 15;
constexpr std::uint64_t kAllNetwork4 = 3;
constexpr std::uint64_t kAllScopes6 = 3;

struct Ruleset {
  std::uint64_t filesystem = 0;
  std::uint64_t network = 0;  // from version 4 on
  std::uint64_t scopes = 0;   // from version 6 on
};

/// Everything is handled and nothing allowed.
bool forbid_paths_and_addresses() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return false;
  Ruleset rules;
  std::size_t size = sizeof(rules.filesystem);
  rules.filesystem = kAllFilesystem1;
  if (version >= 2) rules.filesystem |= kRefer2;
  if (version >= 3) rules.filesystem |= kTruncate3;
  if (version >= 5) rules.filesystem |= kIoctlDevice5;
  if (version >= 4) {
    rules.network = kAllNetwork4;
    size += sizeof(rules.network);
  }
  if (version >= 6) {
    rules.scopes = kAllScopes6;
    size += sizeof(rules.scopes);
  }
  const auto ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size, 0));
  if (ruleset < 0) return false;
  const bool done = ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  ::close(ruleset);
  return done;
}

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_KILL_PROCESS)) {}
  ~Filter() { seccomp_release(context_); }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  Filter(Filter&&) = delete;
  Filter& operator=(Filter&&) = delete;

  void allow(int call) { add(SCMP_ACT_ALLOW, call, {}); }
  void fail(int call, int error) { add(SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call, {}); }
  void allow_if(int call, const scmp_arg_cmp& condition) {
    add(SCMP_ACT_ALLOW, call, std::span(&condition, 1));
  }
  void fail_if(int call, int error, const scmp_arg_cmp& condition) {
    add(SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call, std::span(&condition, 1));
  }
  [[nodiscard]] bool load() { return good_ && seccomp_load(context_) == 0; }

 private:
  void add(std::uint32_t action, int call, std::span<const scmp_arg_cmp> conditions) {
    good_ = good_ && context_ != nullptr &&
            seccomp_rule_add_array(context_, action, call, static_cast<unsigned>(conditions.size()),
                                   conditions.data()) == 0;
  }
  scmp_filter_ctx context_;
  bool good_ = true;
};

constexpr scmp_arg_cmp argument(unsigned index, scmp_compare compare, scmp_datum_t a,
                                scmp_datum_t b = 0) {
  return {index, compare, a, b};
}

/// All that decoders, malloc and threads need; what else is called ends the process.
bool forbid_system_calls(Opening opening) {
  Filter filter;
  filter.allow_if(SCMP_SYS(read), argument(0, SCMP_CMP_EQ, kWorkerSocket));
  filter.allow_if(SCMP_SYS(write), argument(0, SCMP_CMP_EQ, kWorkerSocket));
  // Memory, of which none is ever both written and executed.
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
    filter.allow_if(call, argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  for (const int call : {SCMP_SYS(munmap),
                         SCMP_SYS(mremap),
                         SCMP_SYS(brk),
                         SCMP_SYS(madvise),
                         SCMP_SYS(futex),
                         SCMP_SYS(sched_yield),
                         SCMP_SYS(sched_getaffinity),
                         SCMP_SYS(set_robust_list),
                         SCMP_SYS(rseq),
                         SCMP_SYS(gettid),
                         SCMP_SYS(getpid),
                         SCMP_SYS(clock_gettime),
                         SCMP_SYS(gettimeofday),
                         SCMP_SYS(nanosleep),
                         SCMP_SYS(clock_nanosleep),
                         SCMP_SYS(restart_syscall),
                         SCMP_SYS(getrandom),
                         SCMP_SYS(rt_sigprocmask),
                         SCMP_SYS(rt_sigaction),
                         SCMP_SYS(sigaltstack),
                         SCMP_SYS(rt_sigreturn),
                         SCMP_SYS(exit),
                         SCMP_SYS(exit_group)})
    filter.allow(call);
  // Threads (libde265 starts one) and no processes. Arguments behind pointers cannot be looked at,
  // so the C library is told that clone3 does not exist.
  filter.allow_if(SCMP_SYS(clone), argument(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  filter.fail(SCMP_SYS(clone3), ENOSYS);
  filter.allow_if(SCMP_SYS(prctl), argument(0, SCMP_CMP_EQ, PR_SET_NAME));
  // abort() is to be seen as what it is.
  filter.allow_if(SCMP_SYS(tgkill),
                  argument(0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid())));
  // Libraries that would warn on standard error are not to die of it.
  filter.fail_if(SCMP_SYS(write), EBADF, argument(0, SCMP_CMP_LE, STDERR_FILENO));
  for (const int call : {SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(ioctl), SCMP_SYS(sysinfo)})
    filter.fail(call, EBADF);
  if (kSanitized || opening == Opening::fails) filter.fail(SCMP_SYS(openat), EACCES);
  if constexpr (kSanitized) {
    for (const int call :
         {SCMP_SYS(getuid), SCMP_SYS(readlink), SCMP_SYS(personality), SCMP_SYS(prlimit64)})
      filter.allow(call);
    filter.fail(SCMP_SYS(open), EACCES);
    filter.fail(SCMP_SYS(prctl), EINVAL);
  }
  return filter.load();
}

bool forbid(decltype(RLIMIT_CORE) resource) {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  return ::setrlimit(resource, &none) == 0;
}

}  // namespace

std::uint32_t confine(Opening opening) {
  std::uint32_t done = 0;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_DUMPABLE, 0);
  // No descriptor can be made any more, whatever its kind.
  if (forbid(RLIMIT_CORE) && forbid(RLIMIT_FSIZE)) done |= kLimits;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) done |= kNoNewPrivileges;
  if (forbid_paths_and_addresses()) done |= kLandlock;
  if (!forbid(RLIMIT_NOFILE)) done &= ~std::uint32_t{kLimits};
  if (forbid_system_calls(opening)) done |= kSeccomp;
  return done;
}

}  // namespace reseau::detail
