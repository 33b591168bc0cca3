// In place of evaluating videos, in a build without FFmpeg.
#include <reseau/evaluate.h>

namespace reseau {

Result<Evaluation> evaluate_videos(const EvaluateVideosOptions& /*options*/) {
  return Error{Code::unsupported_format,
               "this build has no decoders and encoders of videos (RESEAU_VIDEO is off); use one "
               "that has"};
}

}  // namespace reseau
