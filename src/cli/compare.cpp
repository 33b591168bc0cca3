// reseau compare
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/decoders.h"
#include "cli/escape.h"
#include "cli/output.h"
#include "cli/record.h"
#include "cli/vpdq_input.h"

namespace reseau::cli {
namespace {

using nlohmann::ordered_json;

constexpr Words kWords = {
    "how far apart two pictures or videos are",
    R"(Examines two files and holds them against each other: the same bytes or not,
and for each kind of signature the distance in the nearest view (as they are,
mirrored, turned by quarters, or as a negative), with the limit up to which two
pictures count as copies of one. `aligned` is the distance by grid after A was
laid over B as well as it can be, and says which part of B it shows; a whole
is found in its part only the other way round.

Where one of them is a video, `stretches` says where A shows a part of B (or of
the picture B), and the kinds are not known.

Either may be a vPDQ list instead, as text or JSON. `vpdq` is then vPDQ's own
measure: the share of either's frames that have one like it in the other's, in
per cent; a video is hashed for that as vPDQ does. Stretches are told as well.

`same_picture` is true if one of the kinds, or the bytes, say so, and unknown
(null in jsonl, empty in csv) if the two could not be compared.)",
    R"(    reseau compare original.jpg edited.jpg
    reseau compare --format jsonl a.png b.png
    reseau compare upload.mp4 known.vpdq.txt
)"};

constexpr const char* kExits = R"(EXIT STATUS
    0    both files were examined, alike or not
    2    the arguments make no sense, or nothing more could be done; a message
         says what and why
    3    one of them could not be (fully) examined
)";

struct Options {
  Format format = Format::text;
  std::string a;
  std::string b;
  Limits limits;
  Isolation isolation;
};

struct Finding {
  Looked a;
  Looked b;
  Comparison comparison;
  std::optional<VpdqComparison> vpdq;  ///< where one of them is a list
};

/// A list as a video of which no more is known.
Examined examined_list(const Result<VpdqList>& list) {
  Examined examined;
  examined.format.media = Media::video;
  examined.format.name = "vpdq";
  if (list) {
    examined.video = video_signature(*list);
    return examined;
  }
  examined.outcome = list.error().code;
  examined.message = list.error().message;
  return examined;
}

std::optional<VpdqComparison> by_vpdq(const Finding& finding,
                                      const std::optional<Result<VpdqList>>& a,
                                      const std::optional<Result<VpdqList>>& b,
                                      VideoDecoder& decoder) {
  if ((!a && !b) || !finding.a.examined.video || !finding.b.examined.video) return std::nullopt;
  const VpdqList of_a = a ? a->value() : vpdq_of_video(finding.a.path, decoder);
  const VpdqList of_b = b ? b->value() : vpdq_of_video(finding.b.path, decoder);
  return compare_vpdq(of_a, of_b);
}

Finding find(const Options& options) {
  const std::unique_ptr<DecoderPool> decoders = start_decoders(options.isolation, 1);
  ExamineOptions how{options.limits, Level::base, decoders.get()};
  Finding finding;
  const auto list_a = read_vpdq(options.a);
  const auto list_b = read_vpdq(options.b);
  const auto look = [&how](const std::string& path, const auto& list) -> Looked {
    return {path, list ? examined_list(*list) : examine_file(path, how), {}};
  };
  finding.a = look(options.a, list_a);
  constexpr Level kLevel = Level::extended;  // of two pictures, everything costs little
  how.level = kLevel;
  finding.b = look(options.b, list_b);
  finding.vpdq =
      by_vpdq(finding, list_a, list_b, decoders ? *decoders->videos() : video_decoder_in_process());
  finding.comparison = reseau::compare(finding.a.examined, finding.b.examined, kLevel);
  return finding;
}

ordered_json side(const Looked& looked) {
  const Examined& examined = looked.examined;
  ordered_json row = {{"path", looked.path},
                      {"outcome", name(examined.outcome)},
                      {"isolation", examined.isolation.empty() ? ordered_json()
                                                               : ordered_json(examined.isolation)}};
  if (!examined.grid && !examined.pdq() && !examined.video)
    row["error"] = error_record({examined.outcome, examined.message});
  return row;
}

ordered_json distance(const std::optional<Match>& match) {
  if (!match) return {};
  return {{"distance", match->distance},
          {"limit", match->limit.value},
          {"view", view_record(match->view)},
          {"expected_false", match->expected_false}};
}

ordered_json record(const Finding& finding) {
  return {{"a", side(finding.a)},
          {"b", side(finding.b)},
          {"same_bytes", or_null<ordered_json>(finding.comparison.same_bytes)},
          {"same_picture", or_null<ordered_json>(finding.comparison.same_picture)},
          {"grid", distance(finding.comparison.grid)},
          {"aligned", distance(finding.comparison.aligned)},
          {"pdq", distance(finding.comparison.pdq)},
          {"vpdq", finding.vpdq ? ordered_json{{"a_percent", finding.vpdq->query_percent},
                                               {"b_percent", finding.vpdq->known_percent}}
                                : ordered_json()},
          {"stretches", stretches_record(finding.comparison.stretches)}};
}

