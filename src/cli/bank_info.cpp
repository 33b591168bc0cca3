// reseau bank info
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
    "what a bank is and how much is in it",
    R"(Its identity, when it was made, the version of its format, its level, how many
entries there are, how many of them have a signature of each kind, how many
windows they have, and its size.)",
    R"(    reseau bank info known.bank
    reseau bank info known.bank --format jsonl
)"};

struct Options {
  Format format = Format::text;
  std::string bank;
};

std::string text_of(const BankInfo& info) {
  return printable(info.path) + "\n  id        " + info.id + "\n  created   " + info.created +
         "\n  format    " + std::to_string(info.format) + "\n  level     " +
         std::string(name(info.level)) + "\n  entries   " + grouped(info.entries) +
         "\n  with grid " + grouped(info.with_grid) + "\n  windows   " + grouped(info.windows) +
         "\n  with pdq  " + grouped(info.with_pdq) + "\n  videos    " + grouped(info.videos) +
         "\n  frames    " + grouped(info.frames) + "\n  bytes     " + grouped(info.file_bytes) +
         '\n';
}

Exit info(const Options& options, Output& output) {
  const Result<Bank> bank = Bank::open(options.bank);
  if (!bank) throw Fatal(bank.error().message);
  const Result<BankInfo> info = bank->info();
  if (!info) throw Fatal(info.error().message);
  const Table table{{{"path", "/path"},
                     {"id", "/id"},
                     {"created", "/created"},
                     {"format", "/format"},
                     {"level", "/level"},
                     {"entries", "/entries"},
                     {"with_grid", "/with_grid"},
                     {"windows", "/windows"},
                     {"with_pdq", "/with_pdq"},
                     {"videos", "/videos"},
                     {"frames", "/frames"},
                     {"file_bytes", "/file_bytes"}},
                    nullptr,
                    {}};
  Rows rows(output, options.format, table);
  rows.add({{"path", info->path},
            {"id", info->id},
            {"created", info->created},
            {"format", info->format},
            {"level", name(info->level)},
            {"entries", info->entries},
            {"with_grid", info->with_grid},
            {"windows", info->windows},
            {"with_pdq", info->with_pdq},
            {"videos", info->videos},
            {"frames", info->frames},
            {"file_bytes", info->file_bytes}},
           text_of(*info));
  return Exit::clear;
}

}  // namespace

void add_bank_info(CLI::App& bank, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(bank, "info", kWords, kDoingExits);
  add_bank_path(*app, options->bank);
  add_format(*app, options->format);
  app->callback(
      [options, &run] { run = [options](Output& output) { return info(*options, output); }; });
}

}  // namespace reseau::cli
