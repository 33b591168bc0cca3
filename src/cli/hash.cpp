// reseau hash
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/look.h"
#include "cli/output.h"
#include "cli/record.h"

namespace reseau::cli {
namespace {

constexpr Words kWords = {
    "signatures and digests of pictures and videos",
    R"(Decodes every picture and writes what it is reduced to: the grid signature,
Meta's PDQ hash, SHA-256, SHA-1 and MD5 of the bytes, and a quality from 0 to
100 that says how much there is to recognise. Nothing of a picture is kept.

There is one row for every file, in the order of the input. A file that could
not be examined has a row that says why; its digests are there if its bytes
could be read. Text shows the PDQ hash and the SHA-256; jsonl and csv have all.

A video is examined by its frames: the first of every shot, and one each half
second of what moves. jsonl has them all, with their times.

Signatures are sensitive: pictures have been roughly reconstructed from such
hashes. Keep them as you would keep what they were made of.)",
    R"(    reseau hash holiday.jpg
    reseau hash --format jsonl pictures/ > hashes.jsonl
    reseau hash --level standard --format jsonl holiday.jpg
    find . -name '*.jpg' -print0 | reseau hash --null --format csv -
)"};

struct Options {
  Format format = Format::text;
  std::string level;  ///< none: no windows are shown
  InputOptions inputs;
};

std::string text_of(const Looked& looked) {
  const Examined& examined = looked.examined;
  std::string text = title(looked) + ": ";
  const std::string reserve = printable(reservation(examined));
  if (!examined.grid && !examined.pdq() && !examined.video) {
    text += reserve + '\n';
  } else {
    text += describe(examined);
    if (examined.quality) text += ", quality " + std::to_string(*examined.quality);
    if (const auto& inside = examined.trimmed)
      text += " (" + std::to_string(inside->grid.quality) + " inside its borders)";
    if (!reserve.empty()) text += "; " + reserve;
    text += '\n';
  }
  if (const auto pdq = examined.pdq()) text += "  pdq    " + pdq->hex() + '\n';
  if (examined.digests) text += "  sha256 " + to_hex(Bytes(examined.digests->sha256)) + '\n';
  return text;
}

nlohmann::ordered_json record_of(const Looked& looked, bool with_windows) {
  nlohmann::ordered_json row = hash_record(looked.path, looked.examined);
  if (looked.examined.video) row["frames"] = frames_record(*looked.examined.video);
  if (with_windows) row["windows"] = windows_record(looked.examined.entry_data());
  return row;
}

Exit hash(const Options& options, Output& output) {
  const bool windows = !options.level.empty();
  if (windows && options.format != Format::jsonl)
    throw Fatal("windows do not fit into a line; ask for --format jsonl with --level");
  const Table table{kHashColumns, nullptr, {}};
  Rows rows(output, options.format, table);
  const Tally tally = look_at(options.inputs, output,
                              {.also = {},
                               .report =
                                   [&rows, windows](const Looked& looked) {
                                     rows.add(record_of(looked, windows), text_of(looked));
                                     rows.flush();
                                   },
                               .idle = {},
                               .level = level_of(options.level).value_or(Level::base)});
  output.flush();
  if (!options.inputs.quiet) message(tally.sentence());
  return tally.exit();
}

}  // namespace

void add_hash(CLI::App& root, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(root, "hash", kWords, kLookingExits);
  add_paths(*app, options->inputs)->required();
  add_format(*app, options->format);
  app->add_option("--level", options->level,
                  "Show the windows too that a bank of this level keeps. Needs --format jsonl.")
      ->check(CLI::IsMember(std::vector<std::string>{"base", "standard", "extended"}))
      ->type_name("base|standard|extended");
  add_inputs(*app, options->inputs);
  app->callback(
      [options, &run] { run = [options](Output& output) { return hash(*options, output); }; });
}

}  // namespace reseau::cli
