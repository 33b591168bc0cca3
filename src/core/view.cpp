#include <reseau/view.h>

namespace reseau {

std::string describe(const View& view) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    if (!text.empty()) text += ", ";
    text += part;
  };
  if (view.trim != Rectangle{}) add("borders cut off");
  if (view.mirror) add("mirrored");
  if (view.turn != 0) add("turned " + std::to_string(view.turn) + " degrees");
  if (view.negative) add("negative");
  if (view.rectangle != Rectangle{}) add("the known picture's inside its borders");
  return text.empty() ? "as is" : text;
}

}  // namespace reseau
