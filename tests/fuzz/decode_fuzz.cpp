// Any bytes at all, as a file: a picture within the limits, or a code that says why not.
#include <reseau/image.h>

#include <cstdlib>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  reseau::Limits limits;
  limits.max_pixels = 1 << 18;  // many small pictures rather than few large ones
  const auto result = reseau::decode(reseau::Bytes(data, size), limits);
  if (!result) {
    require(result.error().code != reseau::Code::ok);
    require(reseau::is_outcome(result.error().code));
    require(!result.error().message.empty());
    return 0;
  }
  const reseau::Image& image = result->image;
  require(image.width() >= 1 && image.height() >= 1 && result->frames >= 1);
  require(result->completeness > 0 && result->completeness <= 1);
  const auto pixels = static_cast<std::uint64_t>(image.width()) * image.height();
  require(pixels <= limits.max_pixels);
  // Every pixel is touched: a row that lies elsewhere is for the address sanitizer to find.
  const std::size_t row_bytes = reseau::bytes_per_pixel(image.layout()) * image.width();
  unsigned sum = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (std::size_t i = 0; i < row_bytes; ++i) sum += image.row(y)[i];
  }
  volatile unsigned sink = sum;
  static_cast<void>(sink);
  return 0;
}
