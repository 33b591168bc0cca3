/// The ways in which a query is looked at.
#pragma once

#include <array>
#include <string>

#include <reseau/export.h>

namespace reseau {

/// What is done to the query so that it lies over the known image: mirrored left-right if `mirror`,
/// then turned clockwise by `turn` degrees, then its tones inverted if `negative`.
///
/// `View{90}` says that the query, turned clockwise by a quarter, shows the known image upright.
struct View {
  int turn = 0;  ///< 0, 90, 180 or 270, clockwise
  bool mirror = false;
  bool negative = false;
  friend bool operator==(const View&, const View&) = default;
};

/// All sixteen: the eight turns and mirrors, then the same as negatives. The first is "as is".
inline constexpr std::array<View, 16> kViews = {{
    {0, false, false},
    {90, false, false},
    {180, false, false},
    {270, false, false},
    {0, true, false},
    {90, true, false},
    {180, true, false},
    {270, true, false},
    {0, false, true},
    {90, false, true},
    {180, false, true},
    {270, false, true},
    {0, true, true},
    {90, true, true},
    {180, true, true},
    {270, true, true},
}};

/// For people: "as is", "mirrored", "turned 90 degrees, negative".
[[nodiscard]] RESEAU_API std::string describe(const View& view);

}  // namespace reseau
