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
      for (const ColourOrder& order : {ColourOrder{0, 1, 2}, {2, 1, 0}}) {
        std::vector<float> floats(count);
        luma_floats_of_triples(pixels.data(), count, order, floats.data());
        for (std::size_t i = 0; i < count; ++i) {
          const auto level = [&](int place) {
            return static_cast<float>(pixels[3 * i + static_cast<std::size_t>(place)]);
          };
          const float red = 0.299F * level(order.red);
          CHECK(floats[i] == red + 0.587F * level(order.green) + 0.114F * level(order.blue));
        }
      }
    }
    hwy::SetSupportedTargetsForTest(0);
  }
}

TEST_CASE("A processor's own instructions never change what lies between two pixels") {
  std::mt19937 random(2);
  std::uniform_real_distribution<float> level(0, 255);
  std::uniform_real_distribution<float> share(0, 1);
  for (const std::size_t count : {0U, 1U, 3U, 16U, 31U, 64U, 333U}) {
    std::vector<float> a(count + 2);
    std::vector<float> b(count + 2);
    std::vector<float> shares(count);
    std::vector<std::int32_t> first(count);
    for (auto& value : a) value = level(random);
    for (auto& value : b) value = level(random);
    for (auto& value : shares) value = share(random);
    for (auto& value : first) value = static_cast<std::int32_t>(random() % (count + 1));
    const auto between = [](float from, float to, float way) { return from + way * (to - from); };
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      std::vector<float> down(count);
      std::vector<float> across(count);
      mix(a.data(), b.data(), 0.3F, count, down.data());
      mix_neighbours(a.data(), first.data(), shares.data(), count, across.data());
      for (std::size_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(first[i]);
        CHECK(down[i] == between(a[i], b[i], 0.3F));
        CHECK(across[i] == between(a[at], a[at + 1], shares[i]));
      }
    }
    hwy::SetSupportedTargetsForTest(0);
  }
}
