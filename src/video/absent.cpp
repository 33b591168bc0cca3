// In place of decoding, in a build without FFmpeg.
#include <reseau/video.h>

#include <array>

namespace reseau {

bool video_is_supported() noexcept { return false; }

VideoReport sample_video(const VideoReader& reader, const VideoOptions& /*options*/,
                         const std::function<void(const SampledFrame&)>& /*visit*/) {
  VideoReport report;
  std::array<std::uint8_t, 512> start{};
  const std::int64_t size = reader.read ? reader.read(start) : 0;
  if (size > 0) report.format = sniff(Bytes(start.data(), static_cast<std::size_t>(size)));
  report.outcome = Code::unsupported_format;
  report.message =
      "this build has no decoders of videos (RESEAU_VIDEO is off); extract its frames as JPEG or "
      "PNG, and count it as not examined";
  return report;
}

}  // namespace reseau
