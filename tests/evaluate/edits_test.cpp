#include "evaluate/edits.h"

#include <catch2/catch.hpp>
#include <set>

#include "evaluate/gallery.h"
#include "evaluate/look_alikes.h"
#include "evaluate/opencv_hashes.h"
#include "evaluate/photographs.h"

namespace {

using namespace reseau::evaluation;
using namespace reseau::test;

bool equal(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && cv::norm(a, b, cv::NORM_INF) == 0;
}

template <typename Each>
void each_edit(const Each& each) {
  for (const auto& list : {standard_edits(), unseen_edits()}) {
    for (const Edit& edit : list) {
      INFO(edit.name);
      each(edit);
    }
  }
}

TEST_CASE("An edit makes the same of the same, leaves its picture alone, and does something") {
  const cv::Mat picture = photograph(1);
  const cv::Mat before = picture.clone();
  std::set<std::string_view> names;
  each_edit([&](const Edit& edit) {
    const cv::Mat edited = apply(edit, picture, 3);
    REQUIRE(edited.type() == CV_8UC3);
    CHECK(equal(edited, apply(edit, picture, 3)));
    CHECK(equal(picture, before));
    CHECK_FALSE(equal(edited, picture));
    CHECK(names.insert(edit.name).second);
  });
  CHECK(standard_edits().size() == 63);
}

TEST_CASE("No picture is too small or too long to be edited") {
  for (const cv::Size size : {cv::Size(1, 1), cv::Size(3, 2), cv::Size(1, 900), cv::Size(900, 2)}) {
    const cv::Mat picture(size, CV_8UC3, cv::Scalar(10, 120, 240));
    each_edit([&](const Edit& edit) { CHECK_FALSE(apply(edit, picture, 1).empty()); });
  }
}

TEST_CASE("A picture of any shape is read, reduced and hashed by all") {
  const TempDir folder;
  OpenCvHasher hasher;
  for (const cv::Size size :
       {cv::Size(1, 1), cv::Size(1, 3000), cv::Size(3000, 2), cv::Size(2000, 1500)}) {
    cv::imwrite(folder / "odd.png", cv::Mat(size, CV_8UC3, cv::Scalar(10, 120, 240)));
    const cv::Mat picture = pixels_of(folder / "odd.png", {}).value();
    CHECK(std::max(picture.cols, picture.rows) <= 1280);
    const OpenCvHashes hashes = hasher.hash(picture);
    for (std::size_t kind = 0; kind < kOpenCvKinds; ++kind) {
      CHECK(hasher.distance(kind, hashes, hashes) <= 10'000);  // correlation 0: flat
    }
    each_edit(
        [&](const Edit& edit) { CHECK_FALSE(hasher.hash(apply(edit, picture, 1))[0].empty()); });
  }
}

TEST_CASE("Look-alikes are made of any two photographs, and are no copies") {
  for (const LookAlike& kind : look_alikes()) {
    INFO(kind.name);
    cv::RNG random(5);
    cv::RNG again(5);
    const Pair pair = kind.make(photograph(1), photograph(2), random);
    CHECK_FALSE(equal(pair.known, pair.query));
    CHECK(equal(pair.query, kind.make(photograph(1), photograph(2), again).query));
    const cv::Mat tiny(1, 1, CV_8UC3, cv::Scalar(1, 2, 3));
    CHECK_FALSE(kind.make(tiny, photograph(2), random).query.empty());
    CHECK_FALSE(kind.make(photograph(2), tiny, random).query.empty());
  }
}

}  // namespace
