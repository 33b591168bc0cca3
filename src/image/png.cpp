// PNG through libspng, row by row. Samples of 16 bits keep their high byte, as libpng's strip_16
// does; gamma and profiles are ignored.
#include <array>

#include <spng.h>

#include "image/common.h"
#include "image/png_chunks.h"

namespace reseau::detail {
namespace {

struct FreeContext {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};
using Context = std::unique_ptr<spng_ctx, FreeContext>;

int on_read(spng_ctx* /*context*/, void* user, void* to, std::size_t count) {
  auto* stream = static_cast<PngPixelStream*>(user);
  return stream->read(static_cast<std::uint8_t*>(to), count) ? SPNG_OK : SPNG_IO_EOF;
}

// Which pixels of a row one of Adam7's passes brings. A picture that is not interlaced is all in
// one pass.
struct Pass {
  std::size_t first;
  std::size_t step;
};
constexpr std::array<Pass, 7> kAdam7 = {{{0, 8}, {4, 8}, {0, 4}, {2, 4}, {0, 2}, {1, 2}, {0, 1}}};

// The number of rows from the top that have all their pixels.
//
// Of an interlaced picture, the last pass brings every other row, beginning with the second; the
// rest of them are whole when the pass before it is over.
class RowCount {
 public:
  RowCount(std::uint32_t height, bool interlaced) : height_(height), interlaced_(interlaced) {}

  void got(const spng_row_info& row) {
    if (!interlaced_) {
      rows_ = row.row_num + 1;
      return;
    }
    if (row.pass == 6) rows_ = std::min(height_, row.row_num + 2);
    last_pass_ = row.pass == 6;
  }
  [[nodiscard]] std::uint32_t whole(bool finished) const {
    return finished ? height_ : interlaced_ && !last_pass_ ? 0 : rows_;
  }

 private:
  std::uint32_t height_;
  bool interlaced_;
  bool last_pass_ = false;
  std::uint32_t rows_ = 0;
};

// Rows that are whole, or less than all with `status` saying why.
std::uint32_t read_rows(spng_ctx* context, const spng_ihdr& header, Image& image, int& status) {
  const bool interlaced = header.interlace_method != SPNG_INTERLACE_NONE;
  const std::size_t channels = bytes_per_pixel(image.layout());
  Scratch rgba(std::size_t{4} * header.width);
  RowCount rows(header.height, interlaced);
  spng_row_info row{};
  for (;;) {
    status = spng_get_row_info(context, &row);
    if (status != SPNG_OK) break;
    status = spng_decode_row(context, rgba.data(), rgba.size());
    if (status != SPNG_OK && status != SPNG_EOI) break;
    const Pass pass = interlaced ? kAdam7.at(static_cast<std::size_t>(row.pass)) : Pass{0, 1};
    std::uint8_t* to = image.row(static_cast<int>(row.row_num));
    for (std::size_t x = pass.first; x < header.width; x += pass.step)
      put_rgba(to + x * channels, rgba.data() + 4 * x, image.layout());
    rows.got(row);
    if (status == SPNG_EOI) break;
  }
  return rows.whole(status == SPNG_EOI);
}

Error to_error(int status) {
  switch (status) {
    case SPNG_EMEM:
      return {Code::limit_memory, "memory ran out while it was decoded; examine it by itself"};
    case SPNG_EWIDTH:
    case SPNG_EHEIGHT:
      return {Code::corrupt,
              "it is damaged: its header claims a size that no PNG can have; get a "
              "whole copy"};
    default:
      return damaged(spng_strerror(status));
  }
}

}  // namespace

Result<Picture> decode_png(Bytes file, const Limits& limits) {
  // From the bytes themselves: libspng calls a side of zero an error like any other.
  if (file.size() >= 24) {
    if (auto error = check_size(load_big(file, 16, 4), load_big(file, 20, 4), file.size(), limits))
      return *error;
  }
  PngPixelStream stream(file);
  const Context context(spng_ctx_new(0));
  if (!context) throw std::bad_alloc();
  spng_set_crc_action(context.get(), SPNG_CRC_USE, SPNG_CRC_USE);  // the stream has checked them
  spng_set_chunk_limits(context.get(), 1 << 16, 1 << 20);
  int status = spng_set_png_stream(context.get(), on_read, &stream);
  spng_ihdr header{};
  if (status == SPNG_OK) status = spng_get_ihdr(context.get(), &header);
  if (status != SPNG_OK) return to_error(status);
  if (auto error = check_size(header.width, header.height, file.size(), limits)) return *error;

  status = spng_decode_image(context.get(), nullptr, 0, SPNG_FMT_RGBA8,
                             SPNG_DECODE_TRNS | SPNG_DECODE_PROGRESSIVE);
  if (status != SPNG_OK) return to_error(status);
  const bool gray = header.color_type == SPNG_COLOR_TYPE_GRAYSCALE ||
                    header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA;
  Image image(static_cast<int>(header.width), static_cast<int>(header.height),
              gray ? PixelLayout::gray8 : PixelLayout::rgb8);
  const std::uint32_t rows = read_rows(context.get(), header, image, status);
  if (status == SPNG_EMEM) return to_error(status);
  const auto completeness = finish_rows(image, rows);
  if (!completeness) return completeness.error();
  const PngFacts facts = png_facts(file);
  return Picture{std::move(image), facts.orientation, facts.frames, *completeness};
}

}  // namespace reseau::detail
