// reseau evaluate, reseau calibrate
#include <reseau/evaluate.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/signals.h"

namespace reseau::cli {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr Words kEvaluateWords = {
    "how well edited copies of your photographs are found",
    R"(Makes every standard edit of photographs (re-encoded, shrunk, cropped, framed,
mirrored, captioned and so on, 63 kinds, and 13 more to which nothing was
tuned), looks for them among all of the photographs, and says how many are
found at equal rates of false matches: by grid at each level, by pdq, and by
the hashes of OpenCV's img_hash. Limits are set on one half of the
photographs, and the figures are of the other.

Writes into FOLDER:
    report.html      tables and plots, one page that needs nothing else. It
                     shows no photograph, but names files
    evaluation.json  the same and more, as docs/evaluation.md says
A summary goes to standard output; as jsonl or csv, a row for every rule and
rate. The same photographs, seed and version give the same figures.

Some hundreds of photographs that show different things are wanted. Where two
show the same, they are found as strangers that are too near: the report names
them, and --same leaves them out. At all levels it takes about 4 seconds of a
core for each photograph that is asked for.

With --video the paths are of videos. Clips of 5 to 60 seconds are cut out of
them, edited (re-encoded, cropped, letterboxed, mirrored, captioned, sped up and
so on, 24 ways), put between unrelated footage, encoded as H.264 and looked for
among the videos: how many are found, and how far their ends are off. Then hours
of unrelated video are put together, in which nothing should be found. It takes
about 4 seconds of a core for each clip and edit.)",
    R"(    reseau evaluate photographs/ --out evaluation/
    reseau evaluate photographs/ --level base --queries 50 --out quick/
    reseau evaluate faces/ --groups groups.csv --out faces-by-group/
    reseau evaluate copydays/ --protocol copydays --out copydays-out/
    reseau evaluate --video films/ --same same.tsv --out evaluation/
)"};

constexpr Words kCalibrateWords = {
    "limits that keep false matches as rare as asked for",
    R"(Looks for edited copies of photographs among all of them, as `reseau evaluate`
does, and gives for each kind and level the limit at which one query against
a bank of so many entries is expected to match falsely as often as asked for,
beside the limit that is built in. They hold if strangers are to each other as
your photographs are; rates that were not seen are fitted, and how far is said.
--out writes all curves as JSON.

Photographs that show the same must be named with --same, or limits become too
strict.)",
    R"(    reseau calibrate photographs/ --entries 1000000
    reseau calibrate photographs/ --expected-false 0.01 --format jsonl
)"};

constexpr const char* kExits = R"(EXIT STATUS
    0    done
    2    not done; a message says what is in the way
    130  interrupted (143 by SIGTERM, 129 by SIGHUP); nothing was written
)";

struct Options {
  Format format = Format::text;
  InputOptions inputs;
  EvaluateOptions measure;
  bool video = false;
  EvaluateVideosOptions videos;
  std::vector<std::string> levels;
  std::string protocol;
  std::string out;
  std::size_t entries = CalibrateOptions().entries;
  double expected_false = CalibrateOptions().expected_false;
};

/// Folders are walked as everywhere; what is refused there is left to the one who reads.
std::vector<std::string> photographs(const InputOptions& options) {
  check_paths(options);
  std::vector<std::string> paths;
  Inputs inputs(options.paths, options.null ? '\0' : '\n');
  while (const auto input = inputs.next()) {
    if (!input->refused) {
      paths.push_back(input->path);
    } else if (input->refused->code == Code::io_error) {
      throw Fatal(input->refused->message);
    }
  }
  return paths;
}

auto counted_by(Progress& progress) {
  return [&progress](std::size_t /*done*/, std::size_t total) {
    progress.set_total(total);
    progress.count(true);
    return interruption() == 0;
  };
}

EvaluateOptions measure_options(const Options& options, Progress& progress) {
  EvaluateOptions measure = options.measure;
  if (options.protocol == "copydays") measure.protocol = Protocol::copydays;
  if (options.protocol == "disc21") measure.protocol = Protocol::disc21;
  measure.photographs =
      measure.protocol == Protocol::edits ? photographs(options.inputs) : options.inputs.paths;
  measure.limits = options.inputs.limits;
  measure.threads = static_cast<unsigned>(options.inputs.threads);
  if (!options.levels.empty()) {
    measure.levels.clear();
    for (const Level level : kLevels) {
      if (std::ranges::count(options.levels, name(level)) > 0) measure.levels.push_back(level);
    }
  }
  measure.progress = counted_by(progress);
  return measure;
}

