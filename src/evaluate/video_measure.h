/// Clips of known videos looked for in films, and films in which there is nothing to find.
#pragma once

#include <string>
#include <vector>

#include "evaluate/footage.h"
#include "evaluate/video_edits.h"

namespace reseau::evaluation {

/// Seconds of the source that a clip is cut from.
inline constexpr std::array kLengths = {5.0, 10.0, 30.0, 60.0};
/// What is searched between unrelated footage is found if its ends are as near as this.
inline constexpr double kNearEnd = 1;

/// A clip, in one edit.
struct ClipAnswer {
  std::size_t source = 0;
  std::size_t length = 0;  ///< in kLengths
  std::size_t edit = 0;    ///< in video_edits(), or their number for reversed_edit()
  bool found = false;      ///< a stretch of several frames, where the clip is
  bool looked = false;     ///< that, or a single look
  std::size_t pieces = 0;  ///< stretches
  /// Of all stretches together, how far their ends are from the clip's, in seconds: in the query
  /// and in the known video.
  double from_off = 0, to_off = 0;
  double known_from_off = 0, known_to_off = 0;
};

/// Something found where it is not.
struct FalseStretch {
  std::size_t entry = 0;  ///< source
  std::string shown;      ///< what is there: the source's name
  std::string edit;
  double query_from = 0;
  std::size_t frames = 0;
  double expected_false = 0;
  bool near = false;  ///< of verdict near
};

struct VideoMeasurement {
  Footage footage;
  std::vector<ClipAnswer> clips;
  std::vector<FalseStretch> false_in_clips;  ///< in what surrounds clips, and of other scenes
  double clip_hours = 0;                     ///< of all films with a clip
  std::vector<FalseStretch> false_in_strangers;
  double stranger_hours = 0;
  std::uint64_t comparisons = 0;  ///< frames of strangers against known frames, a view
  std::size_t known_frames = 0;
};

/// Fails as evaluate_videos().
[[nodiscard]] Result<VideoMeasurement> measure_videos(const EvaluateVideosOptions& options);

}  // namespace reseau::evaluation
