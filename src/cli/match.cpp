// reseau match
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <limits>
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
    "look for pictures and videos that a bank knows",
    R"(Examines every file and looks it up in the bank: by its exact bytes, and by
how it looks, also mirrored, turned by quarters, and as a negative. Copies that
are re-encoded, shrunk, recoloured, framed, tilted or cropped are found; how
small a part is found depends on the level of the bank. A match says which part
of the known picture the file shows. Nothing of a picture is kept.

There is one row for every file, in the order of the input, with its matches,
the strongest first. (In a bank of half a million signatures and more, files are
looked up eight at a time, and so their rows come.) A match says:
    exact    the same bytes
    near     so alike that unrelated pictures practically never are
    similar  within the limit
    test     the test card of `reseau testcard`, which every bank knows
All but the last mean: a person should look. A match is a reason to look,
never a finding about anyone. Where a number of expected false matches is
shown, it says how often the matcher errs on unrelated pictures at that
distance; it is not the chance that this match is right.

Of videos, a match also says where: from-to in the file and from-to in what is
known, at which speed, and in how many frames. A single frame is weaker than a
stretch of them. Stills of known videos, and known pictures inside videos, are
found as such.

A file that could not be examined is never "no match": it has a row that says
why, and the exit status says that there are such files.)",
    R"(    reseau match known.bank upload.jpg
    reseau match known.bank uploads/ --format jsonl > matches.jsonl
    reseau match known.bank uploads/ --kind pdq --limit 31
    reseau testcard card.png && reseau match known.bank card.png
)"};

constexpr const char* kExits = R"(EXIT STATUS
    0    every file was examined, and nothing matched
    1    at least one match
    2    the arguments make no sense, or nothing more could be done; a message
         says what and why
    3    nothing matched, but some files could not be (fully) examined
    130  interrupted (143 by SIGTERM, 129 by SIGHUP); what was done until then
         has been written
    Files that are no media by their content, and pictures with nothing to
    recognise in them, are counted but do not set 3.
)";

constexpr int kPdqBits = 256;

struct Options {
  Format format = Format::text;
  std::string bank;
  InputOptions inputs;
  std::vector<std::string> kinds;
  std::optional<int> limit;
  std::optional<int> aligned_limit;
  std::optional<int> agree;
  int budget = static_cast<int>(Alignment().budget.count());
  int candidates = static_cast<int>(Alignment().most);
  bool all = false;
  bool labels = false;
};

MatchOptions match_options(const Options& options) {
  MatchOptions match;
  match.all = options.all;
  match.limits = options.inputs.limits;
  match.alignment.on = options.budget > 0;
  match.alignment.budget = std::chrono::milliseconds(options.budget);
  match.alignment.most = static_cast<std::size_t>(options.candidates);
  if (options.aligned_limit) match.alignment.limit = MaxDistance{*options.aligned_limit};
  if (options.agree) match.agree = MaxDistance{*options.agree};
  const auto asked = [&options](const char* kind) {
    return std::find(options.kinds.begin(), options.kinds.end(), kind) != options.kinds.end();
  };
  if (!options.kinds.empty()) {
    match.digests = asked("digest");
    match.grid.ask = asked("grid");
    match.pdq.ask = asked("pdq");
  }
  if (options.limit) {
    if (match.grid.ask == match.pdq.ask) {
      throw Fatal(
          "--limit holds for one kind of signature; say which with --kind grid or --kind pdq");
    }
    if (match.pdq.ask && *options.limit > kPdqBits) {
      throw Fatal("--limit for pdq is a number of bits, 0 to 256, not " +
                  std::to_string(*options.limit));
    }
    (match.grid.ask ? match.grid : match.pdq).limit = MaxDistance{*options.limit};
  }
  return match;
}

/// None for the test card, and for an entry that somebody has removed since.
std::vector<std::string> labels_of(const Bank& bank, EntryId id) {
  if (id == kTestCardEntry) return {};
  const Result<Entry> entry = bank.get(id);
  if (entry) return entry->data.labels;
  if (entry.error().code == Code::not_found) return {};
  throw Fatal(entry.error().message);
}

using Labels = std::vector<std::vector<std::string>>;  ///< of each match; empty if not asked for

std::string text_of(const Match& match, const std::vector<std::string>* labels) {
  if (match.verdict == Verdict::test) {
    const std::string entry =
        match.entry == kTestCardEntry ? "" : " in entry " + entry_name(match.entry);
    return "MATCH test card" + entry + " (" + describe(match) +
           "); the matcher works, and nobody need look";
  }
  std::string text = "MATCH entry " + entry_name(match.entry) + ", " +
                     std::string(name(match.verdict)) + " (" + describe(match) + ")";
  if (match.verdict != Verdict::exact)
    text += "; about " + about(match.expected_false) + " false matches expected at this distance";
  text += "; a person should review it";
  if (labels == nullptr) return text;
  for (std::size_t i = 0; i < labels->size(); ++i)
    text += (i == 0 ? "; labels: " : ", ") + printable((*labels)[i]);
  return text;
}

std::string text_of(const Looked& looked, const Labels& labels) {
  const std::string path = title(looked) + ": ";
  std::string reserve = printable(reservation(looked.examined));
  if (looked.unaligned > 0) {
    if (!reserve.empty()) reserve += "; ";
    reserve +=
        counted(looked.unaligned, "candidate") + " left unaligned; raise --budget or --candidates";
  }
  std::string text;
  const Media media = looked.examined.format.media;
  for (std::size_t i = 0; i < looked.found.size(); ++i) {
    const Match& found = looked.found[i];
    text += path + text_of(found, labels.empty() ? nullptr : &labels[i]) + '\n';
    for (const Stretch& stretch : found.stretches)
      text += "  " + describe(stretch, media, found.entry_media) + '\n';
  }
  if (!text.empty()) return reserve.empty() ? text : text + path + reserve + '\n';
  if (looked.examined.fully_examined())
    return path + (reserve.empty() ? "no match" : "no match; " + reserve) + '\n';
  return path + reserve + '\n';
}

