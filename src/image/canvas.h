/// What the frames of an animation are drawn on.
#pragma once

#include <array>
#include <cstdint>

#include "image/common.h"

namespace reseau::detail {

struct Area {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};

/// Pixels of red, green, blue and alpha, transparent at first. Wiped at last.
class Canvas {
 public:
  /// Requires: width, height >= 1. Throws std::bad_alloc.
  Canvas(int width, int height);

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] std::uint8_t* at(int x, int y);
  [[nodiscard]] const std::uint8_t* at(int x, int y) const;

  /// As much of the area as lies on the canvas.
  [[nodiscard]] Area clipped(const Area& area) const;

  /// `rgba`: rows of 4 * area.width bytes, as many as are drawn. Where `blend`, by its alpha over
  /// what is there, else in its place.
  void draw(const Area& area, const std::uint8_t* rgba, int rows, bool blend);
  void clear(const Area& area);
  void copy_from(const Canvas& other);

  [[nodiscard]] bool transparent() const { return any_transparent(pixels_.bytes()); }

  /// Over a plain ground, 255 or 0.
  [[nodiscard]] Image over(std::uint8_t ground) const;

 private:
  int width_;
  int height_;
  Scratch pixels_;
};

/// What becomes of a frame when the next one is drawn.
enum class Dispose : std::uint8_t { keep, clear, restore };

}  // namespace reseau::detail
