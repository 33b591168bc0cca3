#include "cli/record.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace reseau::cli {

using nlohmann::ordered_json;

const std::vector<Column> kHashColumns = {{"path", "/path"},
                                          {"part", "/part"},
                                          {"media", "/media"},
                                          {"bytes", "/bytes"},
                                          {"width", "/width"},
                                          {"height", "/height"},
                                          {"completeness", "/completeness"},
                                          {"quality", "/quality"},
                                          {"pdq_quality", "/pdq_quality"},
                                          {"outcome", "/outcome"},
                                          {"isolation", "/isolation"},
                                          {"grid", "/grid"},
                                          {"pdq", "/pdq"},
                                          {"sha256", "/sha256"},
                                          {"sha1", "/sha1"},
                                          {"md5", "/md5"},
                                          {"error_code", "/error/code"},
                                          {"error_message", "/error/message"}};

const std::vector<Column> kMatchColumns = {{"entry", "/entry"},
                                           {"list", "/list"},
                                           {"category", "/category"},
                                           {"algorithm", "/algorithm"},
                                           {"distance", "/distance"},
                                           {"limit", "/limit"},
                                           {"aligned", "/aligned"},
                                           {"partial", "/partial"},
                                           {"turn", "/view/turn"},
                                           {"mirror", "/view/mirror"},
                                           {"negative", "/view/negative"},
                                           {"tilt", "/view/tilt"},
                                           {"expected_false", "/expected_false"},
                                           {"verdict", "/verdict"}};

namespace {

ordered_json hex_or_null(const std::optional<Signature>& signature) {
  return signature ? ordered_json(signature->hex()) : ordered_json();
}

}  // namespace

ordered_json error_record(const Error& error) {
  return {{"code", name(error.code)}, {"message", error.message}};
}

ordered_json hash_record(const std::string& path, const Examined& examined) {
  const auto& digests = examined.digests;
  ordered_json row;
  const std::string part = describe(examined.part);
  row["path"] = path;
  row["part"] = part.empty() ? ordered_json() : ordered_json(part);
  row["media"] = examined.format.media == Media::none ? ordered_json()
                                                      : ordered_json(name(examined.format.media));
  row["bytes"] = or_null<ordered_json>(examined.bytes);
  row["width"] = or_null<ordered_json>(examined.width);
  row["height"] = or_null<ordered_json>(examined.height);
  row["completeness"] = or_null<ordered_json>(examined.completeness);
  row["quality"] = or_null<ordered_json>(examined.quality);
  row["pdq_quality"] = or_null<ordered_json>(examined.pdq_quality());
  row["outcome"] = name(examined.outcome);
  row["isolation"] = examined.isolation.empty() ? ordered_json() : ordered_json(examined.isolation);
  row["grid"] = hex_or_null(examined.grid);
  row["pdq"] = hex_or_null(examined.pdq());
  row["sha256"] = digests ? ordered_json(to_hex(Bytes(digests->sha256))) : ordered_json();
  row["sha1"] = digests ? ordered_json(to_hex(Bytes(digests->sha1))) : ordered_json();
  row["md5"] = digests ? ordered_json(to_hex(Bytes(digests->md5))) : ordered_json();
  if (!examined.grid && !examined.pdq())
    row["error"] = error_record({examined.outcome, examined.message});
  return row;
}

namespace {

/// None for the whole picture.
ordered_json rectangle_record(const Rectangle& where) {
  if (where == Rectangle{}) return nullptr;
  return {{"x", where.x}, {"y", where.y}, {"width", where.width}, {"height", where.height}};
}

}  // namespace

ordered_json windows_record(const EntryData& data) {
  ordered_json windows = ordered_json::array();
  const auto add = [&windows](const Window& window) {
    windows.push_back({{"rectangle", rectangle_record(window.where)},
                       {"tilt", window.tilt},
                       {"grid", window.grid.hex()}});
  };
  if (data.trimmed) add(*data.trimmed);
  for (const Window& window : data.windows) add(window);
  return windows;
}

ordered_json view_record(const View& view) {
  return {{"turn", view.turn},
          {"mirror", view.mirror},
          {"negative", view.negative},
          {"trim", rectangle_record(view.trim)},
          {"rectangle", rectangle_record(view.rectangle)},
          {"tilt", view.tilt}};
}

ordered_json match_record(const Match& match) {
  return {{"entry", entry_name(match.entry)},
          {"list", nullptr},
          {"category", nullptr},
          {"algorithm", name(match.kind)},
          {"distance", match.distance},
          {"limit", match.limit.value},
          {"aligned", match.aligned},
          {"partial", match.partial},
          {"view", view_record(match.view)},
          {"expected_false", match.expected_false},
          {"verdict", name(match.verdict)},
          {"stretches", ordered_json::array()}};
}

std::string entry_name(EntryId id) {
  return id == kTestCardEntry ? "testcard" : std::to_string(id);
}

std::string about(double number) {
  std::array<char, 32> text{};
  const char* format = number >= 0.1 ? "%.1f" : "%.0e";
  std::snprintf(text.data(), text.size(), format, number);
  return number == 0 ? "0" : text.data();
}

std::string describe(const Match& match) {
  if (match.kind != MatchKind::grid && match.kind != MatchKind::pdq)
    return "same bytes, by " + std::string(name(match.kind));
  std::string text = std::string(name(match.kind)) + " distance " + std::to_string(match.distance) +
                     ", limit " + std::to_string(match.limit.value);
  if (match.view != View{}) text += "; " + describe(match.view);
  if (match.partial) text += "; by what is there of the file";
  return text;
}

std::string describe(const Examined& examined) {
  std::string text(examined.format.name);
  text += examined.format.media == Media::none ? std::string(" content")
                                               : ' ' + std::string(name(examined.format.media));
  if (examined.width && examined.height) {
    text += ", " + std::to_string(*examined.width) + " x " + std::to_string(*examined.height) +
            " pixels";
  }
  return text;
}

std::string reservation(const Examined& examined) {
  if (examined.outcome == Code::ok) return {};
  std::string why = std::string(name(examined.outcome)) + ": " + examined.message;
  if (examined.fully_examined()) return why;
  // With the digests, at least the exact bytes were looked at.
  return (examined.digests ? "NOT FULLY EXAMINED: " : "NOT EXAMINED: ") + why;
}

}  // namespace reseau::cli
