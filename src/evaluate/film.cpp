#include "evaluate/film.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include <reseau/video.h>

namespace reseau::evaluation {
namespace {

/// An open file, read by its descriptor.
class Opened {
 public:
  explicit Opened(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY)) {
    if (descriptor_ < 0) throw Failure({Code::io_error, path + ": cannot be opened"});
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() { ::close(descriptor_); }
  [[nodiscard]] VideoReader reader() const { return video_reader(descriptor_); }

 private:
  int descriptor_;
};

int even(double length) { return std::max(2, 2 * static_cast<int>(std::lround(length / 2))); }

cv::Size within(cv::Size size, int side) {
  const double scale = std::min(1.0, static_cast<double>(side) / std::max(size.width, size.height));
  return {even(size.width * scale), even(size.height * scale)};
}

/// The largest part of the middle that has the shape of `size`, scaled to it.
cv::Mat covering(const cv::Mat& picture, cv::Size size) {
  const double scale = std::max(static_cast<double>(size.width) / picture.cols,
                                static_cast<double>(size.height) / picture.rows);
  const int width = std::clamp(cvRound(size.width / scale), 1, picture.cols);
  const int height = std::clamp(cvRound(size.height / scale), 1, picture.rows);
  const cv::Mat middle =
      picture({(picture.cols - width) / 2, (picture.rows - height) / 2, width, height});
  cv::Mat scaled;
  cv::resize(middle, scaled, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return scaled;
}

/// Every frame up to `to`, by its time. One that looks as the one before is that one again.
void each_frame(const VideoReader& reader, double to,
                const std::function<void(double, const cv::Mat&)>& visit) {
  VideoOptions options;
  options.interval = 0;
  options.limits.max_duration = to;
  cv::Mat picture;
  const VideoReport report = sample_video(reader, options, [&](const SampledFrame& frame) {
    if (!frame.alike) {
      // OpenCV asks for pixels it may write, and here only reads them.
      const cv::Mat view(frame.pixels.height, frame.pixels.width, CV_8UC3,
                         const_cast<void*>(frame.pixels.pixels),  // NOLINT(*-const-cast)
                         static_cast<std::size_t>(frame.pixels.stride));
      cv::Mat next;  // not the one before, which may have been kept
      cv::cvtColor(view, next, cv::COLOR_RGB2BGR);
      picture = next;
    }
    visit(frame.time, picture);
  });
  if (report.outcome == Code::limit_memory) throw std::bad_alloc();
}

}  // namespace

cv::Size size_in_copy(const VideoEdit& edit, int width, int height) {
  const cv::Mat blank(within({width, height}, kMaxSampledSide), CV_8UC3, cv::Scalar::all(0));
  return within(apply(edit, blank, 0).size(), edit.long_side);
}

void Film::add(const Scene& scene) {
  static constexpr VideoEdit kNone{};
  const VideoEdit& edit = scene.edit != nullptr ? *scene.edit : kNone;
  const double step = edit.speed / encoding_.rate;  // seconds of the source a frame
  std::int64_t shown = 0;
  std::vector<cv::Mat> backwards;
  cv::Mat current;
  cv::Mat edited;
  // Shows the current frame until another comes.
  const auto show_until = [&](double time) {
    while (!current.empty() && scene.from + static_cast<double>(shown) * step < time) {
      if (edited.empty()) edited = covering(apply(edit, current, scene.seed), encoding_.size);
      if (edit.backwards) {
        backwards.push_back(edited);
      } else {
        encoder_.add(edited);
      }
      ++shown;
    }
  };
  const auto take = [&](double time, const cv::Mat& picture) {
    show_until(std::min(time, scene.to));
    if (picture.data == current.data) return;
    current = picture;
    edited.release();
  };
  if (scene.path.empty()) {
    each_frame(video_reader(scene.file), scene.to, take);
  } else {
    const Opened file(scene.path);
    each_frame(file.reader(), scene.to, take);
  }
  show_until(scene.to);
  if (shown == 0)
    throw Failure({Code::corrupt, scene.path + ": not one frame can be decoded any more"});
  std::reverse(backwards.begin(), backwards.end());
  for (const cv::Mat& frame : backwards) encoder_.add(frame);
  frames_ += shown;
}

}  // namespace reseau::evaluation
