#include "cli/record.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/tally.h"

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
                                           {"verdict", "/verdict"},
                                           {"entry_media", "/entry_media"},
                                           {"stretches", "/stretches"}};

namespace {

double milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

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
  if (examined.video) row["duration"] = milliseconds(examined.duration.value_or(0));
  if (!examined.grid && !examined.pdq() && !examined.video)
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
          {"entry_media", name(match.entry_media)},
          {"stretches", stretches_record(match.stretches)}};
}

ordered_json stretches_record(const std::vector<Stretch>& stretches) {
  ordered_json all = ordered_json::array();
  for (const Stretch& stretch : stretches) {
    all.push_back({{"query_from", milliseconds(stretch.query_from)},
                   {"query_to", milliseconds(stretch.query_to)},
                   {"entry_from", milliseconds(stretch.entry_from)},
                   {"entry_to", milliseconds(stretch.entry_to)},
                   {"speed", std::round(stretch.speed * 1000) / 1000},
                   {"view", view_record(stretch.view)},
                   {"frames", stretch.frames},
                   {"distance", stretch.distance},
                   {"expected_false", stretch.expected_false}});
  }
  return all;
}

ordered_json frames_record(const VideoSignature& video) {
  ordered_json frames = ordered_json::array();
  for (const VideoFrame& frame : video.frames) {
    ordered_json row = {{"time", milliseconds(frame.time)}, {"until", milliseconds(frame.until)},
                        {"quality", frame.quality},         {"pdq_quality", frame.pdq_quality},
                        {"grid", frame.grid.hex()},         {"pdq", frame.pdq.hex()}};
    if (frame.inside) {
      row["inside"] = {{"rectangle", rectangle_record(frame.inside->where)},
                       {"quality", frame.inside->quality},
                       {"grid", frame.inside->grid.hex()}};
    }
    frames.push_back(std::move(row));
  }
  return frames;
}

std::string clock_time(double seconds) {
  const auto tenths = static_cast<long>(std::lround(std::max(seconds, 0.0) * 10));
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%ld:%02ld:%02ld.%ld", tenths / 36'000, tenths / 600 % 60,
                tenths / 10 % 60, tenths % 10);
  return text.data();
}

std::string describe(const Stretch& stretch, Media query, Media entry) {
  const auto span = [](double from, double to) {
    return to > from ? clock_time(from) + " to " + clock_time(to) : "at " + clock_time(from);
  };
  std::string text;
  if (query == Media::video) text += "the file " + span(stretch.query_from, stretch.query_to);
  if (entry == Media::video) {
    if (!text.empty()) text += " shows ";
    text += "the entry " + span(stretch.entry_from, stretch.entry_to);
  }
  if (stretch.speed != 1) {
    std::array<char, 32> speed{};
    std::snprintf(speed.data(), speed.size(), ", at %.2f times its speed", stretch.speed);
    text += speed.data();
  }
  text += stretch.frames == 1 ? ", a single look" : ", " + counted(stretch.frames, "frame");
  return text;
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
  if (examined.duration) text += ", " + clock_time(*examined.duration);
  if (examined.video) text += ", " + counted(examined.video->frames.size(), "different frame");
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
