#include "evaluate/picture.h"

#include <cstdio>  // jpeglib.h needs it

#include <jpeglib.h>
#include <webp/encode.h>

#include <cstdlib>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace reseau::evaluation {
namespace {

/// Memory of a codec's own.
struct Freed {
  void operator()(unsigned char* memory) const { std::free(memory); }  // NOLINT(*-no-malloc)
};
struct FreedByWebP {
  void operator()(unsigned char* memory) const { WebPFree(memory); }
};

cv::Mat read_back(Bytes file) {
  auto picture = read_picture(file);
  if (!picture) throw std::runtime_error(picture.error().message);
  return *std::move(picture);
}

}  // namespace

Result<cv::Mat> read_picture(Bytes file, const Limits& limits) {
  auto decoded = decode(file, limits);
  if (!decoded) return decoded.error();
  if (decoded->completeness < kWhole)
    return Error{Code::ok_partial, "it is cut short or damaged; get a whole copy"};
  const ImageView pixels = decoded->image.view();
  const bool is_grey = pixels.layout == PixelLayout::gray8;
  // OpenCV asks for pixels it may write, and here only reads them.
  const cv::Mat view(pixels.height, pixels.width, is_grey ? CV_8UC1 : CV_8UC3,
                     const_cast<void*>(pixels.pixels),  // NOLINT(*-const-cast)
                     static_cast<std::size_t>(pixels.stride));
  cv::Mat picture;
  cv::cvtColor(view, picture, is_grey ? cv::COLOR_GRAY2BGR : cv::COLOR_RGB2BGR);
  return picture;
}

ImageView view_of(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step),
          PixelLayout::bgr8};
}

cv::Mat through_jpeg(const cv::Mat& picture, int quality) {
  cv::Mat rgb;
  cv::cvtColor(picture, rgb, cv::COLOR_BGR2RGB);
  // Its own handler ends the program; of what it may complain of, only memory can happen here.
  jpeg_error_mgr errors{};
  jpeg_compress_struct jpeg{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* memory = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's
  jpeg_mem_dest(&jpeg, &memory, &size);
  jpeg.image_width = static_cast<JDIMENSION>(rgb.cols);
  jpeg.image_height = static_cast<JDIMENSION>(rgb.rows);
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  for (int y = 0; y < rgb.rows; ++y) {
    JSAMPROW row = rgb.ptr(y);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  const std::unique_ptr<unsigned char, Freed> file(memory);
  return read_back(Bytes(file.get(), size));
}

cv::Mat through_webp(const cv::Mat& picture, int quality) {
  unsigned char* memory = nullptr;
  const std::size_t size =
      WebPEncodeBGR(picture.data, picture.cols, picture.rows, static_cast<int>(picture.step),
                    static_cast<float>(quality), &memory);
  const std::unique_ptr<unsigned char, FreedByWebP> file(memory);
  if (size == 0) throw std::runtime_error("a picture could not be encoded as WebP");
  return read_back(Bytes(file.get(), size));
}

}  // namespace reseau::evaluation
