// Makes edited copies of the four known photographs, as people do before they upload again.
//
//     make_edits PICTURES OUT
#include <filesystem>
#include <iostream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace fs = std::filesystem;

int main(int count, char** arguments) try {
  if (count != 3) {
    std::cerr << "usage: make_edits PICTURES OUT\n";
    return 2;
  }
  const fs::path pictures = arguments[1];
  const fs::path out = arguments[2];
  fs::create_directories(out);
  const auto read = [&](const char* name) {
    cv::Mat picture = cv::imread((pictures / name).string());
    if (picture.empty()) throw std::runtime_error("cannot read " + (pictures / name).string());
    return picture;
  };
  const auto write = [&](const char* name, const cv::Mat& picture,
                         const std::vector<int>& how = {}) {
    if (!cv::imwrite((out / name).string(), picture, how)) {
      throw std::runtime_error("cannot write " + (out / name).string());
    }
  };

  write("coat-reencoded.jpg", read("coat.jpg"), {cv::IMWRITE_JPEG_QUALITY, 20});

  cv::Mat small;
  cv::resize(read("raincoat.jpg"), small, {}, 0.3, 0.3, cv::INTER_AREA);
  write("raincoat-shrunk.png", small);

  const cv::Mat sandals = read("sandals.jpg");
  const int across = sandals.cols / 40;
  const int down = sandals.rows / 40;
  write("sandals-cropped.jpg",
        sandals(cv::Rect(across, down, sandals.cols - 2 * across, sandals.rows - 2 * down)));

  const cv::Mat coat = read("coat.jpg");
  write("coat-part.jpg", coat(cv::Rect(0, 0, coat.cols * 3 / 4, coat.rows * 3 / 4)));

  cv::Mat mirrored;
  cv::flip(read("shirt.jpg"), mirrored, 1);
  write("shirt-mirrored.webp", mirrored, {cv::IMWRITE_WEBP_QUALITY, 60});
  return 0;
} catch (const std::exception& error) {
  std::cerr << "make_edits: " << error.what() << '\n';
  return 2;
}
