/// Pixels to signatures, bytes to digests. Pure functions: no file, no state, any number of
/// threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

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

/// The same without shrinking, as Meta's vPDQ hashes the frames of videos. Fails as pdq().
/// Cost: ten passes over the pixels; scratch of 12 bytes a pixel.
[[nodiscard]] RESEAU_API Result<Hashed> pdq_of_frame(const ImageView& image);

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

/// How many windows of a known image are kept beside the whole: what smaller crops are found by,
/// and what a bank costs. docs/signature.md draws them, docs/matching.md says what each level
/// finds.
enum class Level : std::uint8_t {
  base,      ///< none but that without borders
  standard,  ///< up to 29 more: .85 of each side, the upper and lower .6, .7 of both, and the whole
             ///< turned by 8 degrees
  extended,  ///< up to 68 more: half of both sides
};
inline constexpr std::array kLevels = {Level::base, Level::standard, Level::extended};
[[nodiscard]] RESEAU_API std::string_view name(Level level);
[[nodiscard]] RESEAU_API std::optional<Level> level_of(std::string_view name);

/// A part of a picture, and what it hashes to as if it were all of it.
struct HashedWindow {
  Rectangle where;
  float tilt = 0;  ///< degrees clockwise by which the window is turned in the picture
  Hashed hashed;
};

namespace detail {
class Plane;
}

/// A picture reduced to grey and 256 pixels a side: what align() looks at. Copies share it; it is
/// wiped when the last one goes.
class RESEAU_API GridPlane {
 public:
  explicit GridPlane(std::shared_ptr<const detail::Plane> plane) : plane_(std::move(plane)) {}
  [[nodiscard]] const detail::Plane& operator*() const { return *plane_; }

  /// In a third of the memory, for keeping many: each GridAligner of it computes the rest, in some
  /// fifty microseconds.
  [[nodiscard]] GridPlane packed() const;
  [[nodiscard]] GridPlane unpacked() const;

 private:
  std::shared_ptr<const detail::Plane> plane_;
};

struct HashedWindows {
  Hashed whole;
  /// The picture without borders, letterbox bars or a screenshot's frame; none if it has no such.
  /// Beside the whole and never instead of it: pictures have plain margins of their own.
  std::optional<HashedWindow> trimmed;
  /// With no more cut off than a drawn page, where that is less: a light picture's own ground may
  /// have gone with the page's. For queries, as panels; a bank keeps neither.
  std::optional<HashedWindow> on_page;
  /// Pictures within the picture that no plain border gives away: one between blurred bars, two or
  /// four of a collage.
  std::vector<HashedWindow> panels;
  std::vector<HashedWindow> parts;  ///< those of the level that have something to recognise
  GridPlane plane;
};

/// The grid signatures of the whole picture, of what is inside its borders or of its panels, and of
/// the windows of `level`. Fails as grid().
[[nodiscard]] RESEAU_API Result<HashedWindows> grid_windows(const ImageView& image,
                                                            Level level = Level::base);

/// A known window found in a picture.
struct AlignedWindow {
  int distance = 0;  ///< robust, of the picture's signature there to the known one
  Rectangle where;   ///< in the picture; may reach out of it
  float tilt = 0;    ///< degrees clockwise
};

/// Moves a window over a picture (shift, scale, aspect and tilt) until the signature there is
/// nearest to that of a known window. Copies that are cropped or turned otherwise than any window
/// of the known image come far nearer, strangers hardly.
///
/// Gauss-Newton on the signature: Lucas and Kanade, "An iterative image registration technique with
/// an application to stereo vision", 1981; Baker and Matthews, "Lucas-Kanade 20 years on", 2004.
/// Threads: any number. Cost: bench/README.md.
class RESEAU_API GridAligner {
 public:
  /// No distance is longer. What is still far away after a few steps is given up and has this.
  ///
  /// Distances are robust: sums of squares, each of them cut off at two fifths of what the value
  /// is squared in pictures, so that a logo or a watermark, which moves some values far, counts for
  /// less than a stranger's, which are all away. They are shorter than squared L2 distances, and
  /// are not to be held to the same limits.
  static constexpr int kFarthest = 40'323;

  /// `start` is where every search begins. Requires: it lies within the picture and is not empty.
  GridAligner(const GridPlane& picture, const Rectangle& start);
  GridAligner(GridAligner&&) noexcept;
  GridAligner& operator=(GridAligner&&) noexcept;
  ~GridAligner();

  /// `view`: as which of kViews the picture is near to `known`. Never NaN; never further than at
  /// the start, but for what is given up. Requires: known.algorithm() == Algorithm::grid.
  [[nodiscard]] AlignedWindow align(const View& view, const Signature& known) const;

  /// The distance of a known window where it is expected, of the picture's signature there. Beyond
  /// the edge the picture's outermost pixels go on. Requires: as align(); `where` is not empty.
  [[nodiscard]] int distance(const View& view, const Signature& known, const Rectangle& where,
                             float tilt) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The views of a grid signature: signs of its values flipped, some of them swapped. What grid() of
/// the turned picture gives, up to the rounding of the picture's own reduction.
/// Requires: grid.algorithm() == Algorithm::grid.
[[nodiscard]] RESEAU_API std::array<Signature, kViews.size()> grid_views(const Signature& grid);

/// Below this quality a picture is `low_information`: its signature says too little to be matched.
inline constexpr int kMinQuality = 20;
/// What is inside borders, and parts of a known picture, need more: a plain thing fills what is
/// left when the ground around it is cut off, and parts of anything may be plain.
inline constexpr int kMinPartQuality = 50;
/// Meta's own rule for PDQ.
inline constexpr int kMinPdqQuality = 50;

/// The same of bytes that come piece by piece.
class RESEAU_API Digester {
 public:
  Digester();
  Digester(Digester&&) noexcept;
  Digester& operator=(Digester&&) noexcept;
  ~Digester();
  void update(Bytes bytes);
  /// Once, and nothing after it.
  [[nodiscard]] Digests finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// SHA-256, SHA-1 and MD5 in one pass over the bytes. Cost: about 3 ns a byte on a core with SHA
/// instructions.
[[nodiscard]] RESEAU_API Digests digests(Bytes bytes);

}  // namespace reseau