const Table& table() {
  static const Table kTable = {{{"a", "/a/path"},
                                {"b", "/b/path"},
                                {"a_outcome", "/a/outcome"},
                                {"b_outcome", "/b/outcome"},
                                {"a_isolation", "/a/isolation"},
                                {"b_isolation", "/b/isolation"},
                                {"same_bytes", "/same_bytes"},
                                {"same_picture", "/same_picture"},
                                {"grid_distance", "/grid/distance"},
                                {"grid_limit", "/grid/limit"},
                                {"grid_turn", "/grid/view/turn"},
                                {"grid_mirror", "/grid/view/mirror"},
                                {"grid_negative", "/grid/view/negative"},
                                {"aligned_distance", "/aligned/distance"},
                                {"aligned_limit", "/aligned/limit"},
                                {"pdq_distance", "/pdq/distance"},
                                {"pdq_limit", "/pdq/limit"},
                                {"pdq_turn", "/pdq/view/turn"},
                                {"pdq_mirror", "/pdq/view/mirror"},
                                {"pdq_negative", "/pdq/view/negative"},
                                {"vpdq_a_percent", "/vpdq/a_percent"},
                                {"vpdq_b_percent", "/vpdq/b_percent"},
                                {"a_error_message", "/a/error/message"},
                                {"b_error_message", "/b/error/message"}},
                               nullptr,
                               {}};
  return kTable;
}

std::string text_of(const std::optional<Match>& match, const char* kind, const char* unknown) {
  if (!match) return std::string("  ") + kind + ": not known, for " + unknown + '\n';
  const char* sense = match->distance <= match->limit.value ? "within the limit" : "over the limit";
  return std::string("  ") + kind + ": distance " + std::to_string(match->distance) + ", " + sense +
         " of " + std::to_string(match->limit.value) + "; " + describe(match->view) + '\n';
}

std::string reserves(const Finding& finding) {
  std::string text;
  for (const Looked* looked : {&finding.a, &finding.b}) {
    if (looked->examined.outcome != Code::ok)
      text += "  " + printable(looked->path + ": " + reservation(looked->examined)) + '\n';
  }
  return text;
}

std::string text_of(const VpdqComparison& vpdq) {
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(),
                "  vpdq: %.0f %% of A's frames are in B, %.0f %% of B's in A (within 30 bits)\n",
                vpdq.query_percent, vpdq.known_percent);
  return text.data();
}

std::string text_of(const Finding& finding) {
  std::string text = printable(finding.a.path) + " and " + printable(finding.b.path) + ": ";
  if (finding.comparison.same_bytes == true) {
    text += "the same bytes\n";
  } else if (!finding.comparison.same_picture) {
    text += "not comparable\n";
  } else {
    const bool videos = finding.a.examined.video && finding.b.examined.video;
    const std::string thing = videos ? "footage" : "picture";
    text += (*finding.comparison.same_picture ? "the same " : "not the same ") + thing + '\n';
  }
  const Examined& a = finding.a.examined;
  const Examined& b = finding.b.examined;
  if (a.video || b.video) {
    for (const Stretch& stretch : finding.comparison.stretches)
      text += "  " + describe(stretch, a.format.media, b.format.media) + '\n';
    if (finding.vpdq) text += text_of(*finding.vpdq);
    return text + reserves(finding);
  }
  constexpr const char* kNone = "one of them has no signature";
  text += text_of(finding.comparison.grid, "grid", kNone);
  text += text_of(finding.comparison.aligned, "grid, aligned",
                  finding.comparison.grid ? "they are too far apart to begin with" : kNone);
  text += text_of(finding.comparison.pdq, "pdq", kNone);
  return text + reserves(finding);
}

Exit compare(const Options& options, Output& output) {
  if (options.a == "-" || options.b == "-") {
    throw Fatal("compare takes two files, not a list on standard input; a file called - is ./-");
  }
  Rows rows(output, options.format, table());
  const Finding finding = find(options);
  rows.add(record(finding), text_of(finding));
  const bool examined = finding.a.examined.fully_examined() && finding.b.examined.fully_examined();
  return examined ? Exit::clear : Exit::unexamined;
}

}  // namespace

void add_compare(CLI::App& root, Run& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = add_command(root, "compare", kWords, kExits);
  app->add_option("A", options->a, "A picture, a video, or a vPDQ list.")
      ->required()
      ->type_name("FILE");
  app->add_option("B", options->b, "Another.")->required()->type_name("FILE");
  add_format(*app, options->format);
  add_limits(*app, options->limits);
  add_isolation(*app, options->isolation);
  app->callback(
      [options, &run] { run = [options](Output& output) { return compare(*options, output); }; });
}

}  // namespace reseau::cli
