// reseau bank verify
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include <reseau/bank.h>

#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/output.h"
#include "cli/tally.h"

namespace reseau::cli {
namespace {

constexpr Words kWords = {
    "check a bank for damage",
    R"(Reads every row of a bank and checks it against its digest, and the whole
against the sum over all of them. Nothing is changed. A damaged bank is not
repaired: restore it from a copy, or make it anew.)",
    R"(    reseau bank verify known.bank
)"};

constexpr const char* kExits = R"(EXIT STATUS
    0    the bank is sound
    2    it is damaged, or could not be read; a message says what is wrong
)";

struct Options {
  Format format = Format::text;
  std::string bank;
};

std::string text_of(const std::string& path, const VerifyReport& report) {
  const std::string name = printable(path) + ": ";
  const std::string read = counted(report.entries, "row") + " read";
  if (report.problems.empty()) return name + "sound, " + read + '\n';
  std::string text;
  for (const std::string& problem : report.problems) text += name + printable(problem) + '\n';
  return text + name + "DAMAGED, " + read + ", " + counted(report.problems.size(), "problem") +
         '\n';
}

Exit verify(const Options& options, Output& output) {
  const Result<VerifyReport> report = Bank::verify(options.bank);
  if (!report) throw Fatal(report.error().message);
  const Table table{{{"path", "/path"}, {"sound", "/sound"}, {"entries", "/entries"}},
                    "problems",
                    {{"problem", ""}}};
  Rows rows(output, options.format, table);
  const bool sound = report->problems.empty();
  rows.add({{"path", options.bank},
            {"sound", sound},
            {"entries", report->entries},
            {"problems", report->problems}},
           text_of(options.bank, *report));
  return sound ? Exit::clear : Exit::fatal;
}

}  // namespace

void add_bank_verify(CLI::App& bank, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(bank, "verify", kWords, kExits);
  add_bank_path(*app, options->bank);
  add_format(*app, options->format);
  app->callback(
      [options, &run] { run = [options](Output& output) { return verify(*options, output); }; });
}

}  // namespace reseau::cli
