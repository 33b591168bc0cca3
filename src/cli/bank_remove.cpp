// reseau bank remove
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include <reseau/bank.h>
#include <reseau/match.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/record.h"
#include "cli/save_index.h"
#include "cli/signals.h"
#include "cli/source.h"
#include "cli/tally.h"

namespace reseau::cli {
namespace {

constexpr Words kWords = {
    "remove entries from a bank",
    R"(Removes all of the entries named, or none if one of them is not there. What
is removed is overwritten in the file, and its number is never given again. An
index that was saved beside the bank is overwritten too, and saved anew.)",
    R"(    reseau bank remove known.bank 12 13
    reseau bank list known.bank --label case-17 --format jsonl | \
        jq -r .entry | reseau bank remove known.bank -
)"};

struct Options {
  Format format = Format::text;
  std::string bank;
  std::vector<std::string> ids;
  bool quiet = false;
};

EntryId parse_id(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  if (text == entry_name(kTestCardEntry))
    throw Fatal("the test card is no entry, and every bank knows it; it cannot be removed");
  EntryId id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 1) {
    throw Fatal("\"" + std::string(text) +
                "\" is no number of an entry; `reseau bank list` shows them");
  }
  return id;
}

std::vector<EntryId> parse_ids(const std::vector<std::string>& arguments) {
  std::vector<EntryId> ids;
  for (const std::string& argument : arguments) {
    if (argument != "-") {
      ids.push_back(parse_id(argument));
      continue;
    }
    Source list = Source::open("-");
    while (const auto line = read_until(list, '\n')) {
      if (!line->empty()) ids.push_back(parse_id(*line));
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Exit remove(const Options& options, Output& output) {
  Result<Bank> bank = Bank::open(options.bank, Bank::Mode::write);
  if (!bank) throw Fatal(bank.error().message);
  const std::vector<EntryId> ids = parse_ids(options.ids);
  if (interruption() != 0) return Exit::fatal;  // the list was cut short
  if (const Status status = bank->remove(ids); !status) throw Fatal(status.error().message);
  const Table table{{{"entry", "/entry"}}, nullptr, {}};
  Rows rows(output, options.format, table);
  for (const EntryId id : ids)
    rows.add({{"entry", entry_name(id)}}, "entry " + entry_name(id) + ": removed\n");
  rows.flush();
  if (!options.quiet) message(grouped(ids.size()) + " removed");
  save_index(*bank);
  return Exit::clear;
}

}  // namespace

void add_bank_remove(CLI::App& bank, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(bank, "remove", kWords, kDoingExits);
  add_bank_path(*app, options->bank);
  app->add_option("ID", options->ids,
                  "Numbers of entries; - stands for a list on standard input, one a line.")
      ->required()
      ->type_name("ID");
  add_format(*app, options->format);
  add_quiet(*app, options->quiet);
  app->callback(
      [options, &run] { run = [options](Output& output) { return remove(*options, output); }; });
}

}  // namespace reseau::cli
