/// vPDQ lists where files are compared: read from a file, or made of a video.
#pragma once

#include <optional>
#include <string>

#include <reseau/vpdq.h>

namespace reseau::cli {

/// The list in a file, in any of its forms; none if the file does not begin as one.
/// Fails: unsupported_format, saying where, if it goes on otherwise; limit_bytes over 64 MiB.
[[nodiscard]] std::optional<Result<VpdqList>> read_vpdq(const std::string& path);

/// Of a video, a frame a second, as vPDQ's own program makes it. What could not be looked at is
/// left out: examine the video besides.
[[nodiscard]] VpdqList vpdq_of_video(const std::string& path, VideoDecoder& decoder);

}  // namespace reseau::cli
