#include <unistd.h>

#include <cstdio>

#include "cli/program.h"
#include "core/sanitized.h"

int main(int argc, char** argv) {
  const int status = reseau::cli::run_program(argc, argv);
  // Everything is written and closed. Ending the libraries' threads may take for ever where memory
  // is short (OpenBLAS, under a small `ulimit -v`), and serves nobody.
  std::fflush(nullptr);
  if (!reseau::detail::kSanitized) ::_exit(status);  // sanitizers report at the end
  return status;
}
