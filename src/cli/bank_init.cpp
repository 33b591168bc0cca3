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
overwritten.

The level says how much is kept of every picture that will be added, and can
not be changed later. Copies that are cropped, framed or turned are found at
every level; the higher ones find smaller parts:
    base      the whole: parts of four fifths of each side and more. About
              400 bytes a picture.
    standard  and 29 windows: half of the picture's area and more. 4 kB.
    extended  and 68 more: a quarter of its area and more. 12 kB.
A search takes longer in proportion.

Searches find everything within their limit, unless --search ivf is given: for
many millions of signatures, a tenth of the time, and some of what lies right
at the limit is missed. `reseau bank info` shows the share that is found.)",
                          R"(    reseau bank init known.bank
    reseau bank init known.bank --level standard
    reseau bank init large.bank --search ivf
)"};

struct Options {
  Format format = Format::text;
  std::string bank;
  std::string level = std::string(name(Level::base));
  std::string search = std::string(name(IndexKind::exact));
};

Exit init(const Options& options, Output& output) {
  const Result<Bank> bank =
      Bank::create(options.bank, *level_of(options.level), *index_kind(options.search));
  if (!bank) throw Fatal(bank.error().message);
  const Result<BankInfo> info = bank->info();
  if (!info) throw Fatal(info.error().message);
  const Table table{{{"path", "/path"},
                     {"id", "/id"},
                     {"created", "/created"},
                     {"level", "/level"},
                     {"search", "/search"}},
                    nullptr,
                    {}};
  Rows rows(output, options.format, table);
  rows.add({{"path", options.bank},
            {"id", info->id},
            {"created", info->created},
            {"level", options.level},
            {"search", options.search}},
           printable(options.bank) + ": an empty bank of level " + options.level + '\n');
  return Exit::clear;
}

}  // namespace

void add_bank_init(CLI::App& bank, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(bank, "init", kWords, kDoingExits);
  add_bank_path(*app, options->bank);
  app->add_option("--level", options->level,
                  "How many windows are kept of every picture. Default: base.")
      ->check(CLI::IsMember(std::vector<std::string>{"base", "standard", "extended"}))
      ->type_name("base|standard|extended");
  app->add_option("--search", options->search,
                  "How grid signatures are searched: exactly, or approximately. Default: exact.")
      ->check(CLI::IsMember(std::vector<std::string>{"exact", "ivf"}))
      ->type_name("exact|ivf");
  add_format(*app, options->format);
  app->callback(
      [options, &run] { run = [options](Output& output) { return init(*options, output); }; });
}

}  // namespace reseau::cli
