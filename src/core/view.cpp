#include <reseau/view.h>
#include <algorithm>
#include <cmath>

namespace reseau {
namespace {

/// Where a part lies along one side, and how much of it that is.
struct Span {
  std::string place;  // empty where it is (nearly) all of the side
  int percent = 100;
};

Span span_of(float from, float length, const char* low, const char* high) {
  constexpr float kNearly = 0.03F;
  const float start = std::clamp(from, 0.0F, 1.0F);
  const float end = std::clamp(from + length, 0.0F, 1.0F);
  Span span{{}, static_cast<int>(std::lround(100 * (end - start)))};
  if (end - start >= 1 - kNearly) return span;
  const bool at_start = start <= kNearly;
  const bool at_end = end >= 1 - kNearly;
  span.place = at_start == at_end ? "middle" : at_start ? low : high;
  return span;
}

/// "the left 70 %", "the bottom right 70 x 50 %"; empty for all of it.
std::string part_of(const Rectangle& part) {
  const Span across = span_of(part.x, part.width, "left", "right");
  const Span down = span_of(part.y, part.height, "top", "bottom");
  if (across.place.empty() && down.place.empty()) return {};
  if (down.place.empty())
    return "the " + across.place + " " + std::to_string(across.percent) + " %";
  if (across.place.empty()) return "the " + down.place + " " + std::to_string(down.percent) + " %";
  std::string place = down.place;
  if (place == "middle") {
    place = across.place;
  } else if (across.place != "middle") {
    place += " " + across.place;
  }
  return "the " + place + " " + std::to_string(across.percent) + " x " +
         std::to_string(down.percent) + " %";
}

/// What was looked at of the query, where that is not all of it.
std::string looked_at(const Rectangle& trim) {
  const std::string part = part_of(trim);
  const bool inside = part.empty() || part.starts_with("the middle");
  return inside ? "borders cut off" : part + " of the file";
}

}  // namespace

View inverse(const View& view) {
  View back = view;
  if (!view.mirror) back.turn = (360 - view.turn) % 360;  // a mirrored turn undoes itself
  return back;
}

std::string describe(const View& view) {
  constexpr float kLeastTilt = 0.5F;
  std::string text = part_of(view.rectangle);
  const auto add = [&text](const std::string& part) {
    if (!text.empty()) text += ", ";
    text += part;
  };
  if (view.trim != Rectangle{}) add(looked_at(view.trim));
  if (view.mirror) add("mirrored");
  if (view.turn != 0) add("turned " + std::to_string(view.turn) + " degrees");
  if (std::abs(view.tilt) >= kLeastTilt) {
    add("tilted " + std::to_string(std::lround(std::abs(view.tilt))) + " degrees" +
        (view.tilt < 0 ? " to the left" : " to the right"));
  }
  if (view.negative) add("negative");
  return text.empty() ? "as is" : text;
}

}  // namespace reseau
