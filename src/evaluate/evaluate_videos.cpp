#include <reseau/evaluate.h>

#include "evaluate/video_figures.h"

namespace reseau {

Result<Evaluation> evaluate_videos(const EvaluateVideosOptions& options) {
  const auto measured = evaluation::measure_videos(options);
  if (!measured) return measured.error();
  const evaluation::Json figures = evaluation::video_figures(*measured, options);
  return Evaluation{evaluation::json_text(figures), evaluation::video_page(figures),
                    evaluation::video_summary(figures)};
}

}  // namespace reseau
