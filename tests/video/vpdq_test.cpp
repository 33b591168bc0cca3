// Lists of others, read and written, and their measure.
#include <reseau/vpdq.h>
#include <catch2/catch.hpp>

using namespace reseau;

namespace {

// The first lines of what Meta's reference gives for its sample chair-19-sd-bar.mp4.
constexpr const char* kText =
    "0,100,e271017837246aaccddea259648fb7d62f435c89d9e99b2497763e216c8d055c,0.000\n"
    "1,100,c0f11178372c6aaccddea259648fbfd62f434c89c9e99b249772be216c8d055c,0.033\n"
    "2,100,c0f10b78372c6aacc5dea25b748fb7d22f434c89c9a9db249772b6216c8d855c,0.067\n";

VpdqFrame frame(std::int64_t number, int quality, std::uint8_t first) {
  std::array<std::uint8_t, 32> bytes{};
  bytes[0] = first;
  return {number, quality, Signature::from_bytes(Algorithm::pdq, Bytes(bytes)).value(), 0};
}

}  // namespace

TEST_CASE("The reference's text is read and written as it stands") {
  const auto list = vpdq_from_text(kText);
  REQUIRE(list);
  REQUIRE(list->frames.size() == 3);
  CHECK(list->frames[1].frame == 1);
  CHECK(list->frames[1].quality == 100);
  CHECK(list->frames[1].time == Approx(0.033));
  CHECK(vpdq_text(*list) == kText);
}

TEST_CASE("Both forms of JSON give the same frames") {
  const auto list = vpdq_from_text(kText).value();
  const auto compact = vpdq_from_json(vpdq_json(list));
  REQUIRE(compact);
  CHECK(*compact == list);
  const auto older = vpdq_from_json(
      R"({"0": {"quality": 100, "hash": "e271017837246aaccddea259648fb7d62f435c89d9e99b2497763e216c8d055c", "timestamp": 0.0},
          "7": {"quality": 42, "hash": "c0f11178372c6aaccddea259648fbfd62f434c89c9e99b249772be216c8d055c", "timestamp": 0.033}})");
  REQUIRE(older);
  REQUIRE(older->frames.size() == 2);
  CHECK(older->frames[1].frame == 7);
  CHECK(older->frames[1].quality == 42);
  CHECK(vpdq_from_json("[]").value().frames.empty());
  CHECK(vpdq_from_json("{}").value().frames.empty());
}

TEST_CASE("A wrong line is named, and no prefix of a list reads as a list of JSON") {
  CHECK(vpdq_from_text("0,100,zz,0.0\n").error().message.find("line 1") != std::string::npos);
  CHECK_FALSE(vpdq_from_text(std::string(kText) + "3,101,e2,0\n"));
  for (const char* bad : {"", "[", "[\"a\"]", "[1]", "{\"x\": {}}", "[] []", "null", "{\"0\":"})
    CHECK_FALSE(vpdq_from_json(bad));
  const std::string json = vpdq_json(vpdq_from_text(kText).value());
  for (std::size_t size = 0; size < json.size(); ++size)
    CHECK_FALSE(vpdq_from_json(json.substr(0, size)));
}

TEST_CASE("vPDQ's measure counts both ways, and never frames of low quality") {
  const VpdqList query{{frame(0, 100, 0), frame(1, 100, 0xFF), frame(2, 10, 0)}};
  const VpdqList known{{frame(0, 100, 1), frame(1, 49, 0xFF)}};
  auto compared = compare_vpdq(query, known, {8});
  CHECK(compared.query_percent == Approx(100));  // 1 and 7 bits from the only clear one
  CHECK(compared.known_percent == Approx(100));
  compared = compare_vpdq(query, known, {6});
  CHECK(compared.query_percent == Approx(50));
  compared = compare_vpdq(query, known, {7});
  CHECK(compared.query_percent == Approx(100));  // inclusive
  CHECK(compare_vpdq(query, {}).query_percent == 0);
}
