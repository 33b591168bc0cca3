/// Pixels to signatures, bytes to digests. Pure functions: no file, no state, any number of
/// threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include <reseau/image.h>
#include <reseau/result.h>
#include <reseau/signature.h>
#include <reseau/view.h>

namespace reseau {

/// A signature and how much there was to recognise in the picture: 0 (flat) to 100.
struct Hashed {
  Signature signature;
  int quality = 0;
};

/// The same, of the picture as each of kViews would show it; `signatures[0]` is the picture as is.
struct HashedViews {
  std::array<Signature, kViews.size()> signatures;
  int quality = 0;
};

/// Meta's PDQ: 256 bits. See docs/pdq.md.
///
/// Pictures with a side over 512 are first shrunk to 512 x 512 by nearest neighbour, as Meta's
/// reference program does.
/// Fails: low_information if a side is under 5 pixels: PDQ is not defined there.
/// Cost:  0.6 MFlop + two passes over the pixels; scratch of 8 bytes a pixel, at most 2 MiB.
[[nodiscard]] RESEAU_API Result<Hashed> pdq(const ImageView& image);

/// All sixteen views from the one transform (each has its own median, so none is a mere
/// reordering of another's bits).
[[nodiscard]] RESEAU_API Result<HashedViews> pdq_views(const ImageView& image);

/// The views of a PDQ hash of which the picture is not at hand. Approximate: the medians of the
/// views are not in the hash, so each is a few bits off.
[[nodiscard]] RESEAU_API std::array<Signature, kViews.size()> pdq_views(const Signature& pdq);

/// The grid signature, version 1: 96 bytes. See docs/signature.md.
///
/// Fails: low_information if a side is under 5 pixels.
/// Cost:  one pass over the pixels; at most 0.5 MiB.
[[nodiscard]] RESEAU_API Result<Hashed> grid(const ImageView& image);

/// A part of a picture, and what it hashes to as if it were all of it.
struct HashedWindow {
  Rectangle where;
  Hashed hashed;
};

struct HashedWindows {
  Hashed whole;
  /// The picture without borders, letterbox bars or a screenshot's frame; none if it has no such.
  /// Beside the whole and never instead of it: pictures have plain margins of their own.
  std::optional<HashedWindow> trimmed;
};

/// The grid signatures of the whole picture and of what is inside its borders. Fails as grid().
[[nodiscard]] RESEAU_API Result<HashedWindows> grid_windows(const ImageView& image);

/// The views of a grid signature: signs of its values flipped, some of them swapped. What grid() of
/// the turned picture gives, up to the rounding of the picture's own reduction.
/// Requires: grid.algorithm() == Algorithm::grid.
[[nodiscard]] RESEAU_API std::array<Signature, kViews.size()> grid_views(const Signature& grid);

/// Below this quality a picture is `low_information`: its signature says too little to be matched.
inline constexpr int kMinQuality = 20;
/// Meta's own rule for PDQ.
inline constexpr int kMinPdqQuality = 50;

/// SHA-256, SHA-1 and MD5 in one pass over the bytes. Cost: about 3 ns a byte on a core with SHA
/// instructions.
[[nodiscard]] RESEAU_API Digests digests(Bytes bytes);

}  // namespace reseau
