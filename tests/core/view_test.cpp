#include <reseau/view.h>
#include <catch2/catch.hpp>

using namespace reseau;

namespace {

std::string part(const Rectangle& rectangle) {
  View view;
  view.rectangle = rectangle;
  return describe(view);
}

}  // namespace

TEST_CASE("A reviewer is told which part of the known picture was found, and how it lies") {
  CHECK(describe(View{}) == "as is");
  CHECK(part({0, 0, 0.66F, 1}) == "the left 66 %");
  CHECK(part({0.5F, 0, 0.5F, 1}) == "the right 50 %");
  CHECK(part({0, 0.2F, 1, 0.8F}) == "the bottom 80 %");
  CHECK(part({0.25F, 0, 0.5F, 1}) == "the middle 50 %");
  CHECK(part({0.02F, 0.02F, 0.96F, 0.96F}) == "the middle 96 x 96 %");
  CHECK(part({0.3F, 0, 0.7F, 0.5F}) == "the top right 70 x 50 %");
  CHECK(part({0.2F, 0.4F, 0.6F, 0.6F}) == "the bottom 60 x 60 %");
  // More than the known picture: what reaches out of it is not of it.
  CHECK(part({-0.2F, -0.1F, 1.5F, 1.3F}) == "as is");
  CHECK(part({-0.5F, 0, 1, 1}) == "the left 50 %");
  View view = kViews[13];
  view.trim = {0.1F, 0.1F, 0.8F, 0.8F};
  view.rectangle = {0, 0, 0.5F, 1};
  view.tilt = -3.4F;
  CHECK(
      describe(view) ==
      "the left 50 %, borders cut off, mirrored, turned 90 degrees, tilted 3 degrees to the left, "
      "negative");
}

TEST_CASE("Every view is taken back by its inverse") {
  for (const View& view : kViews) {
    CHECK(inverse(inverse(view)) == view);
    CHECK(inverse(view).mirror == view.mirror);
  }
  CHECK(inverse(kViews[1]).turn == 270);
  CHECK(inverse(kViews[5]).turn == 90);
}
