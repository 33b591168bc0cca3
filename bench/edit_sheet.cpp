// reseau_edit_sheet PHOTO OUT.png: every edit of one photograph with its name, to look at.
#include <algorithm>
#include <cstdio>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "evaluate/edits.h"

namespace {

constexpr int kTile = 200;
constexpr int kLabel = 18;
constexpr int kColumns = 9;

void draw(const cv::Mat& picture, const std::string& name, cv::Mat tile) {
  const double fit = static_cast<double>(kTile - 6) / std::max(picture.cols, picture.rows);
  cv::Mat small;
  const cv::Size size(std::max(1, static_cast<int>(picture.cols * fit)),
                      std::max(1, static_cast<int>(picture.rows * fit)));
  cv::resize(picture, small, size, 0, 0, fit < 1 ? cv::INTER_AREA : cv::INTER_NEAREST);
  small.copyTo(tile({(kTile - small.cols) / 2, kLabel, small.cols, small.rows}));
  cv::putText(tile, name, {2, kLabel - 5}, cv::FONT_HERSHEY_SIMPLEX, 0.42, cv::Scalar::all(0), 1,
              cv::LINE_AA);
}

}  // namespace

int main(int argc, char** argv) {
  const cv::Mat photo = argc == 3 ? cv::imread(argv[1], cv::IMREAD_COLOR) : cv::Mat();
  if (photo.empty()) {
    std::fprintf(stderr, "usage: reseau_edit_sheet PHOTO OUT.png (PHOTO must be readable)\n");
    return 2;
  }
  const auto standard = reseau::evaluation::standard_edits();
  const auto unseen = reseau::evaluation::unseen_edits();
  const int count = static_cast<int>(standard.size() + unseen.size());
  const int rows = (count + kColumns - 1) / kColumns;
  cv::Mat sheet(rows * (kTile + kLabel), kColumns * kTile, CV_8UC3, cv::Scalar(225, 205, 225));
  int at = 0;
  for (const auto list : {standard, unseen}) {
    for (const auto& edit : list) {
      const cv::Rect box(at % kColumns * kTile, at / kColumns * (kTile + kLabel), kTile,
                         kTile + kLabel);
      draw(apply(edit, photo, 1), std::string(edit.name), sheet(box));
      ++at;
    }
  }
  return cv::imwrite(argv[2], sheet) ? 0 : 2;
}
