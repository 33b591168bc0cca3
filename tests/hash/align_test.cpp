#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "hash/projection.h"
#include "support/picture.h"

using namespace reseau;
using namespace reseau::test;

namespace {

bool lies(const Rectangle& found, const Rectangle& wanted, float within) {
  return std::abs(found.x - wanted.x) < within && std::abs(found.y - wanted.y) < within &&
         std::abs(found.width - wanted.width) < within &&
         std::abs(found.height - wanted.height) < within;
}

HashedWindows windows(const Picture& picture, Level level = Level::base) {
  return grid_windows(picture.view(), level).value();
}

}  // namespace

TEST_CASE("A picture that was kept in less memory is aligned as it was") {
  const Picture picture = discs(320, 240, 7);
  const auto windows = grid_windows(picture.view()).value();
  const auto other = grid_windows(cropped(picture, 30, 20, 250, 190).view()).value();
  const Rectangle start{0.1F, 0.1F, 0.7F, 0.8F};
  const auto aligned = [&](const GridPlane& plane) {
    return GridAligner(plane, start).align(kViews[0], other.whole.signature);
  };
  const AlignedWindow kept = aligned(windows.plane.packed().packed());
  CHECK(kept.distance == aligned(windows.plane).distance);
  CHECK(kept.where == aligned(windows.plane).where);
}

TEST_CASE("A copy does not escape by being cropped between the windows that are kept") {
  const Picture known = discs(400, 300, 5);
  const Signature whole = windows(known).whole.signature;
  const Picture crop = cropped(known, 40, 15, 330, 260);
  const HashedWindows query = windows(crop);
  const int before = distance(query.whole.signature, whole).value();
  const AlignedWindow found = GridAligner(query.plane, {}).align(kViews[0], whole);
  CHECK(found.distance < before / 3);
  // Where the whole of the known picture would lie: around the crop.
  CHECK(lies(found.where, {-40 / 330.0F, -15 / 260.0F, 400 / 330.0F, 300 / 260.0F}, 0.06F));
}

TEST_CASE("A copy does not escape by a tilt, and the tilt is told") {
  const Picture known = discs(400, 300, 6);
  const Picture query = tilted(known, 0.0871557, 0.9961947);  // 5 degrees
  const Signature whole = windows(known).whole.signature;
  const HashedWindows looked = windows(query);
  const AlignedWindow found = GridAligner(looked.plane, {}).align(kViews[0], whole);
  CHECK(found.distance < distance(looked.whole.signature, whole).value() / 3);
  CHECK(std::abs(found.tilt - 5) < 1);
}

TEST_CASE("Alignment is the same for a copy in every view") {
  const Picture known = discs(300, 300, 7);
  const Picture part = cropped(known, 20, 30, 250, 250);
  const Signature whole = windows(known).whole.signature;
  const int upright = GridAligner(windows(part).plane, {}).align(kViews[0], whole).distance;
  for (const View& view : kViews) {
    const Picture copy = viewed(part, inverse(view));  // which `view` takes back
    const int turned = GridAligner(windows(copy).plane, {}).align(view, whole).distance;
    CHECK(std::abs(turned - upright) < 200 + upright / 10);
  }
}

TEST_CASE("What covers a part of a copy counts up to the bound of each value and no further") {
  const Picture known = discs(400, 300, 31);
  const Signature whole = windows(known).whole.signature;
  Picture covered = known;
  for (int y = 120; y < 300; ++y)
    for (int x = 200; x < 400; ++x) covered.at(x, y) = static_cast<std::uint8_t>(x * y);
  const HashedWindows looked = windows(covered);
  double apart = 0;
  double by_squares = 0;
  for (std::size_t i = 0; i < whole.bytes().size(); ++i) {
    const auto value = [i](const Signature& s) { return static_cast<std::int8_t>(s.bytes()[i]); };
    const double square = std::pow(value(looked.whole.signature) - value(whole), 2);
    by_squares += square;
    apart += std::min(square, 0.4 * detail::kProjectionTable.squares[i]);
  }
  const int distance = GridAligner(looked.plane, {}).distance(kViews[0], whole, {}, 0);
  CHECK(apart < 0.8 * by_squares);
  CHECK(distance == Approx(apart).epsilon(0.03));  // of values before they are rounded
}

