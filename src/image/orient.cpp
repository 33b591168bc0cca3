// TIFF 6.0, section 8, tag Orientation: where the first row and the first column of the stored
// picture are to be seen.
#include "image/orient.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace reseau::detail {
namespace {

// How a stored pixel's place follows from the shown one's: swap the two, then count from the end.
struct Turn {
  bool swap;
  bool from_right;   // stored x counts from the right
  bool from_bottom;  // stored y counts from the bottom
};

// By orientation, 1 to 8; by the corner where the stored picture's first pixel is shown.
constexpr std::array<Turn, 9> kTurns = {{{false, false, false},
                                         {false, false, false},  // 1: top left
                                         {false, true, false},   // 2: top right
                                         {false, true, true},    // 3: bottom right
                                         {false, false, true},   // 4: bottom left (in place)
                                         {true, false, false},   // 5: left top
                                         {true, false, true},    // 6: right top
                                         {true, true, true},     // 7: right bottom
                                         {true, true, false}}};  // 8: left bottom

template <std::size_t kChannels>
void turn_into(Image& shown, const Image& stored, Turn turn) {
  constexpr int kTile = 32;  // both pictures' tiles stay in the cache while one is read crosswise
  for (int top = 0; top < shown.height(); top += kTile) {
    for (int left = 0; left < shown.width(); left += kTile) {
      for (int y = top; y < std::min(top + kTile, shown.height()); ++y) {
        std::uint8_t* to = shown.row(y) + static_cast<std::size_t>(left) * kChannels;
        for (int x = left; x < std::min(left + kTile, shown.width()); ++x, to += kChannels) {
          int from_x = turn.swap ? y : x;
          int from_y = turn.swap ? x : y;
          if (turn.from_right) from_x = stored.width() - 1 - from_x;
          if (turn.from_bottom) from_y = stored.height() - 1 - from_y;
          std::memcpy(to, stored.row(from_y) + static_cast<std::size_t>(from_x) * kChannels,
                      kChannels);
        }
      }
    }
  }
}

}  // namespace

Image upright(Image image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  if (orientation == 4) {  // as most BMP files lie: no second picture for these
    for (int top = 0, bottom = image.height() - 1; top < bottom; ++top, --bottom)
      std::swap_ranges(image.row(top), image.row(top + 1), image.row(bottom));
    return image;
  }
  const Turn turn = kTurns.at(static_cast<std::size_t>(orientation));
  Image shown(turn.swap ? image.height() : image.width(),
              turn.swap ? image.width() : image.height(), image.layout());
  if (image.layout() == PixelLayout::gray8) {
    turn_into<1>(shown, image, turn);
  } else {
    turn_into<3>(shown, image, turn);
  }
  return shown;
}

}  // namespace reseau::detail
