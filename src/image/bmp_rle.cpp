// The run lengths of BMP ("Bitmap Compression", Microsoft's Windows GDI documentation). Pixels that
// the file jumps over have the first colour.
#include <algorithm>

#include "image/bmp.h"

namespace reseau::detail {
namespace {

class Pen {
 public:
  Pen(const BmpHeader& header, Image& image)
      : header_(header), image_(image), channels_(bytes_per_pixel(image.layout())) {}

  void put(unsigned index) {
    if (at_edge() || done()) return;
    header_.put(image_.row(y_) + static_cast<std::size_t>(x_) * channels_, index);
    ++x_;
  }
  void new_line() {
    x_ = 0;
    ++y_;
  }
  void move(int right, int along) {
    x_ = std::min(x_ + right, header_.width);
    y_ = std::min(y_ + along, header_.height);
  }
  [[nodiscard]] bool at_edge() const { return x_ >= header_.width; }
  [[nodiscard]] int row() const { return y_; }
  [[nodiscard]] bool done() const { return y_ >= header_.height; }

 private:
  const BmpHeader& header_;
  Image& image_;
  std::size_t channels_;
  int x_ = 0;
  int y_ = 0;
};

// The pixel that comes `i`th in a row of bytes, each of one or two pixels.
unsigned index_at(const std::uint8_t* bytes, unsigned i, int bits) {
  if (bits == 8) return bytes[i];
  return i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15U;
}

}  // namespace

int draw_run_lengths(const BmpHeader& header, Image& image) {
  for (int y = 0; y < header.height; ++y) {
    std::uint8_t* to = image.row(y);
    for (int x = 0; x < header.width; ++x, to += bytes_per_pixel(image.layout())) header.put(to, 0);
  }
  Pen pen(header, image);
  const Bytes data = header.pixels;
  std::size_t at = 0;
  while (at + 2 <= data.size() && !pen.done()) {
    const unsigned count = data[at];
    const unsigned second = data[at + 1];
    at += 2;
    if (count > 0) {  // a run: of one colour, or of two that alternate
      for (unsigned i = 0; i < count && !pen.at_edge(); ++i)
        pen.put(index_at(&data[at - 1], header.bits == 8 ? 0 : i % 2, header.bits));
    } else if (second == 0) {
      pen.new_line();
    } else if (second == 1) {  // the end, wherever it comes: the rest is of the first colour
      return header.height;
    } else if (second == 2) {
      if (at + 2 > data.size()) break;
      pen.move(data[at], data[at + 1]);
      at += 2;
    } else {  // that many pixels as they are, padded to two bytes
      const std::size_t bytes = header.bits == 8 ? second : (second + 1) / 2;
      if (at + bytes > data.size()) break;
      for (unsigned i = 0; i < second; ++i) pen.put(index_at(data.data() + at, i, header.bits));
      at += (bytes + 1) / 2 * 2;
    }
  }
  return pen.row();
}

}  // namespace reseau::detail
