#include <reseau/image.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "image/common.h"
#include "image/watch.h"

namespace watch {
std::size_t largest_allocation = 0;
const void* watched = nullptr;
std::size_t watched_size = 0;
bool was_freed = false;
bool was_wiped = false;

static void* allocate(std::size_t size) {
  largest_allocation = std::max(largest_allocation, size);
  void* block = std::malloc(std::max<std::size_t>(size, 1));
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

static void release(void* block) noexcept {
  if (block != nullptr && block == watched) {
    const auto* bytes = static_cast<const unsigned char*>(block);
    was_wiped = std::all_of(bytes, bytes + watched_size, [](unsigned char b) { return b == 0; });
    was_freed = true;
    watched = nullptr;
  }
  std::free(block);
}
}  // namespace watch

void* operator new(std::size_t size) { return watch::allocate(size); }
void* operator new[](std::size_t size) { return watch::allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void operator delete(void* block) noexcept { watch::release(block); }
void operator delete[](void* block) noexcept { watch::release(block); }
void operator delete(void* block, std::size_t) noexcept { watch::release(block); }
void operator delete[](void* block, std::size_t) noexcept { watch::release(block); }

using namespace reseau;

namespace {

void watch_pixels(Image& image) {
  const std::size_t size = bytes_per_pixel(image.layout()) *
                           static_cast<std::size_t>(image.width()) *
                           static_cast<std::size_t>(image.height());
  std::memset(image.row(0), 0xAB, size);
  watch::watched = image.row(0);
  watch::watched_size = size;
  watch::was_freed = watch::was_wiped = false;
}

}  // namespace

TEST_CASE("Pixels are wiped before their memory is given back, however an image ends") {
  SECTION("destroyed") {
    {
      Image image(30, 20, PixelLayout::rgb8);
      watch_pixels(image);
    }
    REQUIRE(watch::was_freed);
    REQUIRE(watch::was_wiped);
  }
  SECTION("assigned over") {
    Image image(30, 20, PixelLayout::gray8);
    watch_pixels(image);
    image = Image(2, 2, PixelLayout::gray8);
    REQUIRE(watch::was_freed);
    REQUIRE(watch::was_wiped);
  }
  SECTION("moved away, then destroyed") {
    Image image(30, 20, PixelLayout::gray8);
    watch_pixels(image);
    {
      const Image other = std::move(image);
      REQUIRE_FALSE(watch::was_freed);
    }
    REQUIRE(watch::was_freed);
    REQUIRE(watch::was_wiped);
  }
  SECTION("scratch memory of a decoder") {
    {
      detail::Scratch scratch(500);
      std::memset(scratch.data(), 0xAB, scratch.size());
      watch::watched = scratch.data();
      watch::watched_size = scratch.size();
      watch::was_freed = watch::was_wiped = false;
    }
    REQUIRE(watch::was_freed);
    REQUIRE(watch::was_wiped);
  }
}

TEST_CASE("A view shows an image's own rows, and a moved-from image holds none") {
  Image image(3, 2, PixelLayout::rgb8);
  REQUIRE(std::all_of(image.row(0), image.row(0) + 18, [](auto v) { return v == 0; }));
  image.row(1)[0] = 77;
  const ImageView view = image.view();
  REQUIRE(view.width == 3);
  REQUIRE(view.height == 2);
  REQUIRE(view.stride == 9);
  REQUIRE(view.layout == PixelLayout::rgb8);
  REQUIRE(static_cast<const std::uint8_t*>(view.pixels)[9] == 77);
  const Image taken = std::move(image);
  REQUIRE(taken.row(1)[0] == 77);
  // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): what is tested
  REQUIRE(image.width() == 0);
}

TEST_CASE("Each layout has the width that its pixels have") {
  REQUIRE(bytes_per_pixel(PixelLayout::gray8) == 1);
  REQUIRE(bytes_per_pixel(PixelLayout::rgb8) == 3);
  REQUIRE(bytes_per_pixel(PixelLayout::bgr8) == 3);
  REQUIRE(bytes_per_pixel(PixelLayout::gray32f) == 4);
}
