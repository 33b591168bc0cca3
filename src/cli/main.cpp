#include "cli/program.h"

int main(int argc, char** argv) { return reseau::cli::run_program(argc, argv); }
