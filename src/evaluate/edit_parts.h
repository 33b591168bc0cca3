/// What the edits are put together from; edits.cpp has the tables.
#pragma once

#include <opencv2/core.hpp>
#include <string>

namespace reseau::evaluation {

// Tones and codecs: the picture keeps its shape. (edit_tones.cpp)
cv::Mat jpeg(const cv::Mat& picture, int quality);
cv::Mat webp(const cv::Mat& picture, int quality);
cv::Mat blur(const cv::Mat& picture, double percent_of_long_edge);
cv::Mat sharpen(const cv::Mat& picture);
cv::Mat noise(const cv::Mat& picture, double sigma, cv::RNG& random);
cv::Mat salt(const cv::Mat& picture, double percent, cv::RNG& random);
cv::Mat bright(const cv::Mat& picture, double factor);
cv::Mat contrast(const cv::Mat& picture, double factor);  ///< about the mean luma
cv::Mat gamma(const cv::Mat& picture, double exponent);
cv::Mat saturate(const cv::Mat& picture, double factor);  ///< 0 is grey
cv::Mat grey(const cv::Mat& picture);
cv::Mat sepia(const cv::Mat& picture);
cv::Mat hue(const cv::Mat& picture, int degrees);
cv::Mat equalize(const cv::Mat& picture);  ///< of the luma
cv::Mat posterize(const cv::Mat& picture, int bits);
cv::Mat vignette(const cv::Mat& picture);
cv::Mat invert(const cv::Mat& picture);

// Shapes: pixels move or go, or ground is added. (edit_shapes.cpp)
cv::Mat scale(const cv::Mat& picture, double factor);
cv::Mat long_edge(const cv::Mat& picture, int edge);             ///< pixels
cv::Mat aspect(const cv::Mat& picture, double width_to_height);  ///< stretched, area kept
cv::Mat crop(const cv::Mat& picture, double keep);               ///< of each side, centred
cv::Mat crop_anywhere(const cv::Mat& picture, double keep, cv::RNG& random);
cv::Mat crop_side(const cv::Mat& picture, double keep, cv::RNG& random);  ///< one of four sides
cv::Mat border(const cv::Mat& picture, double of_long_edge, const cv::Scalar& colour);
cv::Mat letterbox(const cv::Mat& picture, double width_to_height);
cv::Mat side_fill_blurred(const cv::Mat& picture);
cv::Mat frame_textured(const cv::Mat& picture, cv::RNG& random);
cv::Mat rotate_cut(const cv::Mat& picture, double degrees);  ///< no corner of the ground shows
cv::Mat rotate_expand(const cv::Mat& picture, double degrees);
cv::Mat turn(const cv::Mat& picture, int cv_rotate_code);
cv::Mat flip(const cv::Mat& picture, int cv_flip_code);
cv::Mat perspective(const cv::Mat& picture, double of_side, cv::RNG& random);

/// One or minus one, by lot.
double either(cv::RNG& random);

// Overlays and surroundings: something else comes into the picture. (edit_overlays.cpp)
cv::Mat watermark(const cv::Mat& picture, cv::RNG& random);
cv::Mat text_line(const cv::Mat& picture, cv::RNG& random);
cv::Mat text_meme(const cv::Mat& picture, cv::RNG& random);
cv::Mat logo(const cv::Mat& picture, double of_area, cv::RNG& random);
cv::Mat stickers(const cv::Mat& picture, cv::RNG& random);
cv::Mat screenshot(const cv::Mat& picture, cv::RNG& random);
cv::Mat picture_in_picture(const cv::Mat& picture, cv::RNG& random);
cv::Mat collage_two(const cv::Mat& picture, cv::RNG& random);
cv::Mat photographed_screen(const cv::Mat& picture, cv::RNG& random);
cv::Mat reel(const cv::Mat& picture, cv::RNG& random);

/// A landscape that never was, for the edits that need a second picture.
cv::Mat other_picture(cv::Size size, cv::RNG& random);

}  // namespace reseau::evaluation
