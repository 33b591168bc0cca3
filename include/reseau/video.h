/// Videos: frames by their time, what a video is reduced to, and where one lies inside another.
///
/// docs/video.md specifies sampling, the signature's bytes and the alignment.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <reseau/bytes.h>
#include <reseau/image.h>
#include <reseau/result.h>
#include <reseau/signature.h>
#include <reseau/view.h>

namespace reseau {

/// Where the bytes of a video come from. Never a name: a name can be a playlist's, a protocol's.
struct VideoReader {
  /// Reads on from where it stands: how many bytes, 0 at the end, negative if it failed.
  std::function<std::int64_t(std::span<std::uint8_t>)> read;
  /// Goes to a place counted from the start; false if it cannot. Empty: a stream, read once from
  /// its start to its end. Some containers then have fewer frames to offer, or none.
  std::function<bool(std::uint64_t)> seek;
  std::optional<std::uint64_t> size;
};

/// Of bytes in memory, which must outlive it.
[[nodiscard]] RESEAU_API VideoReader video_reader(Bytes file);
/// Of an open descriptor, which must outlive it. A file's own position is neither used nor moved; a
/// pipe is read as a stream, and waits for whoever writes it.
[[nodiscard]] RESEAU_API VideoReader video_reader(int descriptor);

enum class VideoMode : std::uint8_t {
  thorough,  ///< decodes everything: every shot is seen
  fast,      ///< decodes key frames only, and skips what lies between them
};

/// What one video may cost. What a limit cuts off is not examined, and the outcome says so; what
/// was sampled until then is kept.
struct VideoLimits {
  std::uint64_t max_pixels = 36ULL << 20;  ///< of a frame: 8K (7680 x 4320) and a little
  int max_side = 16'384;
  int max_streams = 16;
  int max_size_changes = 32;        ///< of the frames, in mid stream
  std::size_t max_frames = 86'400;  ///< sampled
  double max_duration = 86'400;     ///< seconds of video
  /// Processor time: so much, and so much more for each second of video that was reached. Honest
  /// 8K takes about two seconds a second; a bomb stands still while it burns.
  std::chrono::milliseconds max_cpu{20'000};
  std::chrono::milliseconds max_cpu_per_second{4'000};
};

struct VideoOptions {
  VideoMode mode = VideoMode::thorough;
  /// Seconds between frames that are sampled within a shot. The first frame of a shot always is
  /// (in fast mode: if it is a key frame), and what looks as the one sampled before it is not.
  double interval = 0.5;
  /// Frames as Meta's vPDQ takes them: one every so many seconds by its rule (hash_vpdq() in
  /// vpdq.h), alike or not; not reduced, not turned, and their colours by BT.601 whatever the video
  /// says.
  std::optional<double> vpdq_seconds;
  VideoLimits limits;
  /// Called about every second of video, with the seconds reached and those that the file claims
  /// to have, if it claims any. False stops, with the outcome `interrupted`.
  std::function<bool(double, std::optional<double>)> progress;
};

/// Of pixels, on a side: larger frames are reduced before they are hashed. PDQ looks at no more of
/// a picture, and grid at less.
inline constexpr int kMaxSampledSide = 512;

/// A frame on its way to the hashers. The pixels are gone when the call returns.
struct SampledFrame {
  double time = 0;                     ///< seconds after the first frame of the video
  std::uint64_t frame = 0;             ///< counted from 0, of those that were decoded
  bool shot = false;                   ///< the first of a shot
  std::optional<double> claimed_rate;  ///< frames a second
  bool alike = false;  ///< looks as the last one that had pixels, and has none itself
  ImageView pixels;    ///< upright, RGB, of at most kMaxSampledSide unless
                       ///< VideoOptions::vpdq_seconds
};

/// How far a video could be looked at.
struct VideoReport {
  Code outcome = Code::ok;
  std::string message;  ///< why, where outcome is not ok: one sentence
  Format format;
  int width = 0;  ///< of the first frame, upright; 0 if there is none
  int height = 0;
  double duration = 0;            ///< seconds that were reached
  std::optional<double> claimed;  ///< seconds that the file claims to have; anything at all
  std::optional<double> rate;     ///< frames a second, as claimed
  std::uint64_t decoded = 0;      ///< frames
  std::uint64_t damaged = 0;      ///< packets and frames that could not be (rightly) decoded
  std::size_t sampled = 0;        ///< frames
};

/// Decodes a video and shows `visit` the frames that are worth hashing, in order of time.
///
/// Never fails: what goes wrong is the outcome, and what was visited before it counts. Containers
/// are MP4 (MOV, 3GP), Matroska (WebM), AVI, MPEG-TS, MPEG-PS, MPEG-1/2, FLV, ASF, Ogg and IVF; the
/// format is told by the first bytes. Nothing but the reader is ever read: no other file, no
/// network. Of several video tracks the first default one is decoded, and the outcome is
/// limit_frames.
/// Cost:    decoding; memory for a few frames, however long the video is.
/// Threads: any number, one call each; none is started.
[[nodiscard]] RESEAU_API VideoReport
sample_video(const VideoReader& reader, const VideoOptions& options,
             const std::function<void(const SampledFrame&)>& visit);

/// Whoever turns the bytes of videos into frames: this process, or confined ones (isolate.h).
class RESEAU_API VideoDecoder {
 public:
  virtual ~VideoDecoder();
  /// As sample_video(). `visit` and the reader run on the calling thread. Threads: any number.
  [[nodiscard]] virtual VideoReport sample(
      const VideoReader& reader, const VideoOptions& options,
      const std::function<void(const SampledFrame&)>& visit) = 0;
  /// As PictureDecoder::isolation().
  [[nodiscard]] virtual std::string isolation() const = 0;

 protected:
  VideoDecoder() = default;
  VideoDecoder(const VideoDecoder&) = default;
  VideoDecoder& operator=(const VideoDecoder&) = default;
};

/// The calling process and thread.
[[nodiscard]] RESEAU_API VideoDecoder& video_decoder_in_process();

/// One frame of a VideoSignature.
struct VideoFrame {
  double time = 0;   ///< seconds after the first frame, to the millisecond
  double until = 0;  ///< up to here, what follows looks like this frame
  bool shot = false;
  int quality = 0;      ///< of `grid`
  int pdq_quality = 0;  ///< of `pdq`
  Signature grid;       ///< of no width if the frame could not be hashed, or only by pdq
  Signature pdq;
  /// What is inside borders, letterbox bars, or blurred bars; none if the frame has no such.
  struct Inside {
    Rectangle where;
    int quality = 0;
    Signature grid;
    /// Bars that are blurred and not plain: such are looked for in queries only.
    bool panel = false;
    friend bool operator==(const Inside&, const Inside&) = default;
  };
  std::optional<Inside> inside;
  friend bool operator==(const VideoFrame&, const VideoFrame&) = default;
};

/// What a video is reduced to: its sampled frames, in order of time.
struct RESEAU_API VideoSignature {
  int width = 0;  ///< of the upright frames
  int height = 0;
  double duration = 0;  ///< seconds, to the millisecond
  std::vector<VideoFrame> frames;

  /// The compact form, version 1: 24 bytes, and 141 (with an inside 247) a frame: at two frames a
  /// second 17 KB a minute at most, much less where little moves. docs/video.md draws it.
  [[nodiscard]] std::vector<std::uint8_t> bytes() const;
  /// Fails: invalid_argument for anything that bytes() does not write; unlike_signatures for
  ///        another version, of it or of the signatures in it.
  static Result<VideoSignature> from_bytes(Bytes bytes);

  friend bool operator==(const VideoSignature&, const VideoSignature&) = default;
};

struct HashedVideo {
  VideoReport report;
  VideoSignature signature;
};

/// A decoder's frames, and each hashed as a picture is, in this process.
[[nodiscard]] RESEAU_API HashedVideo hash_video(const VideoReader& reader,
                                                const VideoOptions& options = {},
                                                VideoDecoder& decoder = video_decoder_in_process());

/// Whether frames of this build's videos can be had at all (CMake option RESEAU_VIDEO).
[[nodiscard]] RESEAU_API bool video_is_supported() noexcept;

}  // namespace reseau
