// The table. What is drawn by lot is said in edit_parts.h.
#include "evaluate/video_edits.h"

#include <array>
#include <opencv2/imgproc.hpp>

#include "evaluate/edit_parts.h"

namespace reseau::evaluation {
namespace {

using Picture = const cv::Mat&;
using Random = cv::RNG&;

constexpr int kLeftRight = 1;  // cv::flip

cv::Mat mirror(Picture p, Random /*random*/) { return flip(p, kLeftRight); }
cv::Mat repost(Picture p, Random r) { return bright(text_line(crop(p, 0.95), r), 1.15); }
cv::Mat mirror_crop_text(Picture p, Random r) {
  return text_line(flip(crop(p, 0.92), kLeftRight), r);
}

/// side_fill_blurred() of a fourth of the size, as fast as frames of a video need it, and the
/// picture itself over it.
cv::Mat blurred_bars(Picture p, Random /*random*/) {
  const cv::Mat small = scale(p, 0.25);
  const cv::Mat fill = side_fill_blurred(small);
  const cv::Size size(fill.cols * p.cols / small.cols, fill.rows * p.rows / small.rows);
  cv::Mat canvas;
  cv::resize(fill, canvas, size, 0, 0, cv::INTER_LINEAR);
  p.copyTo(canvas({(size.width - p.cols) / 2, (size.height - p.rows) / 2, p.cols, p.rows}));
  return canvas;
}

constexpr std::array<VideoEdit, 25> kEdits = {{
    {.name = "as it is"},
    {.name = "encoded_34", .quality = 34},
    {.name = "encoded_40", .quality = 40},
    {.name = "side_240", .long_side = 240},
    {.name = "rate_10", .rate = 10},
    {.name = "rate_50", .rate = 50},
    {.name = "speed_75", .speed = 0.75},
    {.name = "speed_90", .speed = 0.9},
    {.name = "speed_125", .speed = 1.25},
    {.name = "speed_150", .speed = 1.5},
    {.name = "crop_95", .make = [](Picture p, Random) { return crop(p, 0.95); }},
    {.name = "crop_90", .make = [](Picture p, Random) { return crop(p, 0.90); }},
    {.name = "crop_80", .make = [](Picture p, Random) { return crop(p, 0.80); }},
    {.name = "letterbox_16_9", .make = [](Picture p, Random) { return letterbox(p, 16.0 / 9); }},
    {.name = "letterbox_9_16", .make = [](Picture p, Random) { return letterbox(p, 9.0 / 16); }},
    {.name = "side_fill_blurred", .make = blurred_bars},
    {.name = "mirror", .make = mirror},
    {.name = "text_line", .make = text_line},
    {.name = "text_meme", .make = text_meme},
    {.name = "logo_3", .make = [](Picture p, Random r) { return logo(p, 0.03, r); }},
    {.name = "logo_10", .make = [](Picture p, Random r) { return logo(p, 0.10, r); }},
    {.name = "grey", .make = [](Picture p, Random) { return grey(p); }},
    {.name = "repost", .make = repost, .quality = 32, .long_side = 360},
    {.name = "mirror_crop_text_125", .make = mirror_crop_text, .speed = 1.25, .quality = 32},
    {.name = "reel_chain", .make = reel, .quality = 30, .chain = true},
}};

static_assert(!kEdits.back().name.empty(), "the table is shorter than its size says");

constexpr VideoEdit kReversed = {.name = "reversed", .backwards = true};

}  // namespace

std::span<const VideoEdit> video_edits() { return kEdits; }
const VideoEdit& reversed_edit() { return kReversed; }

cv::Mat apply(const VideoEdit& edit, const cv::Mat& picture, std::uint64_t seed) {
  return edit.make == nullptr ? picture.clone() : apply(Edit{edit.name, edit.make}, picture, seed);
}

}  // namespace reseau::evaluation
