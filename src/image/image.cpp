#include <reseau/image.h>

#include <cassert>
#include <cstring>
#include <utility>

namespace reseau {
namespace {

std::size_t row_bytes(int width, PixelLayout layout) {
  return static_cast<std::size_t>(width) * bytes_per_pixel(layout);
}

}  // namespace

std::size_t bytes_per_pixel(PixelLayout layout) {
  switch (layout) {
    case PixelLayout::gray8:
      return 1;
    case PixelLayout::rgb8:
    case PixelLayout::bgr8:
      return 3;
    case PixelLayout::gray32f:
      return 4;
  }
  return 0;
}

Image::Image(int width, int height, PixelLayout layout)
    : width_(width), height_(height), layout_(layout) {
  assert(width >= 1 && height >= 1);
  assert(layout == PixelLayout::gray8 || layout == PixelLayout::rgb8);
  const std::size_t size = row_bytes(width, layout) * static_cast<std::size_t>(height);
  pixels_ = std::make_unique<std::uint8_t[]>(size);  // NOLINT(*-avoid-c-arrays)
}

Image Image::for_overwrite(int width, int height, PixelLayout layout) {
  assert(width >= 1 && height >= 1);
  assert(layout == PixelLayout::gray8 || layout == PixelLayout::rgb8);
  const std::size_t size = row_bytes(width, layout) * static_cast<std::size_t>(height);
  Image image;
  image.pixels_ = std::make_unique_for_overwrite<std::uint8_t[]>(size);  // NOLINT(*-avoid-c-arrays)
  image.width_ = width;
  image.height_ = height;
  image.layout_ = layout;
  return image;
}

Image::Image(Image&& other) noexcept
    : width_(std::exchange(other.width_, 0)),
      height_(std::exchange(other.height_, 0)),
      layout_(other.layout_),
      pixels_(std::move(other.pixels_)) {}

Image& Image::operator=(Image&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  width_ = std::exchange(other.width_, 0);
  height_ = std::exchange(other.height_, 0);
  layout_ = other.layout_;
  pixels_ = std::move(other.pixels_);
  return *this;
}

Image::~Image() { wipe(); }

std::uint8_t* Image::row(int y) noexcept {
  return pixels_.get() + row_bytes(width_, layout_) * static_cast<std::size_t>(y);
}

const std::uint8_t* Image::row(int y) const noexcept {
  return pixels_.get() + row_bytes(width_, layout_) * static_cast<std::size_t>(y);
}

ImageView Image::view() const noexcept {
  return {.pixels = pixels_.get(),
          .width = width_,
          .height = height_,
          .stride = static_cast<std::ptrdiff_t>(row_bytes(width_, layout_)),
          .layout = layout_};
}

ImageView Decoded::view() const noexcept {
  ImageView view = image.view();
  view.full_width = full_width;
  view.full_height = full_height;
  return view;
}

void Image::keep_rows(int top, int height) noexcept {
  assert(top >= 0 && height >= 1 && top + height <= height_);
  const std::size_t kept = row_bytes(width_, layout_) * static_cast<std::size_t>(height);
  const std::size_t all = row_bytes(width_, layout_) * static_cast<std::size_t>(height_);
  if (top > 0) std::memmove(pixels_.get(), row(top), kept);
  explicit_bzero(pixels_.get() + kept, all - kept);
  height_ = height;
}

void Image::wipe() noexcept {
  if (pixels_)
    explicit_bzero(pixels_.get(), row_bytes(width_, layout_) * static_cast<std::size_t>(height_));
}

}  // namespace reseau
