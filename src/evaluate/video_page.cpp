// The figures of videos, to look at and to read.
#include <array>
#include <map>

#include "evaluate/html.h"
#include "evaluate/plot.h"
#include "evaluate/video_figures.h"

namespace reseau::evaluation {
namespace {

std::string seconds_text(const Json& seconds) { return shown(seconds.get<double>(), 0) + " s"; }

std::string number(const Json& value, int digits) {
  return value.is_null() ? "" : shown(value.get<double>(), digits);
}

std::string lengths_text(const Json& videos) {
  std::string text;
  for (const Json& length : videos["lengths"]) {
    text += (text.empty() ? "" : "; ") + seconds_text(length["seconds"]) + ": " +
            length["clips"].dump() + " of " + length["scenes"].dump() + " scenes";
  }
  return text;
}

std::string opening(const Json& figures) {
  const Json& videos = figures["videos"];
  return "<h1>How well clips of videos are found</h1>\n<p>Reseau " +
         escaped(figures["reseau"].get<std::string>()) + ", seed " + figures["seed"].dump() + ". " +
         videos["known"].dump() + " videos of " + videos["scenes"].dump() + " distinct scenes, " +
         number(videos["minutes"], 1) + " minutes, " + videos["known_frames"].dump() +
         " sampled frames; " + videos["unreadable"].dump() + " files could not be read whole, " +
         videos["repeated"].dump() +
         " were the same bytes again.</p>\n<p>Clips are cut out of the videos, edited, put between "
         "6 to 10 seconds of unrelated footage on either side, and encoded as H.264. Scenes of one "
         "half of the videos are known while those of the other are strangers, and the other way "
         "round. Clips: " +
         lengths_text(videos) +
         ".</p>\n<p>Found is a clip of which a stretch of several frames in order is told, where "
         "it is. Intervals hold 95 % and take clips as independent, which those of one scene are "
         "not.</p>\n<p>These figures are no statement about any one match, nor about anyone.</p>\n";
}

std::string clip_cells(const Json& clip) {
  const Json& ends = clip["ends_within_1_s"];
  const Json& off = clip["end_off"];
  const Json& known = clip["known_end_off"];
  return cell(seconds_text(clip["seconds"])) + cell(clip["asked"].dump()) +
         recall_cell(clip["recall"]) + cell(between(clip["interval"], 3)) +
         recall_cell(clip["looked"]) + recall_cell(ends) + cell(number(off["median"], 2)) +
         cell(number(off["of_90_in_100"], 2)) + cell(number(known["median"], 2)) +
         cell(number(known["of_90_in_100"], 2)) + cell(number(clip["in_pieces"], 3));
}

std::string clip_heads() {
  std::string heads;
  for (const char* name :
       {"clip", "asked", "found", "95 %", "or a single look", "ends within 1 s", "ends off, median",
        "90 in 100", "in the known", "90 in 100", "in pieces"})
    heads += head(name);
  return heads;
}

std::string main_table(const Json& figures) {
  std::string rows = row(head("edit") + clip_heads());
  for (const Json& mean : figures["means"])
    rows += row(cell(escaped(mean["edit"].get<std::string>())) + clip_cells(mean));
  return section("Clips found, and where",
                 "Ends are those of all stretches together that are told of a clip; the worse of "
                 "the two, in seconds, in the film and in the known video. In pieces: in more than "
                 "one stretch.") +
         table(rows);
}

/// An edit's clips of each length in a row.
std::string by_edit(const Json& figures) {
  std::vector<std::string> edits;
  std::map<std::string, std::map<double, const Json*>> clips;
  for (const Json& clip : figures["clips"]) {
    const auto edit = clip["edit"].get<std::string>();
    if (!clips.contains(edit)) edits.push_back(edit);
    clips[edit][clip["seconds"].get<double>()] = &clip;
  }
  std::string heads = head("edit");
  for (const Json& length : figures["videos"]["lengths"]) {
    const std::string name = seconds_text(length["seconds"]);
    heads += head(name + ": asked") + head("found") + head("ends within 1 s");
  }
  std::string rows = row(heads);
  for (const std::string& edit : edits) {
    std::string cells = cell(escaped(edit));
    for (const Json& length : figures["videos"]["lengths"]) {
      const auto at = clips[edit].find(length["seconds"].get<double>());
      if (at == clips[edit].end()) {
        cells += cell("") + cell("") + cell("");
        continue;
      }
      const Json& clip = *at->second;
      cells += cell(clip["asked"].dump()) + recall_cell(clip["recall"]) +
               recall_cell(clip["ends_within_1_s"]);
    }
    rows += row(cells);
  }
  return section("By edit and length",
                 "The numbers in an edit's name are what it is set to, in "
                 "percent, pixels, frames a second, or steps of x264's "
                 "quality, of which 26 is usual.") +
         table(rows);
}

std::string false_row(const std::string& name, const Json& of) {
  return row(cell(name) + cell(number(of["hours"], 2)) + cell(of["stretches"].dump()) +
             cell(number(of["stretches_an_hour"], 3)) + cell(between(of["interval"], 3)) +
             cell(of["near"].dump()) + cell(of["single_looks"].dump()));
}

std::string nearest(const Json& figures) {
  if (figures["false"].empty()) return "";
  std::string rows = row(head("shown") + head("found as") + head("edit") + head("from, s") +
                         head("frames") + head("expected false"));
  for (const Json& one : figures["false"]) {
    std::array<char, 32> expected{};
    std::snprintf(expected.data(), expected.size(), "%.1e", one["expected_false"].get<double>());
    rows += row(cell(escaped(one["shown"].get<std::string>())) +
                cell(escaped(one["known"].get<std::string>())) +
                cell(escaped(one["edit"].get<std::string>())) + cell(number(one["query_from"], 1)) +
                cell(one["frames"].dump()) + cell(expected.data()));
  }
  return section("The strongest false ones",
                 "Where both show the same, name them in a file for --same.") +
         table(rows);
}

std::string backwards(const Json& figures) {
  if (figures["reversed"].empty()) return "";
  std::string rows = row(head("clip") + head("asked") + head("taken for copies") + head("95 %") +
                         head("or a single look"));
  for (const Json& one : figures["reversed"]) {
    rows += row(cell(seconds_text(one["seconds"])) + cell(one["asked"].dump()) +
                matched_cell(one["recall"]) + cell(between(one["interval"], 3)) +
                cell(number(one["looked"], 3)));
  }
  return section("Played backwards",
                 "No copies: what is found here in several frames is wrong, unless a scene looks "
                 "the same from its end to its start. Single looks are right.") +
         table(rows);
}

std::string strangers(const Json& figures) {
  std::string rows = row(head("") + head("hours") + head("false stretches") + head("an hour") +
                         head("95 %") + head("of verdict near") + head("single looks"));
  rows += false_row("unrelated video", figures["strangers"]);
  rows += false_row("what surrounds clips", figures["around_clips"]);
  std::string text =
      section(
          "Found where it is not",
          "Unrelated video is put together of pieces of " + figures["videos"]["scenes"].dump() +
              " distinct scenes, edited as clips are: " + figures["comparisons"].dump() +
              " comparisons of a frame with a known one. Hours that are made of the same scenes "
              "are not independent, and the interval is narrower than the truth.") +
      table(rows);
  return text + nearest(figures) + backwards(figures);
}

}  // namespace

std::string video_page(const Json& figures) {
  return page_head() + opening(figures) + main_table(figures) + strangers(figures) +
         by_edit(figures) + page_foot();
}

std::string video_summary(const Json& figures) {
  const Json& videos = figures["videos"];
  std::string text = videos["known"].dump() + " videos of " + videos["scenes"].dump() +
                     " distinct scenes are known\n\n";
  std::array<char, 160> line{};
  std::snprintf(line.data(), line.size(), "%-12s %6s %6s %8s %15s %16s\n", "edits", "clip", "asked",
                "found", "95 %", "ends within 1 s");
  text += line.data();
  for (const Json& mean : figures["means"]) {
    std::snprintf(line.data(), line.size(), "%-12s %6s %6s %8.3f %7.3f-%7.3f %16s\n",
                  mean["edit"].get<std::string>().c_str(), seconds_text(mean["seconds"]).c_str(),
                  mean["asked"].dump().c_str(), mean["recall"].get<double>(),
                  mean["interval"][0].get<double>(), mean["interval"][1].get<double>(),
                  number(mean["ends_within_1_s"], 3).c_str());
    text += line.data();
  }
  const Json& strangers = figures["strangers"];
  text += "\nin " + number(strangers["hours"], 1) + " hours of unrelated video " +
          strangers["stretches"].dump() + " false stretches and " +
          strangers["single_looks"].dump() + " single looks, in " + figures["comparisons"].dump() +
          " comparisons of frames\n";
  for (const Json& one : figures["reversed"]) {
    text += "of clips of " + seconds_text(one["seconds"]) + " played backwards " +
            one["found"].dump() + " of " + one["asked"].dump() + " were taken for copies\n";
  }
  return text;
}

}  // namespace reseau::evaluation
