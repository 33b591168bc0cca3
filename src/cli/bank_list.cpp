// reseau bank list
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include <reseau/bank.h>

#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/output.h"
#include "cli/record.h"
#include "cli/signals.h"
#include "cli/tally.h"

namespace reseau::cli {
namespace {

using nlohmann::ordered_json;

constexpr Words kWords = {
    "list the entries of a bank",
    R"(One row an entry, in order of their numbers. Labels and origins may name
victims, and signatures can be turned back into rough pictures: both are shown
only where they are asked for.)",
    R"(    reseau bank list known.bank
    reseau bank list known.bank --labels --format csv > entries.csv
    reseau bank list known.bank --label case-17
)"};

struct Options {
  Format format = Format::text;
  std::string bank;
  bool labels = false;
  bool signatures = false;
  bool quiet = false;
  std::vector<std::string> wanted;
};

template <std::size_t kSize>
ordered_json hex_or_null(const std::optional<std::array<std::uint8_t, kSize>>& digest) {
  return digest ? ordered_json(to_hex(Bytes(*digest))) : ordered_json();
}

ordered_json hex_or_null(const std::optional<Signature>& signature) {
  return signature ? ordered_json(signature->hex()) : ordered_json();
}

ordered_json record(const Entry& entry, const Options& options) {
  const EntryData& data = entry.data;
  ordered_json kinds = ordered_json::array();
  if (data.grid) kinds.push_back(name(Algorithm::grid));
  if (data.pdq) kinds.push_back(name(Algorithm::pdq));
  if (data.video) kinds.push_back("video");
  ordered_json row = {{"entry", entry_name(entry.id)},
                      {"added", entry.added},
                      {"signatures", std::move(kinds)},
                      {"bytes", or_null<ordered_json>(data.bytes)},
                      {"width", or_null<ordered_json>(data.width)},
                      {"height", or_null<ordered_json>(data.height)},
                      {"quality", or_null<ordered_json>(data.quality)},
                      {"pdq_quality", or_null<ordered_json>(data.pdq_quality)},
                      {"sha256", hex_or_null(data.sha256)},
                      {"sha1", hex_or_null(data.sha1)},
                      {"md5", hex_or_null(data.md5)}};
  if (options.labels) {
    row["origin"] = data.origin;
    row["labels"] = data.labels;
  }
  if (options.signatures) {
    row["grid"] = hex_or_null(data.grid);
    row["pdq"] = hex_or_null(data.pdq);
  }
  return row;
}

std::string text_of(const Entry& entry, const Options& options) {
  const EntryData& data = entry.data;
  std::string text = entry_name(entry.id) + "  " + entry.added + "  ";
  const std::string kinds = std::string(data.grid ? "grid " : "") + (data.pdq ? "pdq " : "") +
                            (data.video ? "video " : "");
  text += kinds.empty() ? "no signature " : kinds;
  if (data.sha256) text += " sha256 " + to_hex(Bytes(*data.sha256));
  if (!data.sha256 && data.sha1) text += " sha1 " + to_hex(Bytes(*data.sha1));
  if (!data.sha256 && !data.sha1 && data.md5) text += " md5 " + to_hex(Bytes(*data.md5));
  while (text.ends_with(' ')) text.pop_back();
  if (options.labels) {
    text += "  from " + printable(data.origin);
    for (std::size_t i = 0; i < data.labels.size(); ++i)
      text += (i == 0 ? "  labels: " : ", ") + printable(data.labels[i]);
  }
  text += '\n';
  if (options.signatures && data.grid) text += "    grid " + data.grid->hex() + '\n';
  if (options.signatures && data.pdq) text += "    pdq  " + data.pdq->hex() + '\n';
  return text;
}

Table table_of(const Options& options) {
  Table table{{{"entry", "/entry"},
               {"added", "/added"},
               {"signatures", "/signatures"},
               {"bytes", "/bytes"},
               {"width", "/width"},
               {"height", "/height"},
               {"quality", "/quality"},
               {"pdq_quality", "/pdq_quality"},
               {"sha256", "/sha256"},
               {"sha1", "/sha1"},
               {"md5", "/md5"}},
              nullptr,
              {}};
  if (options.labels) {
    table.columns.push_back({"origin", "/origin"});
    table.columns.push_back({"labels", "/labels"});
  }
  if (options.signatures) {
    table.columns.push_back({"grid", "/grid"});
    table.columns.push_back({"pdq", "/pdq"});
  }
  return table;
}

bool is_wanted(const Entry& entry, const std::vector<std::string>& wanted) {
  return wanted.empty() ||
         std::find_first_of(entry.data.labels.begin(), entry.data.labels.end(), wanted.begin(),
                            wanted.end()) != entry.data.labels.end();
}

Exit list(const Options& options, Output& output) {
  const Result<Bank> bank = Bank::open(options.bank);
  if (!bank) throw Fatal(bank.error().message);
  const Table table = table_of(options);
  Rows rows(output, options.format, table);
  std::size_t listed = 0;
  const Status status = bank->each([&](const Entry& entry) {
    if (is_wanted(entry, options.wanted)) {
      rows.add(record(entry, options), text_of(entry, options));
      ++listed;
    }
    return interruption() == 0;
  });
  rows.flush();
  if (!status) throw Fatal(status.error().message);
  if (!options.quiet) message(grouped(listed) + " listed");
  return Exit::clear;
}

}  // namespace

void add_bank_list(CLI::App& bank, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(bank, "list", kWords, kDoingExits);
  add_bank_path(*app, options->bank);
  app->add_flag("--labels", options->labels, "Show labels and origins. They may name victims.");
  app->add_flag("--signatures", options->signatures,
                "Show the signatures themselves. Keep them as you would keep the pictures.");
  app->add_option("--label", options->wanted,
                  "Only entries that carry this label. If given several times: any of them.")
      ->allow_extra_args(false)
      ->type_name("TEXT");
  add_format(*app, options->format);
  add_quiet(*app, options->quiet);
  app->callback(
      [options, &run] { run = [options](Output& output) { return list(*options, output); }; });
}

}  // namespace reseau::cli
