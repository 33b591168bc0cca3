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
    "signatures and digests of pictures",
    R"(Decodes every picture and writes what it is reduced to: the grid signature,
Meta's PDQ hash, SHA-256, SHA-1 and MD5 of the bytes, and a quality from 0 to
100 that says how much there is to recognise. Nothing of a picture is kept.

There is one row for every file, in the order of the input. A file that could
not be examined has a row that says why; its digests are there if its bytes
could be read. Text shows the PDQ hash and the SHA-256; jsonl and csv have all.

Signatures are sensitive: pictures have been roughly reconstructed from such
hashes. Keep them as you would keep what they were made of.)",
    R"(    reseau hash holiday.jpg
    reseau hash --format jsonl pictures/ > hashes.jsonl
    find . -name '*.jpg' -print0 | reseau hash --null --format csv -
)"};

struct Options {
  Format format = Format::text;
  InputOptions inputs;
};

std::string text_of(const Looked& looked) {
  const Examined& examined = looked.examined;
  std::string text = printable(looked.path) + ": ";
  const std::string reserve = printable(reservation(examined));
  if (!examined.grid && !examined.pdq()) {
    text += reserve + '\n';
  } else {
    text += describe(examined);
    if (examined.quality) text += ", quality " + std::to_string(*examined.quality);
    if (!reserve.empty()) text += "; " + reserve;
    text += '\n';
  }
  if (const auto pdq = examined.pdq()) text += "  pdq    " + pdq->hex() + '\n';
  if (examined.digests) text += "  sha256 " + to_hex(Bytes(examined.digests->sha256)) + '\n';
  return text;
}

Exit hash(const Options& options, Output& output) {
  const Table table{kHashColumns, nullptr, {}};
  Rows rows(output, options.format, table);
  const Tally tally =
      look_at(options.inputs, output,
              {.also = {},
               .report =
                   [&rows](const Looked& looked) {
                     rows.add(hash_record(looked.path, looked.examined), text_of(looked));
                     rows.flush();
                   },
               .idle = {}});
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
  add_inputs(*app, options->inputs);
  app->callback(
      [options, &run] { run = [options](Output& output) { return hash(*options, output); }; });
}

}  // namespace reseau::cli
