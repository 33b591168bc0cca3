// The two tables. The names say the setting; what is drawn by lot is said in edit_parts.h.
#include "evaluate/edits.h"

#include <array>
#include <opencv2/core.hpp>

#include "evaluate/edit_parts.h"

namespace reseau::evaluation {
namespace {

using Picture = const cv::Mat&;
using Random = cv::RNG&;

constexpr int kClockwise = 0;   // cv::ROTATE_90_CLOCKWISE
constexpr int kHalfTurn = 1;    // cv::ROTATE_180
constexpr int kLeftRight = 1;   // cv::flip
constexpr int kUpsideDown = 0;  // cv::flip

cv::Mat chat_app(Picture p) { return jpeg(long_edge(p, 320), 40); }

cv::Mat repost(Picture p, Random r) {
  return jpeg(long_edge(bright(text_line(crop(p, 0.96), r), 1.15), 480), 50);
}

cv::Mat mirror_crop(Picture p) { return jpeg(crop(flip(p, kLeftRight), 0.92), 60); }

constexpr std::array<Edit, 63> kStandard = {{
    {"jpeg_75", [](Picture p, Random) { return jpeg(p, 75); }},
    {"jpeg_30", [](Picture p, Random) { return jpeg(p, 30); }},
    {"jpeg_10", [](Picture p, Random) { return jpeg(p, 10); }},
    {"webp_20", [](Picture p, Random) { return webp(p, 20); }},
    {"scale_50", [](Picture p, Random) { return scale(p, 0.5); }},
    {"scale_25", [](Picture p, Random) { return scale(p, 0.25); }},
    {"scale_200", [](Picture p, Random) { return scale(p, 2); }},
    {"edge_96", [](Picture p, Random) { return long_edge(p, 96); }},
    {"aspect_4_3", [](Picture p, Random) { return aspect(p, 4.0 / 3); }},
    {"aspect_1_2", [](Picture p, Random) { return aspect(p, 1.0 / 2); }},
    {"blur_0.5", [](Picture p, Random) { return blur(p, 0.5); }},
    {"blur_1", [](Picture p, Random) { return blur(p, 1); }},
    {"noise_10", [](Picture p, Random r) { return noise(p, 10, r); }},
    {"noise_25", [](Picture p, Random r) { return noise(p, 25, r); }},
    {"salt_5", [](Picture p, Random r) { return salt(p, 5, r); }},
    {"bright_60", [](Picture p, Random) { return bright(p, 0.6); }},
    {"bright_150", [](Picture p, Random) { return bright(p, 1.5); }},
    {"contrast_50", [](Picture p, Random) { return contrast(p, 0.5); }},
    {"contrast_180", [](Picture p, Random) { return contrast(p, 1.8); }},
    {"gamma_0.5", [](Picture p, Random) { return gamma(p, 0.5); }},
    {"gamma_2", [](Picture p, Random) { return gamma(p, 2); }},
    {"saturate_0", [](Picture p, Random) { return saturate(p, 0); }},
    {"saturate_200", [](Picture p, Random) { return saturate(p, 2); }},
    {"sharpen", [](Picture p, Random) { return sharpen(p); }},
    {"grey", [](Picture p, Random) { return grey(p); }},
    {"sepia", [](Picture p, Random) { return sepia(p); }},
    {"hue_20", [](Picture p, Random) { return hue(p, 20); }},
    {"equalize", [](Picture p, Random) { return equalize(p); }},
    {"posterize_3", [](Picture p, Random) { return posterize(p, 3); }},
    {"vignette", [](Picture p, Random) { return vignette(p); }},
    {"invert", [](Picture p, Random) { return invert(p); }},
    {"watermark", [](Picture p, Random r) { return watermark(p, r); }},
    {"text_line", [](Picture p, Random r) { return text_line(p, r); }},
    {"text_meme", [](Picture p, Random r) { return text_meme(p, r); }},
    {"logo_3", [](Picture p, Random r) { return logo(p, 0.03, r); }},
    {"logo_10", [](Picture p, Random r) { return logo(p, 0.10, r); }},
    {"crop_98", [](Picture p, Random) { return crop(p, 0.98); }},
    {"crop_95", [](Picture p, Random) { return crop(p, 0.95); }},
    {"crop_90", [](Picture p, Random) { return crop(p, 0.90); }},
    {"crop_80", [](Picture p, Random) { return crop(p, 0.80); }},
    {"crop_70", [](Picture p, Random r) { return crop_anywhere(p, 0.70, r); }},
    {"crop_50", [](Picture p, Random r) { return crop_anywhere(p, 0.50, r); }},
    {"crop_side_90", [](Picture p, Random r) { return crop_side(p, 0.90, r); }},
    {"crop_side_80", [](Picture p, Random r) { return crop_side(p, 0.80, r); }},
    {"border_5_black", [](Picture p, Random) { return border(p, 0.05, cv::Scalar::all(0)); }},
    {"border_10_white", [](Picture p, Random) { return border(p, 0.10, cv::Scalar::all(255)); }},
    {"letterbox_16_9", [](Picture p, Random) { return letterbox(p, 16.0 / 9); }},
    {"letterbox_9_16", [](Picture p, Random) { return letterbox(p, 9.0 / 16); }},
    {"screenshot", [](Picture p, Random r) { return screenshot(p, r); }},
    {"rotate_1", [](Picture p, Random r) { return rotate_cut(p, 1 * either(r)); }},
    {"rotate_3", [](Picture p, Random r) { return rotate_cut(p, 3 * either(r)); }},
    {"rotate_10", [](Picture p, Random r) { return rotate_cut(p, 10 * either(r)); }},
    {"rotate_5_expand", [](Picture p, Random r) { return rotate_expand(p, 5 * either(r)); }},
    {"turn_90", [](Picture p, Random) { return turn(p, kClockwise); }},
    {"turn_180", [](Picture p, Random) { return turn(p, kHalfTurn); }},
    {"flip_h", [](Picture p, Random) { return flip(p, kLeftRight); }},
    {"flip_v", [](Picture p, Random) { return flip(p, kUpsideDown); }},
    {"perspective_5", [](Picture p, Random r) { return perspective(p, 0.05, r); }},
    {"perspective_10", [](Picture p, Random r) { return perspective(p, 0.10, r); }},
    {"chat_app", [](Picture p, Random) { return chat_app(p); }},
    {"repost", [](Picture p, Random r) { return repost(p, r); }},
    {"mirror_crop", [](Picture p, Random) { return mirror_crop(p); }},
    {"reel", [](Picture p, Random r) { return reel(p, r); }},
}};

constexpr std::array<Edit, 13> kUnseen = {{
    {"stickers", [](Picture p, Random r) { return stickers(p, r); }},
    {"frame_textured", [](Picture p, Random r) { return frame_textured(p, r); }},
    {"side_fill_blurred", [](Picture p, Random) { return side_fill_blurred(p); }},
    {"picture_in_picture", [](Picture p, Random r) { return picture_in_picture(p, r); }},
    {"collage_two", [](Picture p, Random r) { return collage_two(p, r); }},
    {"photographed_screen", [](Picture p, Random r) { return photographed_screen(p, r); }},
    {"crop_75", [](Picture p, Random r) { return crop_anywhere(p, 0.75, r); }},
    {"crop_60", [](Picture p, Random r) { return crop_anywhere(p, 0.60, r); }},
    {"rotate_7", [](Picture p, Random r) { return rotate_cut(p, 7 * either(r)); }},
    {"chain_screenshot_chat", [](Picture p, Random r) { return chat_app(screenshot(p, r)); }},
    {"chain_crop_tilt_sepia",
     [](Picture p, Random r) { return sepia(rotate_cut(crop(p, 0.92), 2 * either(r))); }},
    {"chain_meme_mirror_border",
     [](Picture p, Random r) {
       return border(flip(jpeg(text_meme(p, r), 40), kLeftRight), 0.05, cv::Scalar::all(255));
     }},
    {"chain_reposted_twice",
     [](Picture p, Random r) { return repost(jpeg(watermark(repost(p, r), r), 60), r); }},
}};

static_assert(kStandard.back().make != nullptr && kUnseen.back().make != nullptr,
              "a table is shorter than its size says");

}  // namespace

std::span<const Edit> standard_edits() { return kStandard; }
std::span<const Edit> unseen_edits() { return kUnseen; }

std::uint64_t seed_of(std::string_view name) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

cv::Mat apply(const Edit& edit, const cv::Mat& picture, std::uint64_t seed) {
  cv::RNG random(seed * 0x9E3779B97F4A7C15ULL ^ seed_of(edit.name));
  for (int i = 0; i < 8; ++i) random.next();  // cv::RNG is slow to forget a sparse seed
  return edit.make(picture, random);
}

}  // namespace reseau::evaluation
