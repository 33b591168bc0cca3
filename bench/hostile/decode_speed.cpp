// From the bytes of a JPEG to grid, pdq and SHA-256 (and all three digests, as the library gives
// them), beside libjpeg-turbo's plain decode of the same file to grey, to colour, and to grey at an
// eighth of its size (the least that it can do: all its symbols are read), in one run; and how far
// reducing while decoding moves the signatures.
//
//     reseau_decode_speed FILES...
#include <cstdio>  // jpeglib.h needs it

#include <jpeglib.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <vector>

#include <reseau/hash.h>
#include <reseau/image.h>

namespace {

using namespace reseau;
using Clock = std::chrono::steady_clock;

template <typename Body>
double milliseconds(const Body& body) {
  double best = 1e9;
  for (int again = 0; again < 3; ++again) {  // the machine may be busy
    const auto start = Clock::now();
    body();
    best = std::min(best, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  return best;
}

void plain_decode(Bytes file, J_COLOR_SPACE space, std::vector<unsigned char>& pixels,
                  unsigned reduction = 1) {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, file.data(), file.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = space;
  jpeg.scale_denom = jpeg.scale_num * reduction;
  jpeg_start_decompress(&jpeg);
  const std::size_t row_bytes = std::size_t{jpeg.output_width} * jpeg.output_components;
  pixels.resize(row_bytes * jpeg.output_height);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = pixels.data() + row_bytes * jpeg.output_scanline;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
}

struct Signatures {
  Hashed grid;
  Hashed pdq;
};

void sha256(Bytes file) {
  std::array<unsigned char, 32> digest;
  EVP_Digest(file.data(), file.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
}

Decoded decoded(Bytes file, int shrink_to) {
  Limits limits;
  limits.shrink_to = shrink_to;
  return decode(file, limits).value();
}

Signatures signatures(Bytes file, int shrink_to) {
  const Decoded picture = decoded(file, shrink_to);
  return {grid(picture.view()).value(), pdq(picture.view()).value()};
}

}  // namespace

int main(int argc, char** argv) try {
  double gray = 0;
  double color = 0;
  double least = 0;
  double decoding = 0;
  double ours = 0;
  double ours_and_all_digests = 0;
  double megapixels = 0;
  int files = 0;
  std::vector<int> grid_moved;
  std::vector<int> pdq_moved;
  std::vector<unsigned char> pixels;
  for (int i = 1; i < argc; ++i) {
    const auto file = read_file(argv[i]);
    if (!file || sniff(Bytes(*file)).name != "JPEG") continue;
    const auto whole = decode(Bytes(*file));
    if (!whole || whole->image.layout() != PixelLayout::rgb8) continue;
    ++files;
    megapixels += 1e-6 * whole->image.width() * whole->image.height();
    gray += milliseconds([&] { plain_decode(Bytes(*file), JCS_GRAYSCALE, pixels); });
    color += milliseconds([&] { plain_decode(Bytes(*file), JCS_RGB, pixels); });
    least += milliseconds([&] { plain_decode(Bytes(*file), JCS_GRAYSCALE, pixels, 8); });
    decoding += milliseconds([&] { static_cast<void>(decoded(Bytes(*file), kExamineShrink)); });
    ours += milliseconds([&] {
      static_cast<void>(signatures(Bytes(*file), kExamineShrink));
      sha256(Bytes(*file));
    });
    ours_and_all_digests += milliseconds([&] {
      static_cast<void>(signatures(Bytes(*file), kExamineShrink));
      static_cast<void>(digests(Bytes(*file)));
    });
    const Signatures full = signatures(Bytes(*file), 0);
    const Signatures small = signatures(Bytes(*file), kExamineShrink);
    grid_moved.push_back(distance(full.grid.signature, small.grid.signature).value());
    pdq_moved.push_back(distance(full.pdq.signature, small.pdq.signature).value());
  }
  if (files == 0) return 1;
  std::printf(
      "%d JPEGs of %.2f megapixels in the mean: plain grey %.2f ms, plain colour %.2f ms, "
      "grey at an eighth %.2f ms; our decoding %.2f ms\n",
      files, megapixels / files, gray / files, color / files, least / files, decoding / files);
  const auto tell = [&](const char* to, double sum) {
    std::printf("to grid, pdq and %s %.2f ms: %.2f times grey, %.2f times colour\n", to,
                sum / files, sum / gray, sum / color);
  };
  tell("SHA-256", ours);
  tell("all digests", ours_and_all_digests);
  const auto show = [](const char* name, std::vector<int> moved) {
    std::sort(moved.begin(), moved.end());
    std::printf("reducing moves %s by %d in half of them, %d in 99 of 100, %d at most\n", name,
                moved[moved.size() / 2], moved[moved.size() * 99 / 100], moved.back());
  };
  show("grid (squared L2)", grid_moved);
  show("pdq (bits)", pdq_moved);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 2;
}
