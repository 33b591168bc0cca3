/// Videos in a bank and as queries: what is looked up of them, and what comes of it.
#pragma once

#include <reseau/match.h>

namespace reseau::detail {

/// Nearer than this by grid, whatever matches one picture of a file matches the other. Limits for
/// banks of any size are many times as wide.
inline constexpr int kSameLook = 1500;

/// A picture as a frame. Requires: it has grid.
[[nodiscard]] VideoFrame frame_of(const Examined& examined);

/// Everything that a video's frames give, and what it says of the outcome.
void examine_video(const VideoReader& reader, const VideoOptions& options, VideoDecoder& decoder,
                   Examined& examined);

/// 0 to 100: that of the frame, or of what is inside its borders, that has most to recognise.
[[nodiscard]] int best_quality(const VideoSignature& video);

/// Whether a file of this format is examined by its frames.
[[nodiscard]] bool is_film(const Format& format);

/// Matches of `matches.query.video`, of known videos and of known images.
[[nodiscard]] Status add_video_matches(const Bank& bank, const MatchOptions& options,
                                       Matches& matches);

/// A known frame as a stretch of one look; `view` and `expected_false` of the match.
[[nodiscard]] Stretch one_look(const Match& match, const VideoFrame& frame);

/// Two inputs of which at least one is a video: where `a` shows a part of `b`.
[[nodiscard]] std::vector<Stretch> compare_videos(const Examined& a, const Examined& b);

}  // namespace reseau::detail
