/// Meta's vPDQ: a video as a list of the PDQ hashes of its frames, for exchange with others.
///
/// What Reseau itself matches videos by is in video.h; docs/video.md says why.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <reseau/result.h>
#include <reseau/signature.h>
#include <reseau/video.h>

namespace reseau {

struct VpdqFrame {
  std::int64_t frame = 0;  ///< counted from 0
  int quality = 0;         ///< PDQ's, 0 to 100
  Signature pdq;
  double time = 0;  ///< seconds
  friend bool operator==(const VpdqFrame&, const VpdqFrame&) = default;
};

struct VpdqList {
  std::vector<VpdqFrame> frames;
  friend bool operator==(const VpdqList&, const VpdqList&) = default;
};

struct HashedVpdq {
  VideoReport report;
  VpdqList list;
};

/// Of the frames 0, n, 2 n, ... where n is what `seconds` make at the claimed rate, rounded down
/// (at least 1; 0 seconds: every frame), at `frame / rate` seconds: the reference's rule, which is
/// not sampling by time. Where no rate is claimed, frames `seconds` apart, and their own times.
[[nodiscard]] RESEAU_API HashedVpdq hash_vpdq(const VideoReader& reader, double seconds = 1,
                                              const VideoLimits& limits = {},
                                              VideoDecoder& decoder = video_decoder_in_process());

/// A line a frame, "frame,quality,hash,seconds", as the reference's program writes it.
[[nodiscard]] RESEAU_API std::string vpdq_text(const VpdqList& list);
/// Fails: invalid_argument, naming the line. Blank lines are passed over; a list without times (the
/// reference's older form, three fields) has times of 0.
[[nodiscard]] RESEAU_API Result<VpdqList> vpdq_from_text(std::string_view text);

/// An array of strings, "hash,quality,seconds", as threatexchange's signals have it. Frame numbers
/// are not in it.
[[nodiscard]] RESEAU_API std::string vpdq_json(const VpdqList& list);
/// That form, or threatexchange's older one, an object of "frame": {quality, hash, timestamp}.
/// Fails: invalid_argument, saying where.
[[nodiscard]] RESEAU_API Result<VpdqList> vpdq_from_json(std::string_view json);

/// A video signature of a list's frames: pdq and no grid. It is matched by pdq alone.
[[nodiscard]] RESEAU_API VideoSignature video_signature(const VpdqList& list);

/// vPDQ's own measure: which share of either's frames has any frame of the other's within the
/// distance, in per cent, whatever their order. Frames of lower quality do not count on either
/// side; where none is left, both are 0.
struct VpdqComparison {
  double query_percent = 0;
  double known_percent = 0;
};
/// `limit` is inclusive here as everywhere; the reference's code, told 31, takes 30.
[[nodiscard]] RESEAU_API VpdqComparison compare_vpdq(const VpdqList& query, const VpdqList& known,
                                                     MaxDistance limit = {30}, int quality = 50);

}  // namespace reseau
