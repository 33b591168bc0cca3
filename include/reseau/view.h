/// The ways in which a query is looked at.
#pragma once

#include <array>
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
  Rectangle trim;       ///< what was looked at of the query, before the above: its borders cut off
  Rectangle rectangle;  ///< the part of the known image that it was found to be
  friend bool operator==(const View&, const View&) = default;
};

/// All sixteen: the eight turns and mirrors, then the same as negatives. The first is "as is".
inline constexpr std::array<View, 16> kViews = {{
    {0, false, false, {}, {}},
    {90, false, false, {}, {}},
    {180, false, false, {}, {}},
    {270, false, false, {}, {}},
    {0, true, false, {}, {}},
    {90, true, false, {}, {}},
    {180, true, false, {}, {}},
    {270, true, false, {}, {}},
    {0, false, true, {}, {}},
    {90, false, true, {}, {}},
    {180, false, true, {}, {}},
    {270, false, true, {}, {}},
    {0, true, true, {}, {}},
    {90, true, true, {}, {}},
    {180, true, true, {}, {}},
    {270, true, true, {}, {}},
}};

/// For people: "as is", "mirrored, turned 90 degrees", "borders cut off, negative".
[[nodiscard]] RESEAU_API std::string describe(const View& view);

}  // namespace reseau
