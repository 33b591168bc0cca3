#include "isolate/zygote.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "isolate/channel.h"
#include "isolate/confine.h"

namespace reseau::detail {

int reap(pid_t pid, int patience) {
  int status = 0;
  constexpr timespec kMillisecond{.tv_sec = 0, .tv_nsec = 1'000'000};
  for (int i = 0; i < patience; ++i) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return status;
    if (ended < 0 && errno != EINTR) return 0;
    ::nanosleep(&kMillisecond, nullptr);
  }
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

namespace {

/// The three to their places. All are above those when they come.
bool take_places(const std::array<Descriptor, 3>& received) {
  return ::dup2(received[0].get(), kWorkerSocket) >= 0 &&
         ::dup2(received[1].get(), kWorkerInput) >= 0 &&
         ::dup2(received[2].get(), kWorkerOutput) >= 0 &&
         ::close_range(kWorkerOutput + 1, ~0U, 0) == 0;
}

}  // namespace

int serve_as_zygote(void (*work)()) {
  int kind = 0;
  socklen_t size = sizeof(kind);
  if (::getsockopt(kZygoteSocket, SOL_SOCKET, SO_TYPE, &kind, &size) != 0) {
    std::fputs("it is started by the library, and of no use by itself\n", stderr);
    return 2;
  }
  ::prctl(PR_SET_NAME, "reseau-decoder");
  // The low numbers are kept for workers.
  const int control = ::fcntl(kZygoteSocket, F_DUPFD_CLOEXEC, 16);
  if (control < 0) return 1;
  for (const int low : {kWorkerSocket, kWorkerInput, kWorkerOutput}) {
    if (::dup2(control, low) < 0) return 1;
  }
  SpawnRequest request;
  std::array<Descriptor, 3> received;
  while (receive_value(control, request, received)) {
    SpawnReply reply;
    if (request.reap > 0) reply.status = reap(request.reap, request.reap_wait);
    const pid_t pid = ::fork();
    if (pid == 0) {
      if (!take_places(received)) ::_exit(1);
      work();
    }
    if (pid < 0) reply.error = errno;
    reply.pid = pid < 0 ? 0 : pid;
    for (Descriptor& descriptor : received) descriptor.reset();
    if (!send_value(control, reply)) break;
  }
  // No worker is left for others to reap: they are of this process's own group, which hears it too.
  std::signal(SIGTERM, SIG_IGN);
  ::kill(0, SIGTERM);
  while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  return 0;
}

}  // namespace reseau::detail
