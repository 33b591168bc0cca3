/// The edits that a clip of a known video is looked for through: what people do to clips they pass
/// on. Each ends in a real encoder.
#pragma once

#include <span>

#include "evaluate/edits.h"

namespace reseau::evaluation {

struct VideoEdit {
  std::string_view name;
  /// Of every frame, with the same lot; null: none.
  cv::Mat (*make)(const cv::Mat& picture, cv::RNG& random) = nullptr;
  double speed = 1;     ///< seconds of the source in a second of the copy
  int rate = 25;        ///< frames a second
  int quality = 26;     ///< as Encoding
  int long_side = 480;  ///< pixels
  /// What lies before and after the clip is edited in the same way: posts of one maker, joined.
  bool chain = false;
  /// Played from its end to its start: no copy, and not to be found.
  bool backwards = false;
};

/// Of which recall is told; the first leaves the clip as it is. Order and names are stable.
[[nodiscard]] std::span<const VideoEdit> video_edits();
/// What is made of a clip and must not be found as a stretch of it.
[[nodiscard]] const VideoEdit& reversed_edit();

/// `picture`, edited: `seed` as in edits.h.
[[nodiscard]] cv::Mat apply(const VideoEdit& edit, const cv::Mat& picture, std::uint64_t seed);

}  // namespace reseau::evaluation
