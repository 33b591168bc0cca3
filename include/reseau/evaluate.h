/// How well edited copies are found among your own photographs, and which limits keep an asked-for
/// number of false matches there.
///
/// In a library of its own, libreseau_evaluate (CMake target reseau::evaluate), since it makes the
/// edits with OpenCV, which libreseau has no need of. docs/evaluation.md says what is measured.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <reseau/hash.h>
#include <reseau/image.h>
#include <reseau/result.h>

namespace reseau {

/// Where the edited copies come from.
enum class Protocol : std::uint8_t {
  edits,     ///< made here, of the photographs
  copydays,  ///< files, laid out as INRIA Copydays: original/, crops/20/, jpegqual/15/, strong/
  disc21,    ///< files, as Meta's DISC21: references/, queries/, and a CSV query_id,reference_id
};

struct EvaluateOptions {
  std::vector<std::string> photographs;  ///< files, and folders with everything below them
  Protocol protocol = Protocol::edits;   ///< of another, `photographs` is its one folder
  std::vector<Level> levels{kLevels.begin(), kLevels.end()};
  std::size_t queries = 200;  ///< photographs whose edited copies are looked for; 0: all
  std::uint64_t seed = 1;     ///< of what edits draw by lot, and of which photographs are asked for
  unsigned threads = 1;
  /// A file of lines "name<TAB>name" of photographs that show the same: neither found nor false.
  std::string same;
  /// A file of lines "path,group": figures of each group. A path may be the end of one.
  std::string groups;
  Limits limits;
  /// Called now and then, by one thread at a time, with what is done and what there is to do.
  /// False stops: the call fails with `interrupted`.
  std::function<bool(std::size_t, std::size_t)> progress;
};

struct Evaluation {
  std::string json;  ///< everything, as docs/evaluation.md says
  std::string html;  ///< the same to look at: one page that needs nothing else
  std::string text;  ///< the same in some thirty lines
};

/// Makes every standard edit (and some to which nothing was tuned) of photographs, looks for them
/// among all of them by every kind and level, and counts at equal rates of false matches. Limits
/// are set on one half of the photographs, and figures are of the other. The same is asked of
/// Meta's PDQ as it is and of OpenCV's img_hash.
///
/// The same photographs, options and build give the same figures, whatever the number of threads.
/// Fails: not_found, io_error, interrupted; invalid_argument, if fewer than 20 photographs can be
/// read, or a file of names makes no sense.
/// Cost:  about 4 core-seconds a photograph asked for, at all levels, among 1,000.
[[nodiscard]] RESEAU_API Result<Evaluation> evaluate(const EvaluateOptions& options);

struct EvaluateVideosOptions {
  std::vector<std::string> videos;  ///< files, and folders with everything below them
  std::size_t clips = 40;           ///< of each length, that are looked for in every edit
  double hours = 10;                ///< of unrelated video that is put together and looked up
  std::uint64_t seed = 1;  ///< of where clips are cut, what surrounds them, and edits' lots
  unsigned threads = 1;
  /// A file of lines "name<TAB>name" of videos that show the same, in whole or in part.
  std::string same;
  /// A folder that the films which are looked up are kept in, with films.jsonl, which says what is
  /// in them (docs/evaluation.md); empty: none are kept. They hold pictures of the videos.
  std::string films;
  /// As EvaluateOptions.
  std::function<bool(std::size_t, std::size_t)> progress;
};

/// Cuts clips of 5 to 60 seconds out of videos, edits them, puts them between unrelated footage,
/// encodes all that as H.264, and looks for them among the videos: how many are found by edit and
/// length, and how far their ends are off. Then puts hours of unrelated video together and counts
/// what is found there. Scenes of one half of the videos are known while the other half's are
/// strangers, and the other way round. The matcher is as it is by default.
///
/// The same videos, options and build give the same figures, whatever the number of threads.
/// Fails: not_found, io_error, interrupted, limit_memory; unsupported_format in a build without
/// FFmpeg, or where FFmpeg cannot encode H.264; invalid_argument, if fewer than 4 videos that show
/// different things can be read, or the file of names makes no sense.
/// Cost: some 4 core-seconds a clip and edit, and 4 core-minutes an hour of unrelated video.
[[nodiscard]] RESEAU_API Result<Evaluation> evaluate_videos(const EvaluateVideosOptions& options);

struct CalibrateOptions {
  EvaluateOptions measure;  ///< `groups` and `protocol` are not looked at
  std::size_t entries = 10'000'000;
  double expected_false = 0.0005;  ///< of each kind, for one query against so many entries
};

struct Calibration {
  std::string json;  ///< as docs/evaluation.md says
  std::string text;
};

/// The limits that keep `expected_false` for each kind and level, if strangers are to each other as
/// the photographs given are, beside the limits that are built in. Fails and costs as evaluate().
[[nodiscard]] RESEAU_API Result<Calibration> calibrate(const CalibrateOptions& options);

}  // namespace reseau