/// Looked at before anything else, for what follows takes minutes.
void make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Fatal(folder + ": cannot be made: " + error.message());
  if (::access(folder.c_str(), W_OK) != 0) {
    throw Fatal(folder + ": nothing can be written there; give another folder to --out");
  }
}

void write_file(const fs::path& path, const std::string& text) {
  NewFile(path.string(), NewFile::Existing::overwrite, "").write(text);
}

template <typename T>
std::optional<T> unless_interrupted(Result<T> result) {
  if (result) return *std::move(result);
  if (result.error().code == Code::interrupted) return std::nullopt;
  throw Fatal(result.error().message);
}

/// Text as a whole; otherwise a row for each element of `array` in the report.
void write_rows(Output& output, const Options& options, const Table& table, const char* array,
                const std::string& json, const std::string& text) {
  if (options.format == Format::text) return output.write(text);
  Rows rows(output, options.format, table);
  const ordered_json report = ordered_json::parse(json);
  for (const ordered_json& row : report.at(array)) rows.add(row, "");
}

EvaluateVideosOptions video_options(const Options& options, Progress& progress) {
  EvaluateVideosOptions videos = options.videos;
  videos.videos = photographs(options.inputs);
  videos.seed = options.measure.seed;
  videos.same = options.measure.same;
  videos.threads = static_cast<unsigned>(options.inputs.threads);
  videos.progress = counted_by(progress);
  return videos;
}

Exit evaluate(const Options& options, Output& output) {
  make_folder(options.out);
  std::optional<Evaluation> evaluation;
  {
    Progress progress(!options.inputs.no_progress, options.video ? "films" : "pictures");
    evaluation =
        unless_interrupted(options.video ? reseau::evaluate_videos(video_options(options, progress))
                                         : reseau::evaluate(measure_options(options, progress)));
  }
  if (!evaluation) return Exit::clear;  // the program ends with the signal's own status
  const fs::path folder = options.out;
  write_file(folder / "evaluation.json", evaluation->json);
  write_file(folder / "report.html", evaluation->html);
  static const Table kTable = {{{"rule", "/rule"},
                                {"rate", "/rate"},
                                {"entries", "/entries"},
                                {"recommended_by", "/recommended_by"},
                                {"counted", "/counted"},
                                {"recall", "/standard/mean"},
                                {"recall_low", "/standard/interval/0"},
                                {"recall_high", "/standard/interval/1"},
                                {"at_least_99", "/standard/at_least_99"},
                                {"at_least_95", "/standard/at_least_95"},
                                {"recall_unseen", "/unseen/mean"},
                                {"false_rate", "/false/rate"},
                                {"comparisons", "/false/comparisons"}},
                               nullptr,
                               {}};
  static const Table kClips = {{{"edit", "/edit"},
                                {"seconds", "/seconds"},
                                {"asked", "/asked"},
                                {"recall", "/recall"},
                                {"recall_low", "/interval/0"},
                                {"recall_high", "/interval/1"},
                                {"looked", "/looked"},
                                {"ends_within_1_s", "/ends_within_1_s"},
                                {"end_off_median", "/end_off/median"},
                                {"end_off_of_90_in_100", "/end_off/of_90_in_100"}},
                               nullptr,
                               {}};
  if (options.video) {
    write_rows(output, options, kClips, "clips", evaluation->json, evaluation->text);
  } else {
    write_rows(output, options, kTable, "rules", evaluation->json, evaluation->text);
  }
  output.flush();
  if (!options.inputs.quiet) message("the report is " + (folder / "report.html").string());
  return Exit::clear;
}

Exit calibrate(const Options& options, Output& output) {
  std::optional<NewFile> out;
  if (!options.out.empty()) {
    out.emplace(options.out, NewFile::Existing::keep,
                "it was not touched; give --out another name");
  }
  std::optional<Calibration> calibration;
  {
    Progress progress(!options.inputs.no_progress, "pictures");
    calibration = unless_interrupted(reseau::calibrate(
        {measure_options(options, progress), options.entries, options.expected_false}));
  }
  if (!calibration) return Exit::clear;
  static const Table kTable = {{{"kind", "/kind"},
                                {"level", "/level"},
                                {"limit", "/limit"},
                                {"aligned_limit", "/aligned_limit"},
                                {"built_in", "/built_in"},
                                {"built_in_aligned", "/built_in_aligned"},
                                {"counted", "/counted"},
                                {"decades_extrapolated", "/decades_extrapolated"}},
                               nullptr,
                               {}};
  write_rows(output, options, kTable, "limits", calibration->json, calibration->text);
  output.flush();
  if (out) out->write(calibration->json);
  return Exit::clear;
}

