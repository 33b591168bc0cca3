#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include "image/make.h"

namespace make {

File jpeg(const Pixels& pixels, const JpegOptions& options) {
  jpeg_compress_struct cinfo{};
  jpeg_error_mgr errors{};
  cinfo.err = jpeg_std_error(&errors);
  jpeg_create_compress(&cinfo);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&cinfo, &memory, &size);
  cinfo.image_width = static_cast<JDIMENSION>(pixels.width);
  cinfo.image_height = static_cast<JDIMENSION>(pixels.height);
  cinfo.input_components = pixels.channels;
  cinfo.in_color_space = pixels.channels == 1   ? JCS_GRAYSCALE
                         : pixels.channels == 3 ? JCS_RGB
                                                : JCS_CMYK;
  jpeg_set_defaults(&cinfo);
  if (pixels.channels == 4) cinfo.write_Adobe_marker = options.adobe_cmyk ? TRUE : FALSE;
  jpeg_set_quality(&cinfo, options.quality, TRUE);
  for (int i = 0; i < cinfo.num_components && !options.subsampled; ++i)
    cinfo.comp_info[i].h_samp_factor = cinfo.comp_info[i].v_samp_factor = 1;
  if (options.progressive) jpeg_simple_progression(&cinfo);
  cinfo.restart_in_rows = options.restart_rows;
  jpeg_start_compress(&cinfo, TRUE);
  if (options.orientation != 0) {
    const std::string data = std::string("Exif\0\0", 6) + exif(options.orientation);
    jpeg_write_marker(&cinfo, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(data.data()),
                      static_cast<unsigned>(data.size()));
  }
  std::vector<std::uint8_t> row(static_cast<std::size_t>(pixels.width) * pixels.channels);
  while (cinfo.next_scanline < cinfo.image_height) {
    const std::uint8_t* from = pixels.at(0, static_cast<int>(cinfo.next_scanline));
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = options.adobe_cmyk ? static_cast<std::uint8_t>(255 - from[i]) : from[i];
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&cinfo, &rows, 1);
  }
  jpeg_finish_compress(&cinfo);
  jpeg_destroy_compress(&cinfo);
  File file(memory, memory + size);
  std::free(memory);
  return file;
}

}  // namespace make
