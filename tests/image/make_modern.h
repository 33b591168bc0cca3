/// Small files of the formats of which the libraries are large.
#pragma once

#include "image/make.h"

namespace make {

/// HEIC, AVIF, JPEG XL, JPEG 2000 (file and codestream), each as this build decodes them. Of 3 or 4
/// channels; what is transparent is so in all.
std::vector<Claim> modern(const Pixels& pixels);

/// `orientation` as in EXIF; the file says it as AVIF does.
File avif(const Pixels& pixels, int orientation = 1);
File avif_animation(const std::vector<Pixels>& frames);

/// HEIC or AVIF of several pictures, all of them its own; the first is the primary one.
File heif_items(const std::vector<Pixels>& pictures, bool avif);
/// A JPEG 2000 file of 4 channels of ink: what is missing of cyan, magenta, yellow and black.
File jp2_inks(const Pixels& cmyk);

/// Of files: PNGs as they are, BMPs without their file header and with a mask.
File ico(const std::vector<File>& pictures);

}  // namespace make
