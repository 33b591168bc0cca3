#include <hwy/targets.h>

#include <catch2/catch.hpp>
#include <vector>

#include "support/picture.h"

using namespace reseau;
using namespace reseau::test;

namespace {

struct Everything {
  std::vector<Signature> signatures;
  std::vector<int> qualities;
  friend bool operator==(const Everything&, const Everything&) = default;
};

Everything everything(const Picture& picture) {
  const HashedWindows windows = grid_windows(picture.view(), Level::extended).value();
  Everything all;
  const auto take = [&all](const Hashed& hashed) {
    all.signatures.push_back(hashed.signature);
    all.qualities.push_back(hashed.quality);
  };
  take(windows.whole);
  if (windows.trimmed) take(windows.trimmed->hashed);
  if (windows.on_page) take(windows.on_page->hashed);
  for (const auto& panel : windows.panels) take(panel.hashed);
  for (const auto& part : windows.parts) take(part.hashed);
  const HashedViews pdq = pdq_views(picture.view()).value();
  all.signatures.insert(all.signatures.end(), pdq.signatures.begin(), pdq.signatures.end());
  all.qualities.push_back(pdq.quality);
  return all;
}

}  // namespace

TEST_CASE("A processor's own instructions never change a signature, or banks could not be shared") {
  // As many pixels as samples, fewer, more, long sides, and rows that are no multiple of four.
  for (const auto& [width, height] :
       {std::pair{320, 240}, {5, 5}, {34, 34}, {97, 61}, {640, 431}, {3000, 17}, {19, 2001}}) {
    const Picture picture = discs(width, height, width + height);
    const Everything wanted = everything(picture);
    CAPTURE(width, height, wanted.signatures.size());
    int targets = 0;
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      CAPTURE(hwy::TargetName(target));
      CHECK(everything(picture) == wanted);
      ++targets;
    }
    hwy::SetSupportedTargetsForTest(0);
    CHECK(targets > 0);
  }
}
