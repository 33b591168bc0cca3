// Which frames are looked at: pure rules over times and thumbs.
#include <catch2/catch.hpp>

#include "video/clock.h"
#include "video/picker.h"
#include "video/scaler.h"

using namespace reseau::detail;

namespace {

using Pick = Picker::Pick;

Thumb level(int value) {
  Thumb thumb{};
  thumb.fill(static_cast<std::uint8_t>(value));
  return thumb;
}

}  // namespace

TEST_CASE("A slow change is seen once it has added up") {
  Picker picker(0.5, true);
  CHECK(picker.look(0, level(100)) == Pick::shot);
  // A third of a level a second: no frame differs from the one before it.
  int taken = 0;
  for (int i = 1; i <= 120; ++i) taken += picker.look(i / 4.0, level(100 + i / 12)) == Pick::take;
  CHECK(taken == 10);
}

TEST_CASE("A cut is taken at once, motion and flicker are not cuts") {
  Picker picker(1, true);
  CHECK(picker.look(0, level(10)) == Pick::shot);
  CHECK(picker.look(0.04, level(10)) == Pick::skip);
  CHECK(picker.look(0.08, level(90)) == Pick::shot);
  CHECK(picker.look(0.12, level(90)) == Pick::skip);
  Picker flicker(1, true);
  int shots = 0;
  for (int i = 0; i < 50; ++i) shots += flicker.look(i * 0.04, level(i % 2 * 60)) == Pick::shot;
  CHECK(shots < 12);
}

TEST_CASE("Times rise whatever stamps say") {
  Clock clock(10.0);
  CHECK(clock.next(-5.0) == 0);  // negative at the start is where it starts
  CHECK(clock.next(-4.5) == Approx(0.5));
  CHECK(clock.next(std::nullopt) == Approx(0.6));
  CHECK(clock.next(-60.0) == Approx(0.7));  // falls back: goes on
  CHECK(clock.next(-59.0) == Approx(1.7));  // and from there by its own count
  CHECK(clock.next(9e17) == Approx(1.8));   // leaps: goes on
  CHECK(clock.next(9e17) >= Approx(1.8));
  Clock blind(std::nullopt);
  CHECK(blind.next(std::nullopt) == 0);
  CHECK(blind.next(std::nullopt) == Approx(0.04));
  CHECK(blind.next(100.0) == Approx(0.08));
}

TEST_CASE("A display matrix of nonsense turns nothing by anything but quarters") {
  for (const std::int32_t value : {0, 1, -1, 65536, INT32_MAX, INT32_MIN}) {
    const std::array<std::int32_t, 9> matrix = {value, 7, 0, -7, value, 0, 0, 0, 1};
    const Showing showing = showing_of(matrix.data());
    CHECK(showing.turn % 90 == 0);
    CHECK(showing.turn >= 0);
    CHECK(showing.turn < 360);
  }
  std::array<std::int32_t, 9> mirrored = {-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30};
  CHECK(showing_of(mirrored.data()).mirror);
  CHECK(showing_of(mirrored.data()).turn == 0);
  std::array<std::int32_t, 9> quarter{};
  av_display_rotation_set(quarter.data(), 90);
  CHECK_FALSE(showing_of(quarter.data()).mirror);
  CHECK(showing_of(quarter.data()).turn == 90);
}
