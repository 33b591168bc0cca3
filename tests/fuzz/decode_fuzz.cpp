// Any bytes at all, as a file: pictures within the limits, or a code that says why not.
#include <reseau/image.h>

#include "fuzz/require.h"

namespace {

// Every pixel is touched: a row that lies elsewhere is for the address sanitizer to find.
void touch(const reseau::Image& image) {
  const std::size_t row_bytes = reseau::bytes_per_pixel(image.layout()) * image.width();
  unsigned sum = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (std::size_t i = 0; i < row_bytes; ++i) sum += image.row(y)[i];
  }
  volatile unsigned sink = sum;
  static_cast<void>(sink);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  reseau::Limits limits;
  limits.max_pixels = 1 << 18;  // many small pictures rather than few large ones
  limits.max_frames = 8;
  if (size % 2 == 1) limits.shrink_to = 16;
  int pictures = 0;
  const auto visit = [&](const reseau::Decoded& picture) {
    ++pictures;
    const reseau::Image& image = picture.image;
    require(image.width() >= 1 && image.height() >= 1 && picture.frames >= 1);
    require(picture.completeness > 0 && picture.completeness <= 1);
    require(picture.full_width >= image.width() && picture.full_height >= image.height());
    require(static_cast<std::uint64_t>(image.width()) * image.height() <= limits.max_pixels);
    touch(image);
    return true;
  };
  const auto walked = reseau::decode_each(reseau::Bytes(data, size), limits, visit);
  if (!walked) {
    require(pictures == 0);
    require(walked.error().code != reseau::Code::ok && reseau::is_outcome(walked.error().code));
    require(!walked.error().message.empty());
    return 0;
  }
  require(pictures == walked->pictures && pictures >= 1 && pictures <= 2 * limits.max_frames);
  if (walked->stopped) require(reseau::is_outcome(walked->stopped->code));
  return 0;
}