TEST_CASE("What is given up is as far away as anything is") {
  const Signature stranger = windows(discs(300, 200, 33)).whole.signature;
  const HashedWindows looked = windows(discs(300, 200, 34));
  REQUIRE(distance(looked.whole.signature, stranger).value() > 100'000);
  CHECK(GridAligner(looked.plane, {}).align(kViews[0], stranger).distance ==
        GridAligner::kFarthest);
}

TEST_CASE("A value counts for as much in whatever view it is seen") {
  const auto& squares = detail::kProjectionTable.squares;
  CHECK(std::abs(std::accumulate(squares.begin(), squares.end(), 0) -
                 detail::kGridLength * detail::kGridLength) < 48);
  for (const View& view : kViews) {
    for (std::size_t i = 0; i < squares.size(); ++i) {
      detail::GridValues one{};
      one[i] = 1;
      const auto seen = detail::seen(one, view);
      const auto at = std::find_if(seen.begin(), seen.end(), [](int v) { return v != 0; });
      REQUIRE(squares.at(static_cast<std::size_t>(at - seen.begin())) == squares[i]);
    }
  }
}

TEST_CASE("An alignment that runs away ends no further than it began, and in numbers") {
  const Signature stranger = windows(discs(200, 200, 8)).whole.signature;
  const Signature none = windows(flat(50, 50, 9)).whole.signature;
  for (const Picture& picture : {flat(5, 5, 100), flat(300, 200, 0), discs(5, 3000, 1),
                                 discs(3000, 5, 2), discs(40, 40, 3), discs(300, 200, 4)}) {
    const HashedWindows looked = windows(picture);
    for (const Rectangle& start : {Rectangle{}, Rectangle{0.9F, 0.9F, 0.1F, 0.1F}}) {
      const GridAligner aligner(looked.plane, start);
      for (const Signature& known : {stranger, none}) {
        const AlignedWindow found = aligner.align(kViews[5], known);
        CHECK(found.distance >= 0);
        CHECK((found.distance == GridAligner::kFarthest ||
               found.distance <= aligner.distance(kViews[5], known, start, 0)));
        for (const float number :
             {found.where.x, found.where.y, found.where.width, found.where.height, found.tilt})
          CHECK(std::isfinite(number));
        CHECK((found.where.width > 0 && found.where.height > 0));
      }
    }
  }
}

TEST_CASE("A higher level keeps what the lower ones keep, and what has nothing in it is left out") {
  const Picture picture = discs(320, 240, 9);
  const auto base = windows(picture);
  const auto standard = windows(picture, Level::standard);
  const auto extended = windows(picture, Level::extended);
  CHECK(base.parts.empty());
  CHECK((standard.parts.size() > 10 && standard.parts.size() <= 24));
  CHECK((extended.parts.size() > 24 && extended.parts.size() <= 24 + 49));
  for (std::size_t i = 0; i < standard.parts.size(); ++i)
    CHECK(extended.parts[i].hashed.signature == standard.parts[i].hashed.signature);
  for (const HashedWindow& part : extended.parts) {
    CHECK((part.where.x >= 0 && part.where.x + part.where.width <= 1.00001F));
    CHECK((part.where.y >= 0 && part.where.y + part.where.height <= 1.00001F));
    CHECK(part.hashed.quality >= kMinPartQuality);
  }
  CHECK(windows(flat(320, 240, 7), Level::extended).parts.empty());
}

TEST_CASE("A window hashes as the picture does that is cut out of it") {
  const Picture picture = discs(200, 100, 10);
  const auto parts = windows(picture, Level::standard).parts;
  for (const HashedWindow& part : parts) {
    if (part.tilt != 0) continue;
    const auto pixels = [](float share, int side) {
      return static_cast<int>(std::lround(share * static_cast<float>(side)));
    };
    const Picture cut = cropped(picture, pixels(part.where.x, 200), pixels(part.where.y, 100),
                                pixels(part.where.width, 200), pixels(part.where.height, 100));
    CHECK(distance(windows(cut).whole.signature, part.hashed.signature).value() < 400);
  }
}

TEST_CASE("The names of the levels are read back") {
  for (const Level level : kLevels) CHECK(level_of(name(level)) == level);
  CHECK_FALSE(level_of("ultimate"));
}
