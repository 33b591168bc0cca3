/// The rows of luma that PDQ is computed of.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <reseau/image.h>

namespace reseau::detail {

/// A picture with a longer side is sampled to a square of this one.
inline constexpr int kPdqLongest = 512;

/// Rows of width() floats, 0 to 255. Where it may shrink, a picture with a side of over kPdqLongest
/// pixels is sampled by nearest neighbour, as Meta's reference does.
///
/// A picture that was reduced while it was decoded has the rows that the whole one would have: its
/// luma at the same places, between the pixels that there are. Taken for a smaller picture it would
/// be seen up to half a pixel of the square aside, which moves twice as many bits.
///
/// Keeps `image`. Wiped before its memory is given back. Throws std::bad_alloc.
class PdqRows {
 public:
  /// Requires: width, height of 2 and more.
  PdqRows(const ImageView& image, bool may_shrink);
  PdqRows(const PdqRows&) = delete;
  PdqRows& operator=(const PdqRows&) = delete;
  ~PdqRows();

  [[nodiscard]] int width() const noexcept { return width_; }
  [[nodiscard]] int height() const noexcept { return height_; }
  /// Row `y` into `out`. Cheapest from the top down.
  void read(int y, float* out);

 private:
  /// Between two neighbouring pixels or rows: a share of the way from the first to the second.
  struct Between {
    std::int32_t first;
    float share;
  };
  [[nodiscard]] static Between between(int at, int of, int full, int there);
  [[nodiscard]] const std::vector<float>& near_row(int y);
  void read_between(int y, float* out);

  const ImageView& image_;
  bool reduced_;
  int full_width_;
  int full_height_;
  int width_;
  int height_;
  std::vector<int> columns_;  // of the image, that are read

  // Of a reduced image: between which of its columns those lie that are wanted, and its rows.
  std::vector<std::int32_t> first_;
  std::vector<float> share_;
  struct NearRow {
    int y = -1;
    std::vector<float> luma;
  };
  std::array<NearRow, 2> near_;
  std::vector<float> mixed_;
};

}  // namespace reseau::detail
