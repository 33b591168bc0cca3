#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string>
#include <thread>

namespace reseau::cli {
namespace {

constexpr const char* kEnvironment = R"(ENVIRONMENT
    TERM    where it is unset, empty or "dumb", no progress bar is drawn
)";

constexpr int kMostThreads = 1024;

}  // namespace

const CLI::Validator kUnsigned(
    [](std::string& text) {
      return text.starts_with('-') ? "it cannot be less than zero: " + text : std::string();
    },
    "");

const char* const kLookingExits = R"(EXIT STATUS
    0    done, and every file was examined
    2    the arguments make no sense, or nothing more could be done; a message
         says what and why
    3    done, but some files could not be (fully) examined
    130  interrupted (143 by SIGTERM, 129 by SIGHUP); what was done until then
         has been written
    Files that are no media by their content, and pictures with nothing to
    recognise in them, are counted but do not set 3.
)";

const char* const kDoingExits = R"(EXIT STATUS
    0    done
    2    not done; a message says what is in the way
)";

CLI::App* add_command(CLI::App& parent, const char* name, const Words& words, const char* exits) {
  CLI::App* app = parent.add_subcommand(name, std::string(words.summary) + '\n' + words.details);
  app->footer(std::string("EXAMPLES\n") + words.examples + '\n' + exits + '\n' + kEnvironment);
  return app;
}

CLI::Option* add_bank_path(CLI::App& app, std::string& path) {
  return app.add_option("BANK", path, "The bank's file.")->required()->type_name("FILE");
}

void add_format(CLI::App& app, Format& format) {
  const std::map<std::string, Format> names = {
      {"text", Format::text}, {"jsonl", Format::jsonl}, {"csv", Format::csv}};
  app.add_option_function<std::string>(
         "--format", [&format, names](const std::string& name) { format = names.at(name); },
         "How results are written to standard output: text for people, jsonl (one JSON object a "
         "line) or csv (with a header) for programs. Default: text.")
      ->check(CLI::IsMember(std::vector<std::string>{"text", "jsonl", "csv"}))
      ->type_name("text|jsonl|csv");
}

void add_quiet(CLI::App& app, bool& quiet) {
  app.add_flag("-q,--quiet", quiet, "No summary on standard error. Errors are still told.");
}

void add_inputs(CLI::App& app, InputOptions& options) {
  options.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  app.add_flag("-0,--null", options.null,
               "The list on standard input has a NUL after each path, as find -print0 writes it.");
  app.add_option("--threads", options.threads,
                 "How many files are examined at once. Default: one a core.")
      ->check(CLI::Range(1, kMostThreads))
      ->type_name("N");
  add_limits(app, options.limits);
  add_isolation(app, options.isolation);
  app.add_flag("--key-frames", options.key_frames,
               "Decode only the key frames of videos: far quicker, and what lies between them is "
               "not seen.");
  app.add_flag("--no-progress", options.no_progress,
               "No progress bar, even if standard error is a terminal.");
  add_quiet(app, options.quiet);
}

void add_isolation(CLI::App& app, Isolation& isolation) {
  auto* required = app.add_flag(
      "--require-isolation", isolation.required,
      "Examine nothing unless files can be decoded in processes that are confined by seccomp and "
      "Landlock. Without it, what confinement there is is used, and every row says which.");
  app.add_flag("--no-isolation", isolation.off,
               "Decode in this process: a fault in a decoder is then a fault of the program. For "
               "files that are trusted.")
      ->excludes(required);
}

void add_limits(CLI::App& app, Limits& limits) {
  app.add_option("--max-pixels", limits.max_pixels,
                 "Pictures that claim more pixels than this are not decoded; their outcome is "
                 "limit_pixels. k, M and G stand for thousands, millions and billions. Default: "
                 "67108864.")
      ->transform(CLI::AsNumberWithUnit(
          std::map<std::string, std::uint64_t>{
              {"k", 1'000}, {"m", 1'000'000}, {"g", 1'000'000'000}},
          CLI::AsNumberWithUnit::CASE_INSENSITIVE))
      ->transform(kUnsigned)
      ->type_name("N");
  app.add_option("--max-bytes", limits.max_bytes,
                 "Files larger than this are not read; their outcome is limit_bytes. K, M and G "
                 "stand for powers of 1024. Default: 256M.")
      ->transform(CLI::AsSizeValue(false))
      ->transform(kUnsigned)
      ->type_name("N");
  app.add_option(
         "--max-frames", limits.max_frames,
         "How many pictures of one file are looked at: frames of an animation, pages, "
         "pictures within. Where there are more, the outcome is limit_frames. Default: 1024.")
      ->check(CLI::Range(1, kMaxFrames))
      ->type_name("N");
  app.add_flag_callback(
      "--full-decode", [&limits] { limits.shrink_to = 0; },
      "Decode large JPEGs at their full size, and not reduced to a half or less, which is several "
      "times as fast and moves signatures a little.");
}

CLI::Option* add_paths(CLI::App& app, InputOptions& options) {
  return app
      .add_option("PATH", options.paths,
                  "Files, and folders, which are walked with all that is in them. - stands for a "
                  "list on standard input, one path a line.")
      ->type_name("FILE");
}

void check_paths(const InputOptions& options) {
  if (std::count(options.paths.begin(), options.paths.end(), "-") > 1) {
    throw Fatal("- is given twice, and there is but one standard input; give it once");
  }
}

}  // namespace reseau::cli
