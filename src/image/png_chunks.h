/// The chunks of a PNG file, one after another.
#pragma once

#include <cstddef>
#include <cstdint>

#include <vector>

#include <reseau/bytes.h>

#include "image/canvas.h"

namespace reseau::detail {

/// What stands in a PNG beside its pixels, as far as it matters here.
struct PngFacts {
  int orientation = 1;
  int frames = 1;
  bool still_in_animation = false;
  double still_shown_for = 0;  ///< seconds that are claimed of it then
};
[[nodiscard]] PngFacts png_facts(Bytes file);

/// A frame of an animated PNG, as a PNG of its own.
struct ApngFrame {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  double shown_for = 0;  ///< seconds, as claimed
  Dispose dispose = Dispose::keep;
  bool blend = false;
  std::vector<std::uint8_t> file;  ///< empty if it is the still picture, which the file has itself
};

/// The frames of an animated PNG, one after another. Not all of them at once: each may be large.
class ApngFrames {
 public:
  explicit ApngFrames(Bytes file);
  /// False at the end, and where the next one is damaged: then there were fewer than acTL says.
  [[nodiscard]] bool next(ApngFrame& frame);

 private:
  Bytes file_;
  std::size_t at_;
  Bytes header_;                      // data of IHDR
  std::vector<std::uint8_t> common_;  // PLTE and tRNS, as they stand
};

/// The file as a stream that holds its signature and the chunks that make pixels (IHDR, PLTE, tRNS,
/// IDAT, IEND) and no others: whatever may be wrong with text, profiles and the like (or with how
/// they are parsed) cannot matter.
///
/// The stream ends before the first of these chunks whose checksum does not fit. Of an IDAT chunk
/// that the end of the file cuts, what is there is passed on as a shorter one.
class PngPixelStream {
 public:
  explicit PngPixelStream(Bytes file);

  /// False at the end: fewer bytes are left than wanted.
  bool read(std::uint8_t* to, std::size_t count);

 private:
  bool next_chunk();
  Bytes file_;
  std::size_t next_ = 0;           // where the next chunk begins
  std::uint8_t header_[8] = {};    // NOLINT(*-avoid-c-arrays): the signature, or a chunk's header
  std::size_t header_left_ = 0;    // of these, to be read still
  Bytes body_;                     // data of the present chunk, to be read still
  std::size_t checksum_left_ = 0;  // zeros: libspng is told not to look at them
};

}  // namespace reseau::detail
