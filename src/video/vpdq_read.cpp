// Others' lists: anything may be in them.
#include <reseau/vpdq.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace reseau {
namespace {

constexpr double kMostSeconds = 1e9;

Error wrong(const std::string& what) { return {Code::invalid_argument, what}; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  text = trimmed(text);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> fields;
  for (;;) {
    const auto comma = text.find(',');
    fields.push_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return fields;
    text.remove_prefix(comma + 1);
  }
}

/// Fails with half a sentence.
Result<VpdqFrame> frame_of(std::int64_t place, std::string_view quality, std::string_view hash,
                           std::string_view time) {
  VpdqFrame frame;
  frame.frame = place;
  const auto given = number<int>(quality);
  if (!given || *given < 0 || *given > 100)
    return wrong("the quality is not a number from 0 to 100");
  frame.quality = *given;
  auto pdq = Signature::from_hex(Algorithm::pdq, hash);
  if (!pdq) return wrong("the hash is not 64 hex digits");
  frame.pdq = *pdq;
  const auto seconds = number<double>(time);
  if (!seconds || !std::isfinite(*seconds) || *seconds < 0 || *seconds > kMostSeconds)
    return wrong("the time is not a number of seconds");
  frame.time = *seconds;
  return frame;
}

Result<VpdqFrame> frame_of_line(std::string_view line) {
  const auto fields = split(line);
  if (fields.size() != 3 && fields.size() != 4) return wrong("it takes frame,quality,hash,seconds");
  const auto place = number<std::int64_t>(fields[0]);
  if (!place || *place < 0) return wrong("the frame is not a number");
  return frame_of(*place, fields[1], fields[2], fields.size() == 4 ? fields[3] : "0");
}

/// As much of JSON (RFC 8259) as the two forms are made of: arrays and objects of strings and
/// numbers. Strings of them hold no escapes.
class Json {
 public:
  explicit Json(std::string_view text) : rest_(text) {}

  bool take(char c) {
    rest_ = rest_.substr(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<std::string_view> string() {
    if (!take('"')) return std::nullopt;
    const auto end = rest_.find_first_of("\"\\\n");
    if (end == std::string_view::npos || rest_[end] != '"') return std::nullopt;
    const std::string_view value = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return value;
  }
  /// A string or a number, as text.
  std::optional<std::string_view> scalar() {
    if (auto value = string()) return value;
    const auto end = std::min(rest_.find_first_of(",}] \t\r\n"), rest_.size());
    const std::string_view value = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (value.empty()) return std::nullopt;
    return value;
  }
  bool at_end() { return trimmed(rest_).empty(); }

 private:
  std::string_view rest_;
};

Result<VpdqList> compact_form(Json json) {
  VpdqList list;
  if (json.take(']')) return json.at_end() ? Result<VpdqList>(list) : wrong("something follows it");
  do {
    const std::string where = "element " + std::to_string(list.frames.size() + 1) + ": ";
    const auto text = json.string();
    if (!text) return wrong(where + "it is not a string");
    const auto fields = split(*text);
    if (fields.size() != 3) return wrong(where + "it takes \"hash,quality,seconds\"");
    auto frame =
        frame_of(static_cast<std::int64_t>(list.frames.size()), fields[1], fields[0], fields[2]);
    if (!frame) return wrong(where + frame.error().message);
    list.frames.push_back(*frame);
  } while (json.take(','));
  if (!json.take(']') || !json.at_end()) return wrong("it does not end where its array does");
  return list;
}

Result<VpdqFrame> feature(Json& json, std::int64_t place) {
  std::string_view quality;
  std::string_view hash;
  std::string_view time = "0";
  if (!json.take('{')) return wrong("it is not an object");
  do {
    const auto key = json.string();
    if (!key || !json.take(':')) return wrong("it has no key where one is due");
    const auto value = json.scalar();
    if (!value) return wrong("it has no value where one is due");
    if (*key == "quality") quality = *value;
    if (*key == "hash") hash = *value;
    if (*key == "timestamp") time = *value;
  } while (json.take(','));
  if (!json.take('}')) return wrong("it is not closed");
  return frame_of(place, quality, hash, time);
}

Result<VpdqList> object_form(Json json) {
  VpdqList list;
  if (json.take('}')) return json.at_end() ? Result<VpdqList>(list) : wrong("something follows it");
  do {
    const auto key = json.string();
    const auto place = key ? number<std::int64_t>(*key) : std::nullopt;
    if (!place || *place < 0 || !json.take(':')) return wrong("a key is not a frame's number");
    auto frame = feature(json, *place);
    if (!frame) return wrong("frame " + std::to_string(*place) + ": " + frame.error().message);
    list.frames.push_back(*frame);
  } while (json.take(','));
  if (!json.take('}') || !json.at_end()) return wrong("it does not end where its object does");
  return list;
}

}  // namespace

Result<VpdqList> vpdq_from_text(std::string_view text) {
  VpdqList list;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view here = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (here.empty()) continue;
    auto frame = frame_of_line(here);
    if (!frame)
      return wrong("line " + std::to_string(line) + " of the vPDQ list: " + frame.error().message);
    list.frames.push_back(*frame);
  }
  return list;
}

Result<VpdqList> vpdq_from_json(std::string_view json) {
  Json reader(json);
  const auto named = [](const Result<VpdqList>& list) {
    return list ? list : wrong("the vPDQ list in JSON: " + list.error().message);
  };
  if (reader.take('[')) return named(compact_form(reader));
  if (reader.take('{')) return named(object_form(reader));
  return named(wrong("it is neither an array nor an object"));
}

}  // namespace reseau
