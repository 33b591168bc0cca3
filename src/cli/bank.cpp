// reseau bank: what its subcommands have in common.
#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace reseau::cli {
namespace {

constexpr Words kWords = {
    "make and keep a bank of known pictures",
    R"(A bank is one file that holds what known pictures are reduced to: signatures
and digests, never the pictures. Any number of processes may read it while one
writes.)",
    R"(    reseau bank init known.bank
    reseau bank add known.bank evidence/
    reseau bank info known.bank
)"};

}  // namespace

void add_bank(CLI::App& root, Run& run) {
  CLI::App* app = add_command(root, "bank", kWords, kDoingExits);
  app->require_subcommand(1);
  add_bank_init(*app, run);
  add_bank_add(*app, run);
  add_bank_remove(*app, run);
  add_bank_list(*app, run);
  add_bank_info(*app, run);
  add_bank_verify(*app, run);
}

}  // namespace reseau::cli
