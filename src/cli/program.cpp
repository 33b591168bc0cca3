#include "cli/program.h"

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <new>
#include <string>
#include <vector>

#include <reseau/version.h>

#include "cli/commands.h"
#include "cli/exit.h"
#include "cli/manual.h"
#include "cli/output.h"
#include "cli/signals.h"

namespace reseau::cli {
namespace {

constexpr const char* kDescription = R"(find known pictures without keeping them
Reduces pictures to short signatures, keeps those of known pictures in a bank,
and finds copies of them: re-encoded, shrunk, mirrored, turned, slightly
edited. A match is a reason for a person to look, never a finding about anyone.

Results go to standard output, as text, JSON Lines or CSV; messages, a summary
and a progress bar to standard error. `reseau COMMAND --help` has the manual of
each command.)";

constexpr const char* kFooter = R"(EXAMPLES
    reseau bank init known.bank
    reseau bank add known.bank evidence/
    reseau match known.bank uploads/ --format jsonl

EXIT STATUS
    0    everything was examined, and nothing matched; or done
    1    match only: at least one match
    2    the arguments make no sense, or nothing more could be done
    3    nothing matched, but some files could not be (fully) examined
    130  interrupted (143 by SIGTERM, 129 by SIGHUP)

ENVIRONMENT
    TERM    where it is unset, empty or "dumb", no progress bar is drawn
)";

/// A descriptor that was closed when the program started would be given to the next file opened,
/// and results could be written into a bank. Opened the wrong way round, so that using it fails.
void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    const int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    [[maybe_unused]] const int opened = ::open("/dev/null", flags);
  }
}

// CLI11 takes an argument such as [a,b] for a list of two, and there are files with such names. So
// arguments that begin with a bracket are marked before it sees them, and the mark is taken off
// before anybody else does.
constexpr char kMark = '\1';

std::vector<std::string> marked(int argc, char** argv) {
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {  // CLI11 wants them last first
    std::string argument = argv[i];
    if (argument.starts_with('[') || argument.starts_with(kMark)) argument.insert(0, 1, kMark);
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

void take_off_marks(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_items_expected_max() == 0) continue;
    option->transform(CLI::Validator(
        [](std::string& value) {
          if (value.starts_with(kMark)) value.erase(0, 1);
          return std::string();
        },
        ""));
  }
  for (CLI::App* command : app.get_subcommands({})) take_off_marks(*command);
}

void declare(CLI::App& root, Run& run) {
  root.formatter_fn([](const CLI::App* app, const std::string& /*name*/,
                       CLI::AppFormatMode /*mode*/) { return manual(*app); });
  root.set_help_flag("-h,--help", "Show this manual.");
  root.set_version_flag("--version", "reseau " + std::string(version()), "Show the version.");
  root.footer(kFooter);
  root.require_subcommand(1);
  add_hash(root, run);
  add_compare(root, run);
  add_match(root, run);
  add_bank(root, run);
#ifdef RESEAU_EVALUATE
  add_evaluate(root, run);
  add_calibrate(root, run);
#endif
  add_testcard(root, run);
  add_completion(root, run);
  take_off_marks(root);
}

/// The innermost command that the arguments name.
const CLI::App& named_command(const CLI::App& root) {
  const CLI::App* app = &root;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return *app;
}

std::string commands_of(const CLI::App& app) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands({}))
    names += (names.empty() ? "" : ", ") + command->get_name();
  return names;
}

/// CLI11 complains first of what is missing, and people first of all mistype.
std::string wrong_usage(const CLI::App& root, const CLI::ParseError& error) {
  const CLI::App& app = named_command(root);
  const std::string help = "; see " + full_name(app) + " --help";
  const std::vector<std::string> unknown = app.remaining(false);
  if (!unknown.empty() && unknown.front().starts_with('-'))
    return "there is no option " + unknown.front() + help;
  const std::string commands = commands_of(app);
  if (!unknown.empty() && !commands.empty())
    return "there is no command " + unknown.front() + "; there are " + commands + help;
  if (!unknown.empty()) return "one argument too many: " + unknown.front() + help;
  if (!commands.empty()) return "a command is missing, one of " + commands + help;
  return error.what() + help;
}

int parse_and_run(int argc, char** argv, Output& output) {
  CLI::App root(kDescription, "reseau");
  Run run;
  declare(root, run);
  try {
    root.parse(marked(argc, argv));
  } catch (const CLI::CallForHelp&) {
    output.write(root.help());
    return 0;
  } catch (const CLI::CallForVersion& version) {
    output.write(std::string(version.what()) + '\n');
    return 0;
  } catch (const CLI::ParseError& error) {
    throw Fatal(wrong_usage(root, error));
  }
  return static_cast<int>(run(output));
}

int die_of_broken_pipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
  return static_cast<int>(Exit::fatal);
}

}  // namespace

int run_program(int argc, char** argv) {
  occupy_standard_streams();
  install_signals();
  try {
    Output output;
    const int status = parse_and_run(argc, argv, output);
    output.close();
    return interruption() != 0 ? 128 + interruption() : status;
  } catch (const BrokenPipe&) {
    return die_of_broken_pipe();
  } catch (const Fatal& fatal) {
    message(fatal.what());
  } catch (const std::bad_alloc&) {
    message("memory ran out; lower --threads or --max-pixels, or free some memory");
  } catch (const std::exception& error) {
    message(std::string("a fault of the program, please report it: ") + error.what());
  }
  return static_cast<int>(Exit::fatal);
}

}  // namespace reseau::cli
