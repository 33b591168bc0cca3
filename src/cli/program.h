/// The program, from its arguments to its exit status.
#pragma once

namespace reseau::cli {

[[nodiscard]] int run_program(int argc, char** argv);

}  // namespace reseau::cli
