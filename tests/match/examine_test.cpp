#include <reseau/examine.h>
#include <reseau/testcard.h>
#include <catch2/catch.hpp>
#include <tuple>

#include "support/encode.h"

using namespace reseau;
using namespace reseau::test;

TEST_CASE("What cannot be looked at is never taken for looked at") {
  const File photo = jpeg(discs(320, 240, 1), 90);
  const Examined whole = examine(Bytes(photo));
  CHECK(whole.outcome == Code::ok);
  CHECK(whole.fully_examined());
  CHECK(whole.width == 320);
  CHECK(whole.height == 240);
  CHECK(whole.grid);
  CHECK(whole.pdq());

  const Examined cut = examine(Bytes(photo.data(), photo.size() / 3));
  CHECK(cut.outcome == Code::ok_partial);
  CHECK_FALSE(cut.fully_examined());
  CHECK(cut.completeness.value() == Approx(0.33).margin(0.15));
  CHECK(cut.height.value() < 240);
  CHECK_FALSE(cut.entry_data().grid);  // a bank could not say that it is a part
  CHECK(cut.digests);                  // an exact copy of the broken file can still be found
  CHECK_FALSE(cut.message.empty());

  const Examined unsupported = examine(Bytes(std::string("8BPS\0\1", 6)));  // Photoshop
  CHECK(unsupported.outcome == Code::unsupported_format);
  CHECK_FALSE(unsupported.fully_examined());
}

TEST_CASE("What is no media by its content does not stand in the way of 'nothing was found'") {
  const Examined text =
      examine(Bytes(std::string("Dear Sir or Madam, I am not a picture at all.\n")));
  CHECK(text.outcome == Code::unsupported_format);
  CHECK(text.fully_examined());
  const Examined empty = examine(Bytes());
  CHECK(empty.outcome == Code::empty);
  CHECK(empty.fully_examined());
}

TEST_CASE("A file that cannot be read is told apart from one with nothing in it") {
  const Examined missing = examine_file("/nowhere/at/all.jpg");
  CHECK(missing.outcome == Code::io_error);
  CHECK_FALSE(missing.fully_examined());
  CHECK_FALSE(missing.digests);
  CHECK_FALSE(missing.bytes);
  CHECK(examine_file("/dev/null").outcome == Code::policy_filetype);
}

TEST_CASE("A flat picture goes into a bank by its digests only, or it would match every other") {
  const Examined flat_one = examine(Bytes(encode(flat(320, 240, 90))));
  CHECK(flat_one.outcome == Code::low_information);
  CHECK(flat_one.fully_examined());
  const EntryData data = flat_one.entry_data();
  CHECK_FALSE(data.grid);
  CHECK_FALSE(data.pdq);
  CHECK(data.sha256 == flat_one.digests->sha256);
  for (const auto& size : {std::pair{1, 1}, {3, 500}}) {
    CHECK(examine(Bytes(encode(flat(size.first, size.second, 90)))).outcome ==
          Code::low_information);
  }
}

TEST_CASE("A small picture does not escape by a wide border") {
  const Picture small = discs(200, 150, 1);
  Picture wide = flat(900, 700, 255);
  for (int y = 0; y < small.height; ++y)
    std::copy_n(&small.gray[static_cast<std::size_t>(y) * 200], 200, &wide.at(300, 250 + y));
  const Examined examined = examine(Bytes(encode(wide)));
  CHECK(examined.quality.value() < kMinQuality);
  CHECK(examined.outcome == Code::ok);
  const EntryData data = examined.entry_data();
  CHECK_FALSE(data.grid);
  REQUIRE(data.trimmed);
  CHECK(distance(data.trimmed->grid, grid(small.view()).value().signature).value() < 1000);
}

TEST_CASE("The test card looks the same to us as to anyone who draws it") {
  const Examined card = examine(Bytes(testcard_png()));
  CHECK(card.outcome == Code::ok);
  CHECK(card.quality == 100);
  CHECK(card.pdq_quality() == 100);
  CHECK(card.grid == grid(draw_testcard().view()).value().signature);
}

TEST_CASE("A large photograph, reduced while it is decoded, keeps the PDQ that others have of it") {
  const auto apart = [](const ImageView& a, const ImageView& b) {
    return distance(pdq(a)->signature, pdq(b)->signature).value();
  };
  int aware = 0;
  int unaware = 0;  // of the size it had
  for (const auto& [width, height, times] :
       {std::tuple{1'000, 750, 2}, {1'303, 1'107, 2}, {2'011, 1'402, 4}, {2'561, 2'609, 8}}) {
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
      CAPTURE(width, height, seed);
      const File file = jpeg(discs(width, height, seed), 90);
      const auto whole = decode(Bytes(file));
      Limits limits;
      limits.shrink_to = kExamineShrink;
      const auto reduced = decode(Bytes(file), limits);
      REQUIRE(reduced->image.width() == (width + times - 1) / times);
      CHECK(apart(whole->view(), reduced->view()) <= 8);
      CHECK(*examine(Bytes(file)).pdq() == pdq(reduced->view())->signature);
      aware += apart(whole->view(), reduced->view());
      unaware += apart(whole->view(), reduced->image.view());
    }
  }
  CAPTURE(aware, unaware);
  CHECK(aware < unaware);
}

TEST_CASE("Who asks for the first picture alone is told of others in the file") {
  const File cover = jpeg(discs(320, 240, 1), 90);
  const auto with = [&cover](const File& behind) {
    File both = cover;
    both.insert(both.end(), behind.begin(), behind.end());
    return examine(Bytes(both));
  };
  CHECK(with({}).outcome == Code::ok);
  CHECK(with(jpeg(discs(320, 240, 1), 50)).outcome == Code::ok);  // the same, smaller
  const Examined hiding = with(jpeg(discs(320, 240, 2), 90));
  CHECK(hiding.outcome == Code::limit_frames);
  CHECK(hiding.message == "it holds another picture (embedded at byte " +
                              std::to_string(cover.size()) + "), and only the first was asked for");
  CHECK(hiding.grid);
  CHECK(hiding.digests);
}
