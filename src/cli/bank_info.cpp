// reseau bank info
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include <reseau/bank.h>
#include <reseau/match.h>

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
windows they have, and its size with all that stands beside it.

Of a bank that is searched approximately (ivf), "recall" is measured: the share
that is found of 1,000 of its signatures, each asked for by a made-up copy that
is as far away as a match may be. Copies by edits are found more often.

"saved" says whether its index is saved beside it, so that it opens without
reading all of its rows.)",
    R"(    reseau bank info known.bank
    reseau bank info known.bank --format jsonl
)"};

struct Options {
  Format format = Format::text;
  std::string bank;
};

// Of what lies at the limit that a query is held to.
double recall_of(const Bank& bank) {
  const Result<double> recall =
      bank.recall(default_limit(Measure::grid, bank.pictures(), bank.level()));
  if (!recall) throw Fatal(recall.error().message);
  return *recall;
}

std::string text_of(const BankInfo& info, double recall) {
  std::array<char, 16> share{};
  std::snprintf(share.data(), share.size(), "%.3f", recall);
  return printable(info.path) + "\n  id        " + info.id + "\n  created   " + info.created +
         "\n  format    " + std::to_string(info.format) + "\n  level     " +
         std::string(name(info.level)) + "\n  search    " + std::string(name(info.kind)) +
         ", recall " + share.data() + "\n  entries   " + grouped(info.entries) + "\n  with grid " +
         grouped(info.with_grid) + "\n  windows   " + grouped(info.windows) + "\n  with pdq  " +
         grouped(info.with_pdq) + "\n  videos    " + grouped(info.videos) + "\n  frames    " +
         grouped(info.frames) + "\n  bytes     " + grouped(info.file_bytes) + "\n  saved     " +
         (info.saved ? "yes" : "no") + '\n';
}

Exit info(const Options& options, Output& output) {
  const Result<Bank> bank = Bank::open(options.bank);
  if (!bank) throw Fatal(bank.error().message);
  const Result<BankInfo> info = bank->info();
  if (!info) throw Fatal(info.error().message);
  const double recall = recall_of(*bank);
  const Table table{{{"path", "/path"},
                     {"id", "/id"},
                     {"created", "/created"},
                     {"format", "/format"},
                     {"level", "/level"},
                     {"search", "/search"},
                     {"recall", "/recall"},
                     {"entries", "/entries"},
                     {"with_grid", "/with_grid"},
                     {"windows", "/windows"},
                     {"with_pdq", "/with_pdq"},
                     {"videos", "/videos"},
                     {"frames", "/frames"},
                     {"file_bytes", "/file_bytes"},
                     {"saved", "/saved"}},
                    nullptr,
                    {}};
  Rows rows(output, options.format, table);
  rows.add({{"path", info->path},
            {"id", info->id},
            {"created", info->created},
            {"format", info->format},
            {"level", name(info->level)},
            {"search", name(info->kind)},
            {"recall", recall},
            {"entries", info->entries},
            {"with_grid", info->with_grid},
            {"windows", info->windows},
            {"with_pdq", info->with_pdq},
            {"videos", info->videos},
            {"frames", info->frames},
            {"file_bytes", info->file_bytes},
            {"saved", info->saved}},
           text_of(*info, recall));
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
