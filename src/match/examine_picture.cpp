#include "match/examine_picture.h"

#include <algorithm>
#include <cmath>

#include "match/videos.h"

namespace reseau {
namespace detail {

void refuse(Examined& examined, Code outcome, std::string message) {
  examined.outcome = outcome;
  examined.message = std::move(message);
}

namespace {

/// The pixels of `where`, to the nearest whole ones.
ImageView part(const ImageView& image, const Rectangle& where) {
  const auto edge = [](float share, int side) {
    return std::clamp(static_cast<int>(std::lround(share * static_cast<float>(side))), 0, side);
  };
  const int left = edge(where.x, image.width);
  const int top = edge(where.y, image.height);
  ImageView view = image;
  view.width = edge(where.x + where.width, image.width) - left;
  view.height = edge(where.y + where.height, image.height) - top;
  view.pixels = static_cast<const std::byte*>(image.pixels) + top * image.stride +
                left * static_cast<std::ptrdiff_t>(bytes_per_pixel(image.layout));
  const auto share = [](int full, int side, int of) {
    return static_cast<int>(std::int64_t{full} * side / of);
  };
  view.full_width = share(image.full_width, view.width, image.width);
  view.full_height = share(image.full_height, view.height, image.height);
  return view;
}

/// A small picture within wide borders is, for what is inside of them.
bool is_recognisable(const Examined& examined) {
  const int inside = examined.trimmed ? examined.trimmed->grid.quality : 0;
  return examined.quality.value_or(0) >= kMinQuality || inside >= kMinPartQuality ||
         !examined.panels.empty();
}

std::string percent(double share) {
  return std::to_string(static_cast<int>(std::floor(share * 100))) + " %";
}

/// Everything that pixels give, and what it says of the outcome.
void hash_pixels(const ImageView& pixels, int frames, Level level, Examined& examined) {
  examined.width = std::max(pixels.width, pixels.full_width);
  examined.height = std::max(pixels.height, pixels.full_height);
  if (auto views = pdq_views(pixels)) examined.pdq_views = *std::move(views);
  auto windows = grid_windows(pixels, level);
  if (windows) {
    examined.grid = windows->whole.signature;
    examined.quality = windows->whole.quality;
    examined.parts = std::move(windows->parts);
    examined.plane = windows->plane;
    const auto hashed_part = [&pixels](const HashedWindow& window) {
      Examined::Part result{window.where, window.hashed, std::nullopt};
      if (auto views = pdq_views(part(pixels, window.where))) result.pdq_views = *std::move(views);
      return result;
    };
    if (windows->trimmed) examined.trimmed = hashed_part(*windows->trimmed);
    if (windows->on_page) windows->panels.push_back(*windows->on_page);
    for (const auto& panel : windows->panels) {
      if (panel.hashed.quality >= kMinPartQuality) examined.panels.push_back(hashed_part(panel));
    }
  }
  if (examined.completeness.value_or(1) < kWhole) {
    refuse(examined, Code::ok_partial,
           "it is cut short or damaged: " + percent(*examined.completeness) +
               " of its rows are there, and only they were looked at; get a whole copy");
  } else if (frames > 1) {
    refuse(examined, Code::limit_frames,
           "has " + std::to_string(frames) + " frames or pages, and only the first was asked for");
  } else if (!windows) {
    refuse(examined, windows.error().code, windows.error().message);
  } else if (!is_recognisable(examined)) {
    refuse(examined, Code::low_information,
           "too little to recognise (quality " + std::to_string(*examined.quality) + ", and " +
               std::to_string(kMinQuality) + " is needed); only exact copies can be matched");
  }
}

bool looks_like(const Examined& a, const Examined& b) {
  if (!a.grid || !b.grid) return false;
  const auto apart = distance(*a.grid, *b.grid);
  return apart && *apart <= detail::kSameLook;
}

}  // namespace

Examined examine_picture(const Decoded& decoded, bool alone, Level level) {
  Examined examined;
  examined.part = decoded.part;
  examined.format = decoded.format;
  examined.completeness = decoded.completeness;
  hash_pixels(decoded.view(), alone ? decoded.frames : 1, level, examined);
  return examined;
}

bool is_worth_a_row(const Examined& examined, const std::vector<Examined>& before) {
  if (examined.outcome == Code::low_information) return false;
  return std::none_of(before.begin(), before.end(),
                      [&examined](const Examined& other) { return looks_like(examined, other); });
}

}  // namespace detail

Examined examine(const ImageView& pixels, Level level) {
  Examined examined;
  detail::hash_pixels(pixels, 1, level, examined);
  return examined;
}

}  // namespace reseau
