// reseau bank init
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include <reseau/bank.h>

#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/output.h"

namespace reseau::cli {
namespace {

constexpr Words kWords = {"make an empty bank",
                          R"(Makes a bank with no entries. A file that is there already is never
overwritten.)",
                          R"(    reseau bank init known.bank
)"};

struct Options {
  Format format = Format::text;
  std::string bank;
};

Exit init(const Options& options, Output& output) {
  const Result<Bank> bank = Bank::create(options.bank);
  if (!bank) throw Fatal(bank.error().message);
  const Result<BankInfo> info = bank->info();
  if (!info) throw Fatal(info.error().message);
  const Table table{{{"path", "/path"}, {"id", "/id"}, {"created", "/created"}}, nullptr, {}};
  Rows rows(output, options.format, table);
  rows.add({{"path", options.bank}, {"id", info->id}, {"created", info->created}},
           printable(options.bank) + ": an empty bank\n");
  return Exit::clear;
}

}  // namespace

void add_bank_init(CLI::App& bank, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(bank, "init", kWords, kDoingExits);
  add_bank_path(*app, options->bank);
  add_format(*app, options->format);
  app->callback(
      [options, &run] { run = [options](Output& output) { return init(*options, output); }; });
}

}  // namespace reseau::cli