void add_measure(CLI::App& app, Options& options) {
  app.add_option("PATH", options.inputs.paths,
                 "Photographs, and folders of them, which are walked with all that is in them. - "
                 "stands for a list on standard input, one path a line.")
      ->required()
      ->type_name("FILE");
  app.add_option("--level", options.levels,
                 "Only banks of this level. May be given several times. Default: all three.")
      ->check(CLI::IsMember(std::vector<std::string>{"base", "standard", "extended"}))
      ->allow_extra_args(false)
      ->type_name("base|standard|extended");
  app.add_option("--queries", options.measure.queries,
                 "How many of the photographs are asked for; all of them are known. 0: all. "
                 "Default: 200.")
      ->transform(kUnsigned)
      ->type_name("N");
  app.add_option("--seed", options.measure.seed,
                 "Draws which photographs are asked for, and where edits fall. Default: 1.")
      ->transform(kUnsigned)
      ->type_name("N");
  app.add_option("--same", options.measure.same,
                 "Lines of two file names with a tab between: they show the same, and are neither "
                 "copies nor strangers.")
      ->type_name("FILE");
  add_format(app, options.format);
  add_inputs(app, options.inputs);
}

}  // namespace

void add_evaluate(CLI::App& root, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(root, "evaluate", kEvaluateWords, kExits);
  app->add_option("--out", options->out, "The folder that the report is written into.")
      ->required()
      ->type_name("FOLDER");
  app->add_option("--groups", options->measure.groups,
                  "Lines \"path,group\": recall, false matches and refusals of each group. A path "
                  "may be the end of one.")
      ->type_name("FILE");
  app->add_option("--protocol", options->protocol,
                  "PATH is a folder laid out as a published set, with copies in it, and none are "
                  "made: copydays (INRIA) or disc21 (Meta).")
      ->check(CLI::IsMember(std::vector<std::string>{"copydays", "disc21"}))
      ->type_name("copydays|disc21");
  add_measure(*app, *options);
  auto* video = app->add_flag("--video", options->video,
                              "PATH are videos; those that are not, or are damaged, are left out.");
  for (const char* other : {"--groups", "--protocol", "--level", "--queries"})
    app->get_option(other)->excludes(video);
  app->add_option("--clips", options->videos.clips,
                  "Of videos: how many clips of each length (5, 10, 30 and 60 seconds) are looked "
                  "for, in every edit. Default: 40.")
      ->needs(video)
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N");
  app->add_option("--hours", options->videos.hours,
                  "Of videos: hours of unrelated video that are put together. Default: 10.")
      ->needs(video)
      ->check(CLI::Range(0.0, 10'000.0))
      ->type_name("X");
  app->add_option("--films", options->videos.films,
                  "Of videos: a folder in which the films that are looked up are kept, with "
                  "films.jsonl, which says what is in them. They hold pictures of your videos.")
      ->needs(video)
      ->type_name("FOLDER");
  app->callback(
      [options, &run] { run = [options](Output& output) { return evaluate(*options, output); }; });
}

void add_calibrate(CLI::App& root, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(root, "calibrate", kCalibrateWords, kExits);
  app->add_option("--entries", options->entries, "Of the bank. Default: 10000000.")
      ->transform(kUnsigned)
      ->check(CLI::Range(std::size_t{1}, std::numeric_limits<std::size_t>::max()))
      ->type_name("N");
  app->add_option("--expected-false", options->expected_false,
                  "False matches of each kind that one query may expect. Default: 0.0005.")
      ->check(CLI::Range(1e-9, 1e6))
      ->type_name("X");
  app->add_option("--out", options->out, "A new file for all curves, as docs/evaluation.md says.")
      ->type_name("FILE");
  add_measure(*app, *options);
  app->callback(
      [options, &run] { run = [options](Output& output) { return calibrate(*options, output); }; });
}

}  // namespace reseau::cli