void report(const Looked& looked, const Bank& bank, const Options& options, Rows& rows) {
  if (looked.failed) throw Fatal(looked.failed->message);
  nlohmann::ordered_json row = hash_record(looked.path, looked.examined);
  row["unaligned"] = looked.unaligned;
  nlohmann::ordered_json& matches = row["matches"] = nlohmann::ordered_json::array();
  Labels labels;
  for (const Match& found : looked.found) {
    matches.push_back(match_record(found));
    if (!options.labels) continue;
    labels.push_back(labels_of(bank, found.entry));
    matches.back()["labels"] = labels.back();
  }
  rows.add(row, text_of(looked, labels));
  rows.flush();
}

/// Those that come before one that cannot be looked up are to be reported.
void look_up_together(const Bank& bank, const MatchOptions& how, std::span<Looked> pictures) {
  std::vector<Examined> queries;
  for (Looked& looked : pictures) queries.push_back(std::move(looked.examined));
  Result<std::vector<Matches>> each = match_each(bank, queries, how);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    pictures[i].examined = std::move(queries[i]);
    if (each) {
      pictures[i].found = std::move((*each)[i].found);
      pictures[i].unaligned = (*each)[i].unaligned;
    } else if (pictures.size() == 1) {
      pictures[i].failed = each.error();
    } else {
      look_up_together(bank, how, pictures.subspan(i, 1));
    }
  }
}

Exit match(const Options& options, Output& output) {
  const MatchOptions how = match_options(options);
  const Result<Bank> bank = Bank::open(options.bank);
  if (!bank) throw Fatal(bank.error().message);
  Table table{kHashColumns, "matches", kMatchColumns};
  if (options.labels) table.element_columns.push_back({"labels", "/labels"});
  Rows rows(output, options.format, table);
  std::atomic<int> running = 0;
  const auto look_up = [&](std::span<Looked> pictures) {
    MatchOptions own = how;
    own.threads = std::max(1, options.inputs.threads / ++running);
    look_up_together(*bank, own, pictures);
    --running;
  };
  const Tally tally =
      look_at(options.inputs, output,
              {.also = look_up,
               .together = worth_together(*bank, how),
               .report = [&](const Looked& looked) { report(looked, *bank, options, rows); },
               .idle = {},
               .level = Level::base});
  output.flush();
  if (!options.inputs.quiet)
    message(tally.sentence() + "; " + counted(tally.matched(), "file") + " matched");
  return tally.exit();
}

}  // namespace

void add_match(CLI::App& root, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(root, "match", kWords, kExits);
  add_bank_path(*app, options->bank);
  add_paths(*app, options->inputs)->required();
  add_format(*app, options->format);
  app->add_option("--kind", options->kinds,
                  "Look for this kind of likeness only: grid or pdq (how it looks), digest (the "
                  "same bytes). May be given several times. Default: all three.")
      ->check(CLI::IsMember(std::vector<std::string>{"grid", "pdq", "digest"}))
      ->allow_extra_args(false)
      ->type_name("grid|pdq|digest");
  app->add_option_function<int>(
         "--limit", [options](int limit) { options->limit = limit; },
         "The greatest distance that still matches, instead of the measured default. Needs --kind "
         "grid or --kind pdq. For pdq bits, 0 to 256; for grid squared L2.")
      ->check(CLI::Range(0, std::numeric_limits<int>::max()))
      ->type_name("N");
  app->add_option_function<int>(
         "--aligned-limit", [options](int limit) { options->aligned_limit = limit; },
         "The same for distances of grid after alignment, which are shorter. Default: as rare as "
         "--limit, or else the measured default.")
      ->check(CLI::Range(0, std::numeric_limits<int>::max()))
      ->type_name("N");
  app->add_option_function<int>(
         "--agree", [options](int bits) { options->agree = bits; },
         "A match by grid counts only if pdq is within so many bits too, where both have pdq: "
         "fewer "
         "false matches, and fewer copies that are cropped or tilted. 99 lets one stranger in a "
         "hundred agree.")
      ->check(CLI::Range(0, kPdqBits))
      ->type_name("BITS");
  app->add_option(
         "--budget", options->budget,
         "Milliseconds that a file's candidates may take to be aligned, which finds crops, "
         "frames and turns. 0: none is aligned. Default: 100.")
      ->check(CLI::Range(0, 60'000))
      ->type_name("MS");
  app->add_option(
         "--candidates", options->candidates,
         "How many of the entries nearest to a file are aligned. In banks of millions "
         "fewer are sooner searched for, and more crops and tilts are missed: with 64 among "
         "10 million a search takes six tenths of the time, and finds one edited copy in a "
         "hundred less. Default: 256.")
      ->check(CLI::Range(1, 100'000))
      ->type_name("N");
  app->add_flag("--all", options->all,
                "Every kind by which an entry is found, not only the strongest; grid as it is and "
                "aligned.");
  app->add_flag("--labels", options->labels,
                "Show the labels of what was found. They may name victims.");
  add_inputs(*app, options->inputs);
  app->callback(
      [options, &run] { run = [options](Output& output) { return match(*options, output); }; });
}

}  // namespace reseau::cli
