// reseau bank add
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/commands.h"
#include "cli/hash_list.h"
#include "cli/look.h"
#include "cli/output.h"
#include "cli/pending.h"
#include "cli/save_index.h"
#include "cli/vpdq_input.h"

namespace reseau::cli {
namespace {

constexpr Words kWords = {
    "add pictures and videos, or their hashes, to a bank",
    R"(Examines every picture and adds what it is reduced to: signatures, digests,
size, and the path as its origin. No picture is copied. The same bytes are not
added twice; new labels join the old ones.

A row is written only once its entry is safely in the bank: if the computer
goes down, nothing that was reported is lost. Pictures that could not be
examined are not added, and have a row that says why. A video is one entry,
known by its frames; of one that is cut short, by those that are there. Pictures with nothing to
recognise in them (flat, or tiny) and pictures that are cut short are known by
their exact bytes only. Frames of an animation, pages and pictures within a
file that look unlike its first picture are entries of their own, without
digests.

With --hashes, entries come from a CSV file, without pictures: its first line names its
columns (grid, pdq, sha256, sha1, md5; any of them), each further line is one
entry in hex digits. A line that is wrong has a row that names line and
column; the others are added.

With --vpdq, videos come from Meta's vPDQ lists, text or JSON, one video a file. They
are found by PDQ alone, and matches say where in them.

Where much is new, the index is saved beside the bank at the end (BANK-grid and
BANK-pdq), so that it opens in a fraction of the time. It is an aid only.)",
    R"(    reseau bank add known.bank evidence/
    reseau bank add known.bank evidence/ --label case-17 --label reviewed
    reseau bank add known.bank --hashes list.csv --format jsonl
    zcat list.csv.gz | reseau bank add known.bank --hashes -
    reseau bank add known.bank --vpdq lists/*.txt
)"};

constexpr const char* kExits = R"(EXIT STATUS
    0    done
    2    the arguments make no sense, or nothing more could be done; a message
         says what and why, and what was reported as added is in the bank
    3    done, but some files could not be (fully) examined, or cannot be
         entries, or some lines of --hashes, or files of --vpdq, are wrong
    130  interrupted (143 by SIGTERM, 129 by SIGHUP); what was reported as
         added is in the bank
    Files that are no media by their content are not added, and do not set 3.
)";

constexpr std::size_t kPicturesACommit = 64;
constexpr std::size_t kHashesACommit = 1024;

struct Options {
  Format format = Format::text;
  std::string bank;
  std::string hashes;
  std::vector<std::string> vpdq;
  std::vector<std::string> labels;
  InputOptions inputs;
};

bool reads_list(const Options& options) {
  const auto& paths = options.inputs.paths;
  return std::find(paths.begin(), paths.end(), "-") != paths.end();
}

/// Whose further pictures are in the bank, or on their way: a file that is given again adds none.
class Files {
 public:
  explicit Files(const Bank& bank) : bank_(bank) {}

  /// Of a picture: whether its file is new. Pictures of a file come after its first.
  bool is_new(const Examined& examined) {
    if (!examined.digests) return new_;  // of the file that was asked about before
    new_ = seen_.insert(examined.digests->sha256).second;
    const auto known = bank_.find(*examined.digests);
    if (new_ && known) {
      new_ = std::none_of(known->begin(), known->end(),
                          [](const auto& hit) { return hit.kind == Bank::DigestKind::sha256; });
    }
    return new_;
  }

 private:
  const Bank& bank_;
  std::set<decltype(Digests::sha256)> seen_;
  bool new_ = true;
};

const std::string kBytesOnly = "known by its exact bytes only: ";

void add_picture(const Looked& looked, const Options& options, Files& files, Pending& pending) {
  const Examined& examined = looked.examined;
  const std::string part = describe(examined.part);
  if (!files.is_new(examined) && !part.empty()) return;
  EntryData data = examined.entry_data();
  data.origin = part.empty() ? looked.path : looked.path + " (" + part + ')';
  data.labels = options.labels;
  switch (examined.outcome) {
    case Code::ok:
      return pending.add(looked.path, std::move(data), {}, part);
    case Code::limit_frames:
      return pending.add(looked.path, std::move(data),
                         "not all of it is known: " + examined.message);
    case Code::ok_partial: {
      const std::string known = data.video ? "known by what is there of it: " : kBytesOnly;
      return pending.add(looked.path, std::move(data), known + examined.message);
    }
    case Code::low_information:
      return pending.add(looked.path, std::move(data), kBytesOnly + examined.message);
    case Code::limit_cpu:
      if (data.video) {
        return pending.add(looked.path, std::move(data),
                           "not all of it is known: " + examined.message);
      }
      [[fallthrough]];
    default:
      return pending.refuse(looked.path, {examined.outcome, examined.message});
  }
}

/// False if some could not be (fully) examined, or were refused by the bank.
bool add_pictures(const Options& options, Bank& bank, Rows& rows, Output& output) {
  Pending pending(bank, rows, kPicturesACommit);
  Files files(bank);
  const Tally tally = look_at(
      options.inputs, output,
      {.also = {},
       .report = [&](const Looked& looked) { add_picture(looked, options, files, pending); },
       .idle = [&pending] { pending.commit(); },
       .level = bank.level()});
  pending.commit();
  if (!options.inputs.quiet) message(tally.sentence() + "; " + pending.sentence());
  return tally.unexamined() == 0 && pending.refused_by_bank() == 0;
}

/// False if some lines are wrong.
bool add_hashes(const Options& options, Bank& bank, Rows& rows) {
  Pending pending(bank, rows, kHashesACommit);
  HashList list(Source::open(options.hashes, [&pending] { pending.commit(); }));
  while (std::optional<HashList::Row> row = list.next()) {
    std::string place = options.hashes + ':' + std::to_string(row->line);
    if (!row->data) {
      pending.refuse(std::move(place), row->data.error());
      continue;
    }
    row->data->origin = place;
    row->data->labels = options.labels;
    pending.add(std::move(place), std::move(*row->data));
  }
  pending.commit();
  if (!options.inputs.quiet) message(options.hashes + ": " + pending.sentence());
  return pending.refused() == 0;
}

int best_pdq_quality(const VideoSignature& video) {
  int best = 0;
  for (const VideoFrame& frame : video.frames) best = std::max(best, frame.pdq_quality);
  return best;
}

Result<EntryData> video_of_list(const std::string& path) {
  const auto list = read_vpdq(path);
  if (!list) {
    if (const auto file = open_file(path); !file) return file.error();
    return Error{Code::unsupported_format,
                 "no vPDQ list: neither lines of frame,quality,hash,seconds nor their JSON"};
  }
  if (!*list) return list->error();
  EntryData data;
  data.video = video_signature(**list);
  if (best_pdq_quality(*data.video) < kMinPdqQuality) {
    return Error{Code::low_information, "no frame of quality " + std::to_string(kMinPdqQuality) +
                                            " or more: nothing would be found by it"};
  }
  return data;
}

/// False if some are none.
bool add_vpdq(const Options& options, Bank& bank, Rows& rows) {
  Pending pending(bank, rows, kPicturesACommit);
  for (const std::string& path : options.vpdq) {
    Result<EntryData> data = video_of_list(path);
    if (!data) {
      pending.refuse(path, data.error());
      continue;
    }
    data->origin = path;
    data->labels = options.labels;
    pending.add(path, std::move(*data));
  }
  pending.commit();
  if (!options.inputs.quiet) message("vPDQ lists: " + pending.sentence());
  return pending.refused() == 0;
}

Exit add(const Options& options, Output& output) {
  if (options.inputs.paths.empty() && options.hashes.empty() && options.vpdq.empty())
    throw Fatal("nothing to add; name files or folders, or lists with --hashes or --vpdq");
  if (options.hashes == "-" && reads_list(options))
    throw Fatal("both the list of paths and --hashes are - , and there is but one standard input");
  Result<Bank> bank = Bank::open(options.bank, Bank::Mode::write);
  if (!bank) throw Fatal(bank.error().message);
  Rows rows(output, options.format, Pending::table());
  bool complete = true;
  if (!options.inputs.paths.empty()) complete = add_pictures(options, *bank, rows, output);
  if (!options.hashes.empty()) complete = add_hashes(options, *bank, rows) && complete;
  if (!options.vpdq.empty()) complete = add_vpdq(options, *bank, rows) && complete;
  save_index(*bank);
  return complete ? Exit::clear : Exit::unexamined;
}

}  // namespace

void add_bank_add(CLI::App& bank, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(bank, "add", kWords, kExits);
  add_bank_path(*app, options->bank);
  add_paths(*app, options->inputs);
  app->add_option("--label", options->labels,
                  "A label for every entry that is added. May be given several times. Labels are "
                  "shown only where --labels asks for them.")
      ->allow_extra_args(false)
      ->type_name("TEXT");
  app->add_option("--hashes", options->hashes,
                  "Add the entries of this CSV file; - stands for standard input.")
      ->type_name("FILE");
  app->add_option("--vpdq", options->vpdq,
                  "Add the video of each of these vPDQ lists. Paths of pictures go before it.")
      ->type_name("FILE");
  add_format(*app, options->format);
  add_inputs(*app, options->inputs);
  app->callback(
      [options, &run] { run = [options](Output& output) { return add(*options, output); }; });
}

}  // namespace reseau::cli
