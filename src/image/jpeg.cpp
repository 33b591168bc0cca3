// JPEG (ITU-T T.81) through libjpeg-turbo, as Meta's reference for PDQ decodes it: the slow integer
// transform and smooth upsampling, so that hashes come out equal.
//
// libjpeg answers missing data with grey and a warning. (Where few enough rows are missing at the
// end, the last one there is repeated instead: grey moves hashes further.) Which rows were really
// there is found by looking, after each row of blocks, whether the decoder ran out of bits in it. A
// row of blocks is there once its DC coefficients are, of all components; where anything is
// missing, the luma's first AC coefficients too, so that a progressive file cut after a few scans
// has the shapes and not only the shades.
#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <utility>

// jpeglib.h must come after cstdio: it uses FILE and does not include it.
#include <jpeglib.h>

#include <jerror.h>

#include "image/common.h"
#include "image/exif.h"

namespace reseau::detail {
namespace {

constexpr int kMaxScans = 500;
// How often a block may be visited, in the mean over all scans; honest files visit each about five
// times. And blocks that may be visited in any case: a quarter of a second.
constexpr std::uint64_t kMaxVisits = 16;
constexpr std::uint64_t kFreeVisits = 8ULL << 20;

// Rows of blocks that are there, as a scan is gone through.
struct Rows {
  JDIMENSION good = 0;  // how many
  JDIMENSION last = 0;  // the lowest of them
  JDIMENSION run = 0;   // how many without a gap, up to here
  JDIMENSION best_end = 0;
  JDIMENSION best_run = 0;  // the longest run without a gap, and where it ends

  void add(JDIMENSION row) {
    run = good > 0 && row == last + 1 ? run + 1 : 1;
    ++good;
    last = row;
    if (run <= best_run) return;
    best_run = run;
    best_end = row + 1;
  }
};

struct Reader {
  jpeg_decompress_struct cinfo{};
  jpeg_error_mgr errors{};
  jpeg_source_mgr source{};
  std::jmp_buf escape{};
  std::array<char, JMSG_LENGTH_MAX> message{};
  std::optional<int> orientation;  // of the first Exif; others are not asked

