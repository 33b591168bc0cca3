#include <reseau/match.h>
#include <catch2/catch.hpp>

#include "match/kinds.h"
#include "support/encode.h"
#include "support/picture.h"

using namespace reseau;
using namespace reseau::test;

namespace {

Picture known(int i) { return discs(320 + 3 * i, 240, 100 + static_cast<std::uint32_t>(i)); }

}  // namespace

TEST_CASE("Two files compare alike whichever comes first") {
  const Examined a = examine(Bytes(encode(known(0))));
  const Examined b = examine(Bytes(jpeg(viewed(known(0), kViews[5]), 70)));
  const Examined other = examine(Bytes(encode(known(1))));
  CHECK(compare(a, a).same_bytes == true);
  CHECK(compare(a, b).same_picture == true);
  CHECK(compare(a, b).same_bytes == false);
  CHECK(compare(a, b).grid->distance == compare(b, a).grid->distance);
  CHECK(compare(a, other).same_picture == false);
  CHECK(compare(a, other).pdq->distance > default_limit(Measure::pdq, 1).value);
  CHECK_FALSE(compare(a, examine(Bytes(encode(flat(300, 200, 10))))).grid);
}

TEST_CASE("What could not be looked at is not called another picture") {
  const Examined a = examine(Bytes(encode(known(0))));
  const Comparison with_text = compare(a, examine(Bytes("a letter", 8)));
  CHECK(with_text.same_bytes == false);
  CHECK_FALSE(with_text.same_picture.has_value());
  Examined unread;
  unread.outcome = Code::io_error;
  CHECK_FALSE(compare(a, unread).same_bytes.has_value());
  CHECK_FALSE(compare(unread, a).same_picture.has_value());
}

TEST_CASE("A picture of nothing is no other picture than a video") {
  Examined film;
  film.video.emplace();
  film.video->frames.resize(1);
  Examined flat_film = film;
  flat_film.outcome = Code::low_information;
  const Examined nothing = examine(Bytes(encode(flat(300, 200, 10))));
  CHECK_FALSE(compare(film, nothing).same_picture.has_value());
  CHECK_FALSE(compare(nothing, film).same_picture.has_value());
  CHECK_FALSE(compare(film, flat_film).same_picture.has_value());
  CHECK(compare(film, examine(Bytes(encode(known(0))))).same_picture == false);
}

TEST_CASE(
    "What is seen within borders is not held back for borders that nothing else was seen of") {
  const Picture picture = known(3);
  Picture page = flat(4 * picture.width, 4 * picture.height, 255);
  put(picture, picture.width, picture.height, page);
  Examined query = examine(Bytes(encode(page)));
  REQUIRE(query.trimmed);
  query.panels = {*query.trimmed};
  for (const int quality : {0, 100}) {
    query.quality = quality;
    const detail::Looks looks = detail::looks_of(query, Algorithm::grid);
    REQUIRE(looks.bordered);
    CHECK(looks.views.size() == (quality == 0 ? 32 : 48));
    for (std::size_t look = 0; look < looks.views.size(); ++look) {
      const bool is_whole = quality > 0 && look < 16;
      CHECK((looks.handicapped(1'000, look) > 1'000) == is_whole);
    }
  }
}

TEST_CASE("A part compares as a part, and says which") {
  const Picture picture = known(0);
  const Examined whole = examine(Bytes(encode(picture)), {}, Level::extended);
  const Picture cut = cropped(picture, picture.width / 10, picture.height / 10,
                              picture.width * 6 / 10, picture.height * 6 / 10);
  const Comparison comparison = compare(examine(Bytes(encode(cut))), whole, Level::extended);
  CHECK(comparison.same_picture == true);
  REQUIRE(comparison.aligned);
  const Rectangle& part = comparison.aligned->view.rectangle;
  CHECK(std::abs(part.x - 0.1F) < 0.03F);
  CHECK(std::abs(part.width - 0.6F) < 0.03F);
  CHECK(compare(examine(Bytes(encode(known(1)))), whole, Level::extended).same_picture == false);
}
