/// The ways in which a query is looked at.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include <reseau/export.h>

namespace reseau {

/// A part of a picture, in shares of its sides from the top left: 0 to 1.
struct Rectangle {
  float x = 0;
  float y = 0;
  float width = 1;
  float height = 1;
  friend bool operator==(const Rectangle&, const Rectangle&) = default;
};

/// What is done to the query so that it lies over the known image: mirrored left-right if `mirror`,
/// then turned clockwise by `turn` degrees, then its tones inverted if `negative`.
///
/// `View{90}` says that the query, turned clockwise by a quarter, shows the known image upright.
struct View {
  int turn = 0;  ///< 0, 90, 180 or 270, clockwise
  bool mirror = false;
  bool negative = false;
  /// What was looked at of the query, before the above: its borders cut off, or one of its panels.
  Rectangle trim;
  /// The part of the known image that this was found to be. Reaches out of it (under 0, over 1)
  /// where the query shows more than the known image.
  Rectangle rectangle;
  float tilt = 0;  ///< how the query lies in the known image beyond `turn`: degrees clockwise
  friend bool operator==(const View&, const View&) = default;
};

/// All sixteen: the eight turns and mirrors, then the same as negatives. The first is "as is".
inline constexpr std::array<View, 16> kViews = [] {
  std::array<View, 16> views;
  for (std::size_t i = 0; i < views.size(); ++i) {
    views[i].turn = static_cast<int>(i % 4) * 90;
    views[i].mirror = i / 4 % 2 == 1;
    views[i].negative = i >= 8;
  }
  return views;
}();

/// What takes `view` back: `View{90}` for `View{270}`. Requires: one of kViews.
[[nodiscard]] RESEAU_API View inverse(const View& view);

/// For people: "as is", "mirrored, turned 90 degrees", "borders cut off, negative", "the left 70 %,
/// mirrored", "the top 49 % of the file".
[[nodiscard]] RESEAU_API std::string describe(const View& view);

}  // namespace reseau