  bool dry = false;      // the file is at its end, and more was wanted
  bool starved = false;  // the entropy decoder gets zeros instead of bits
  bool warned = false;   // it said so within this row of blocks
  int starved_by = 0;    // the marker that stopped it; when another takes its place, it goes on
  bool loss = false;     // it starved at any time
  Rows scan;             // of blocks, of this scan
  std::array<Rows, MAX_COMPONENTS> dc{};  // by component
  Rows ac;                                // of the first component
};

Reader& reader_of(j_common_ptr cinfo) { return *static_cast<Reader*>(cinfo->client_data); }
Reader& reader_of(j_decompress_ptr cinfo) { return *static_cast<Reader*>(cinfo->client_data); }

[[noreturn]] void on_error(j_common_ptr cinfo) {
  Reader& reader = reader_of(cinfo);
  cinfo->err->format_message(cinfo, reader.message.data());
  std::longjmp(reader.escape, 1);  // NOLINT(*-err52-cpp): libjpeg is C; no destructor is jumped
}

void on_message(j_common_ptr cinfo, int level) {
  if (level >= 0) return;
  ++cinfo->err->num_warnings;
  if (cinfo->err->msg_code != JWRN_HIT_MARKER) return;
  Reader& reader = reader_of(cinfo);
  reader.starved = reader.warned = true;
  reader.starved_by = reader.cinfo.unread_marker;
}

void no_output(j_common_ptr /*cinfo*/) {}
void no_source(j_decompress_ptr /*cinfo*/) {}

// Past the end of the file: an end-of-image marker, again and again.
boolean on_dry(j_decompress_ptr cinfo) {
  static constexpr std::array<JOCTET, 2> kEnd = {0xFF, JPEG_EOI};
  reader_of(cinfo).dry = true;
  cinfo->src->next_input_byte = kEnd.data();
  cinfo->src->bytes_in_buffer = kEnd.size();
  return TRUE;
}

void skip(j_decompress_ptr cinfo, long count) {
  if (count <= 0) return;
  const auto wanted = static_cast<std::size_t>(count);
  if (wanted > cinfo->src->bytes_in_buffer) {
    on_dry(cinfo);
    return;
  }
  cinfo->src->next_input_byte += wanted;
  cinfo->src->bytes_in_buffer -= wanted;
}

// APP1 is read where it lies: jpeg_save_markers() would copy each of them.
boolean on_app1(j_decompress_ptr cinfo) {
  Reader& reader = reader_of(cinfo);
  const Bytes rest(cinfo->src->next_input_byte, cinfo->src->bytes_in_buffer);
  const std::size_t length = load_big(rest, 0, 2);  // counts its own two bytes
  if (!reader.orientation && length > 8 && length <= rest.size() &&
      load_big(rest, 2, 4) == 0x45786966 /* Exif */)
    reader.orientation = exif_orientation(Bytes(rest.subspan(2, length - 2)));
  skip(cinfo, static_cast<long>(std::max<std::size_t>(length, 2)));
  return TRUE;
}

// Runs libjpeg's calls in `body`, which must leave nothing behind that wants destroying.
template <typename Body>
bool guarded(Reader& reader, const Body& body) {
  if (setjmp(reader.escape) != 0) return false;  // NOLINT(*-err52-cpp)
  body();
  return true;
}

void start(Reader& reader, Bytes file) {
  reader.cinfo.err = jpeg_std_error(&reader.errors);
  reader.errors.error_exit = on_error;
  reader.errors.emit_message = on_message;
  reader.errors.output_message = no_output;
  reader.cinfo.client_data = &reader;
  jpeg_create_decompress(&reader.cinfo);
  reader.source.next_input_byte = file.data();
  reader.source.bytes_in_buffer = file.size();
  reader.source.init_source = no_source;
  reader.source.fill_input_buffer = on_dry;
  reader.source.skip_input_data = skip;
  reader.source.resync_to_restart = jpeg_resync_to_restart;
  reader.source.term_source = no_source;
  reader.cinfo.src = &reader.source;
  jpeg_set_marker_processor(&reader.cinfo, JPEG_APP0 + 1, on_app1);
  jpeg_read_header(&reader.cinfo, TRUE);
}

// The decoder ran out of bits in the row of blocks that it has just gone through, or had before it
// and still has none.
bool row_is_starved(Reader& reader) {
  const jpeg_decompress_struct& cinfo = reader.cinfo;
  const bool warned = std::exchange(reader.warned, false);
  if (!reader.starved || warned || cinfo.unread_marker == reader.starved_by) return reader.starved;
  // A restart marker has given it bits again: at the beginning of this row if they are set so.
  reader.starved = false;
  const bool single = cinfo.comps_in_scan == 1;
  const JDIMENSION units =
      cinfo.MCUs_per_row *
      static_cast<JDIMENSION>(single ? cinfo.cur_comp_info[0]->v_samp_factor : 1);
  return cinfo.restart_interval % units != 0;
}

// After the decoder has gone through a row of blocks, the `row`th: was it there?
void note_row(Reader& reader, JDIMENSION row, bool ended_before) {
  const jpeg_decompress_struct& cinfo = reader.cinfo;
  const bool there = !row_is_starved(reader) && !ended_before;
  if (!there) {
    reader.loss = true;
    return;
  }
  reader.scan.add(row);
  if (cinfo.Ah != 0) return;  // only refines what another scan brought
  const auto keep = [&reader](Rows& most) {
    if (reader.scan.good > most.good) most = reader.scan;
  };
  for (int i = 0; i < cinfo.comps_in_scan; ++i) {
    const auto index = static_cast<std::size_t>(cinfo.cur_comp_info[i]->component_index);
    if (cinfo.Ss == 0) keep(reader.dc.at(index));
    if (cinfo.Ss <= 1 && cinfo.Se >= 1 && index == 0) keep(reader.ac);
  }
}

// Arithmetic decoding gives no warning when it runs out: a row counts if no marker had been met
// when it began.
bool ended(const jpeg_decompress_struct& cinfo) {
  const int marker = cinfo.unread_marker;
  return cinfo.arith_code != 0 && marker != 0 && (marker < JPEG_RST0 || marker > JPEG_RST0 + 7);
}

// Which rows of blocks are there, by the rule at the top.
Rows rows_there(const Reader& reader) {
  Rows rows = reader.ac;
  if (!reader.loss) rows = reader.dc[0];
  for (int i = 0; i < reader.cinfo.num_components; ++i) {
    const Rows& dc = reader.dc.at(static_cast<std::size_t>(i));
    if (dc.good < rows.good) rows = dc;
  }
  return rows;
}

bool enough(const Reader& reader) {
  return enough_rows(rows_there(reader).good, reader.cinfo.total_iMCU_rows);
}

// Rows of pixels from the top of one row of blocks, or down to the end of one; where the colours
// are upsampled, without the one into which what is not there has been mixed.
struct Band {
  int top;
  int end;
};
Band band(const Reader& reader, JDIMENSION first, JDIMENSION end) {
  const jpeg_decompress_struct& cinfo = reader.cinfo;
  const int rows = cinfo.max_v_samp_factor * cinfo.min_DCT_scaled_size;
  const int mixed = cinfo.max_v_samp_factor > 1 ? 1 : 0;
  return {first == 0 ? 0 : static_cast<int>(first) * rows + mixed,
          end >= cinfo.total_iMCU_rows ? static_cast<int>(cinfo.output_height)
                                       : static_cast<int>(end) * rows - mixed};
}

// The rows down to the last that is there.
int rows_to_read(const Reader& reader) { return band(reader, 0, reader.scan.last + 1).end; }

// Of a picture of which too few rows are there, the most that hang together. False if none do.
bool keep_best_run(const Reader& reader, Image& image) {
  const Rows rows = rows_there(reader);
  const Band best = band(reader, rows.best_end - rows.best_run, rows.best_end);
  if (rows.good == 0 || best.end <= best.top) return false;
  image.keep_rows(best.top, best.end - best.top);
  return true;
}

// All scans into libjpeg's memory of coefficients. False if there is too much work in them.
bool read_scans(Reader& reader) {
  jpeg_decompress_struct& cinfo = reader.cinfo;
  std::uint64_t blocks = 0;
  for (int i = 0; i < cinfo.num_components; ++i) {
    const jpeg_component_info& component = cinfo.comp_info[i];
    blocks += static_cast<std::uint64_t>(component.width_in_blocks) * component.height_in_blocks;
  }
  const std::uint64_t most = std::max(kFreeVisits, kMaxVisits * blocks);
  std::uint64_t visited = 0;
  int scans = 1;
  for (;;) {
    const bool ended_before = ended(cinfo);
    const JDIMENSION row = cinfo.input_iMCU_row;
    const int got = jpeg_consume_input(&cinfo);
    if (got == JPEG_REACHED_EOI) return true;
    if (got == JPEG_REACHED_SOS) {
      reader.starved = reader.warned = false;
      reader.scan = {};
      if (++scans > kMaxScans) return false;
    }
    if (got != JPEG_ROW_COMPLETED && got != JPEG_SCAN_COMPLETED) continue;
    note_row(reader, row, ended_before);
    for (int i = 0; i < cinfo.comps_in_scan; ++i) {
      const jpeg_component_info& component = *cinfo.cur_comp_info[i];
      visited += static_cast<std::uint64_t>(component.width_in_blocks) * component.v_samp_factor;
    }
    if (visited > most) return false;
  }
}

// Adobe's programs write the complement of the inks; without their marker the numbers are inks.
void cmyk_to_rgb(const std::uint8_t* cmyk, std::uint8_t* rgb, int width, bool inverted) {
  for (int x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    const unsigned black = inverted ? cmyk[3] : 255U - cmyk[3];
    for (int c = 0; c < 3; ++c) {
      const unsigned ink = inverted ? cmyk[c] : 255U - cmyk[c];
      rgb[c] = static_cast<std::uint8_t>((ink * black + 127U) / 255U);
    }
  }
}

void read_rows(Reader& reader, Image& image, std::uint8_t* cmyk) {
  jpeg_decompress_struct& cinfo = reader.cinfo;
  while (cinfo.output_scanline < cinfo.output_height) {
    std::uint8_t* row = image.row(static_cast<int>(cinfo.output_scanline));
    JSAMPROW target = cmyk != nullptr ? cmyk : row;
    const bool one_pass = cinfo.buffered_image == 0;
    const bool ended_before = one_pass && ended(cinfo);
    const JDIMENSION before = cinfo.input_iMCU_row;
    jpeg_read_scanlines(&cinfo, &target, 1);
    if (cmyk != nullptr) cmyk_to_rgb(cmyk, row, image.width(), cinfo.saw_Adobe_marker != 0);
    for (JDIMENSION i = before; one_pass && i < cinfo.input_iMCU_row; ++i)
      note_row(reader, i, ended_before);
    // Nothing more will come: spend no time on grey that is thrown away.
    const bool over = one_pass && reader.dry && reader.starved;
    if (over && static_cast<int>(cinfo.output_scanline) >= rows_to_read(reader)) return;
  }
}

Error to_error(const Reader& reader) {
  const std::string reason = reader.message.data();
  switch (reader.errors.msg_code) {
    case JERR_OUT_OF_MEMORY:
      return {Code::limit_memory, "memory ran out while it was decoded; examine it by itself"};
    case JERR_EMPTY_IMAGE:
      return {Code::empty, "the header claims a picture without pixels"};
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
      return {Code::unsupported_format, "this kind of JPEG is not decoded (" + reason +
                                            "); convert it to a plain one, and count it as not "
                                            "examined"};
    default:
      return damaged(reason);
  }
}

// By how much it is reduced while it is decoded: the transform then gives fewer pixels of each
// block.
unsigned reduction(const jpeg_decompress_struct& cinfo, int shrink_to) {
  const auto shorter = static_cast<std::uint64_t>(std::min(cinfo.image_width, cinfo.image_height));
  std::uint64_t denominator = 1;
  if (shrink_to <= 0) return 1;
  while (denominator < DCTSIZE &&
         shorter / (2 * denominator) >= static_cast<std::uint64_t>(shrink_to))
    denominator *= 2;
  return static_cast<unsigned>(denominator);
}

Error too_much_work() {
  return {Code::limit_cpu,
          "it is a JPEG of very many scans, which only serve to take time; save it as a plain "
          "JPEG if it is trusted"};
}

Result<Picture> decode_with(Reader& reader, Bytes file, const Limits& limits) {
  jpeg_decompress_struct& cinfo = reader.cinfo;
  if (!guarded(reader, [&] { start(reader, file); })) return to_error(reader);
  if (auto error = check_size(cinfo.image_width, cinfo.image_height, file.size(), limits))
    return *error;
  if (cinfo.num_components != 1 && cinfo.num_components != 3 && cinfo.num_components != 4) {
    return Error{Code::unsupported_format,
                 "a JPEG of " + std::to_string(cinfo.num_components) +
                     " channels is not decoded; convert it to a plain one, and count it as not "
                     "examined"};
  }
  const bool gray = cinfo.num_components == 1;
  const bool cmyk = cinfo.num_components == 4;
  cinfo.out_color_space = gray ? JCS_GRAYSCALE : cmyk ? JCS_CMYK : JCS_RGB;
  cinfo.dct_method = JDCT_ISLOW;
  cinfo.do_fancy_upsampling = TRUE;
  cinfo.buffered_image = jpeg_has_multiple_scans(&cinfo);

  const unsigned denominator = reduction(cinfo, limits.shrink_to.value_or(0));
  cinfo.scale_num = 1;
  cinfo.scale_denom = denominator;
  if (!guarded(reader, [&] { jpeg_calc_output_dimensions(&cinfo); })) return to_error(reader);
  Image image = Image::for_overwrite(static_cast<int>(cinfo.output_width),
                                     static_cast<int>(cinfo.output_height),
                                     gray ? PixelLayout::gray8 : PixelLayout::rgb8);
  Scratch ink_row(cmyk ? std::size_t{4} * cinfo.output_width : 0);
  bool affordable = true;
  const bool read = guarded(reader, [&] {
    jpeg_start_decompress(&cinfo);
    if (cinfo.buffered_image != 0) {
      affordable = read_scans(reader);
      if (!affordable || rows_there(reader).good == 0) return;
      jpeg_start_output(&cinfo, cinfo.input_scan_number);
    }
    read_rows(reader, image, cmyk ? ink_row.data() : nullptr);
  });
  if (!read) return to_error(reader);
  if (!affordable) return too_much_work();
  // What was not read:
  for (JDIMENSION y = cinfo.output_scanline; y < cinfo.output_height; ++y)
    std::ranges::fill_n(image.row(static_cast<int>(y)), image.view().stride, std::uint8_t{0});
  if (!enough(reader)) {
    if (!keep_best_run(reader, image)) return nothing_left();
  } else if (cinfo.buffered_image == 0 && reader.loss) {
    repeat_last_row(image, static_cast<std::uint64_t>(rows_to_read(reader)));
  }
  Picture picture{std::move(image), reader.orientation.value_or(1), 1,
                  static_cast<double>(rows_there(reader).good) / cinfo.total_iMCU_rows};
  if (denominator > 1) {
    picture.full_width = static_cast<int>(cinfo.image_width);
    picture.full_height = std::min(picture.image.height() * static_cast<int>(denominator),
                                   static_cast<int>(cinfo.image_height));
  }
  return picture;
}

}  // namespace

Shown show_jpeg(Bytes file, const Limits& limits, const PictureSink& sink) {
  const auto reader = std::make_unique<Reader>();
  struct Destroy {
    void operator()(jpeg_decompress_struct* cinfo) const { jpeg_destroy_decompress(cinfo); }
  };
  const std::unique_ptr<jpeg_decompress_struct, Destroy> destroy(&reader->cinfo);
  return show_one(decode_with(*reader, file, limits), sink);
}

}  // namespace reseau::detail
