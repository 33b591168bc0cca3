/// From what was measured of videos to figures, and these to look at.
#pragma once

#include "evaluate/figures.h"
#include "evaluate/video_measure.h"

namespace reseau::evaluation {

/// The JSON that docs/evaluation.md draws.
[[nodiscard]] Json video_figures(const VideoMeasurement& measured,
                                 const EvaluateVideosOptions& options);

/// One page of HTML: no script, nothing fetched, no picture in it.
[[nodiscard]] std::string video_page(const Json& figures);

/// The main figures in some thirty lines.
[[nodiscard]] std::string video_summary(const Json& figures);

}  // namespace reseau::evaluation
