#include "hash/luma_kernel.h"

#include <hwy/targets.h>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

using namespace reseau::detail;

TEST_CASE("A processor's own instructions never change a picture's luma") {
  std::mt19937 random(1);
  const LumaWeights weights{19'595, 38'470, 7'471};
  for (const std::size_t count : {0U, 1U, 3U, 16U, 31U, 64U, 333U}) {
    std::vector<std::uint8_t> pixels(3 * count);
    for (auto& byte : pixels) byte = static_cast<std::uint8_t>(random() % 3 == 0 ? 255 : random());
    std::vector<std::uint16_t> wanted(count);
    for (std::size_t i = 0; i < count; ++i) {
      wanted[i] =
          static_cast<std::uint16_t>((19'595U * pixels[3 * i] + 38'470U * pixels[3 * i + 1] +
                                      7'471U * pixels[3 * i + 2] + 512) /
                                     1024);
    }
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      std::vector<std::uint16_t> got(count);
      luma_units_of_triples(pixels.data(), count, weights, got.data());
      CHECK(got == wanted);
    }
    hwy::SetSupportedTargetsForTest(0);
  }
}
