/// The subcommands. Each add_... declares one with its options and manual; if the arguments ask for
/// it, `run` becomes what is to be done.
#pragma once

#include "cli/options.h"

namespace reseau::cli {

void add_hash(CLI::App& root, Run& run);
void add_compare(CLI::App& root, Run& run);
void add_match(CLI::App& root, Run& run);
void add_bank(CLI::App& root, Run& run);  ///< with those that follow below it
void add_bank_init(CLI::App& bank, Run& run);
void add_bank_add(CLI::App& bank, Run& run);
void add_bank_remove(CLI::App& bank, Run& run);
void add_bank_list(CLI::App& bank, Run& run);
void add_bank_info(CLI::App& bank, Run& run);
void add_bank_verify(CLI::App& bank, Run& run);
void add_evaluate(CLI::App& root, Run& run);
void add_calibrate(CLI::App& root, Run& run);
void add_testcard(CLI::App& root, Run& run);
void add_completion(CLI::App& root, Run& run);

}  // namespace reseau::cli
