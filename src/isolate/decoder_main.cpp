// The program that the library starts to decode in. Not for people to run.
#include <fcntl.h>
#include <sys/socket.h>

#include <cstdio>

#include "isolate/zygote.h"

int main() {
  int kind = 0;
  socklen_t size = sizeof(kind);
  const bool called =
      ::getsockopt(reseau::detail::kZygoteSocket, SOL_SOCKET, SO_TYPE, &kind, &size) == 0;
  if (!called) {
    std::fputs("reseau-decoder is started by the library, and of no use by itself\n", stderr);
    return 2;
  }
  return reseau::detail::serve_as_zygote();
}
