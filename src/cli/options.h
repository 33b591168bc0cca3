/// The options that several commands share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <reseau/image.h>

#include "cli/exit.h"
#include "cli/rows.h"

namespace CLI {
class App;
class Validator;
class Option;
}  // namespace CLI

namespace reseau::cli {

class Output;

/// What the arguments ask for, ready to be done.
using Run = std::function<Exit(Output&)>;

/// Where pictures are decoded: in confined processes as far as they are to be had, unless...
struct Isolation {
  bool off = false;       ///< in this process
  bool required = false;  ///< nowhere else, and confined in all respects
};

struct InputOptions {
  std::vector<std::string> paths;
  bool null = false;  ///< the list on standard input is separated by NUL
  int threads = 1;
  Limits limits;
  Isolation isolation;
  bool key_frames = false;  ///< of videos, only these are decoded
  bool no_progress = false;
  bool quiet = false;
};

/// How a command is told of in its manual: `summary` in one line, `details` in paragraphs,
/// `examples` as they are.
struct Words {
  const char* summary;
  const char* details;
  const char* examples;
};

/// A subcommand with its manual, which ends with `exits`.
CLI::App* add_command(CLI::App& parent, const char* name, const Words& words, const char* exits);

/// CLI11 takes -1 for a very large number without a sign.
extern const CLI::Validator kUnsigned;

/// The exit statuses of a command that looks at files.
extern const char* const kLookingExits;
/// The exit statuses of a command that does or does not.
extern const char* const kDoingExits;

CLI::Option* add_bank_path(CLI::App& app, std::string& path);
void add_format(CLI::App& app, Format& format);
void add_quiet(CLI::App& app, bool& quiet);
/// --max-pixels, --max-bytes, --max-frames, --full-decode.
void add_limits(CLI::App& app, Limits& limits);
/// --require-isolation, --no-isolation.
void add_isolation(CLI::App& app, Isolation& isolation);
/// --null, --threads, the limits, --require-isolation, --no-isolation, --no-progress, --quiet.
void add_inputs(CLI::App& app, InputOptions& options);
CLI::Option* add_paths(CLI::App& app, InputOptions& options);

/// Throws: Fatal if "-" is given twice: there is one standard input.
void check_paths(const InputOptions& options);

}  // namespace reseau::cli
