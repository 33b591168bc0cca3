#include <reseau/result.h>
#include <catch2/catch.hpp>
#include <set>

using reseau::Code;
using reseau::Error;
using reseau::Result;

TEST_CASE("A failure that nobody looked at throws instead of passing for a value") {
  const Result<int> failed = Error{Code::corrupt, "photo.jpg is cut short"};
  REQUIRE_FALSE(failed);
  REQUIRE_THROWS_AS(failed.value(), reseau::Failure);
  REQUIRE_THROWS_WITH(failed.value(), "photo.jpg is cut short");
}

TEST_CASE("No two codes share a name, since names are what JSON readers tell apart") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i)
    names.insert(name(static_cast<Code>(i)));
  REQUIRE(names.size() == static_cast<std::size_t>(Code::internal) + 1);
  REQUIRE(name(Code::limit_pixels) == "limit_pixels");
  REQUIRE(name(Code::bank_newer) == "bank_newer");
  REQUIRE(name(Code::internal) == "internal");
}
