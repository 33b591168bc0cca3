#include "hash/windows.h"

#include <algorithm>
#include <initializer_list>

namespace reseau::detail {
namespace {

using Steps = std::initializer_list<int>;

/// Sides in hundredths of the picture's.
LevelWindow upright(const Plane& plane, int x, int y, int width, int height) {
  const auto share = [](int hundredths) { return static_cast<float>(hundredths) / 100.0F; };
  const auto edge = [](int hundredths, int side) {
    return (hundredths * kPlaneUnit * side + 50) / 100;
  };
  return {{share(x), share(y), share(width), share(height)},
          0,
          PlaneBox{edge(x, plane.width()), edge(y, plane.height()), edge(x + width, plane.width()),
                   edge(y + height, plane.height())}};
}

/// The largest window of the picture's shape that lies in it when it is turned by 8 degrees. What a
/// picture turned by about so much, its corners cut away, shows.
LevelWindow turned(const Plane& plane, bool clockwise) {
  constexpr float kDegrees = 8;
  constexpr double kCosine = 0.9902680687415704;
  constexpr double kSine = 0.13917310096006544;
  const double width = plane.width();
  const double height = plane.height();
  const double share = std::min(width / (width * kCosine + height * kSine),
                                height / (width * kSine + height * kCosine));
  const auto side = static_cast<float>(share);
  return {{(1 - side) / 2, (1 - side) / 2, side, side},
          clockwise ? kDegrees : -kDegrees,
          Placement{width / 2, height / 2, width * share, height * share, kCosine,
                    clockwise ? kSine : -kSine}};
}

}  // namespace

std::vector<LevelWindow> windows_of(const Plane& plane, Level level) {
  std::vector<LevelWindow> windows;
  const auto add = [&](int x, int y, int width, int height) {
    windows.push_back(upright(plane, x, y, width, height));
  };
  // Every other row lies between the columns of the one before: no place is as far from the next
  // window as in a lattice of squares with as many.
  const auto add_lattice = [&](int side, Steps rows, Steps columns, Steps between) {
    bool odd = false;
    for (const int y : rows) {
      for (const int x : odd ? between : columns) add(x, y, side, side);
      odd = !odd;
    }
  };
  if (level == Level::base) return windows;
  add(0, 0, 85, 100);
  add(15, 0, 85, 100);
  add(0, 0, 100, 85);
  add(0, 15, 100, 85);
  // What is left of a file that is cut at half to three quarters of its rows; of one that begins
  // with the lowest row, as BMPs do and pictures that are stored upside down.
  add(0, 0, 100, 60);
  add(0, 40, 100, 60);
  windows.push_back(turned(plane, true));
  windows.push_back(turned(plane, false));
  add_lattice(70, {0, 6, 12, 18, 24, 30}, {0, 10, 20, 30}, {5, 15, 25});
  if (level == Level::standard) return windows;
  add_lattice(50, {0, 6, 12, 19, 25, 31, 38, 44, 50}, {0, 7, 14, 21, 29, 36, 43, 50},
              {4, 11, 18, 25, 32, 39, 46});
  return windows;
}

}  // namespace reseau::detail
