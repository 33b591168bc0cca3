#include <unistd.h>

#include <cstdio>

#include "cli/program.h"

int main(int argc, char** argv) {
  const int status = reseau::cli::run_program(argc, argv);
  // Everything is written and closed. Ending the libraries' threads may take for ever where memory
  // is short (OpenBLAS, under a small `ulimit -v`), and serves nobody.
#ifndef RESEAU_SANITIZED  // which reports at the end
  std::fflush(nullptr);
  ::_exit(status);
#endif
  return status;
}
