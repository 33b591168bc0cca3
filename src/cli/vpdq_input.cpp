#include "cli/vpdq_input.h"

#include <reseau/image.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace reseau::cli {
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;

bool is_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '[' || text[first] == '{');
}

// "frame,quality,", and 64 hexadecimal digits.
bool is_line(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  text.remove_prefix(std::min(text.size(), text.find_first_not_of("\r\n")));
  for (int number = 0; number < 2; ++number) {
    const auto end = text.find_first_not_of("0123456789");
    if (end == 0 || end == std::string_view::npos || text[end] != ',') return false;
    text.remove_prefix(end + 1);
  }
  return text.size() >= kDigits &&
         std::all_of(text.begin(), text.begin() + kDigits,
                     [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace

std::optional<Result<VpdqList>> read_vpdq(const std::string& path) {
  const auto file = open_file(path);
  if (!file) return std::nullopt;
  std::string text(256, '\0');  // the beginning
  const ssize_t count = ::pread(file->descriptor(), text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  const bool json = is_json(text);
  if (!json && !is_line(text)) return std::nullopt;
  Limits limits;
  limits.max_bytes = kMostBytes;
  const auto bytes = read_file(path, limits);
  if (!bytes) {
    const Error& error = bytes.error();
    if (error.code != Code::limit_bytes) return error;
    return Error{error.code, path + ": a vPDQ list of over 64 MiB is not read"};
  }
  text.assign(bytes->begin(), bytes->end());
  Result<VpdqList> list = json ? vpdq_from_json(text) : vpdq_from_text(text);
  if (!list) {
    return Error{Code::unsupported_format,
                 path + " begins as a vPDQ list and is none: " + list.error().message};
  }
  return list;
}

VpdqList vpdq_of_video(const std::string& path, VideoDecoder& decoder) {
  const auto file = open_file(path);
  if (!file) return {};
  return hash_vpdq(video_reader(file->descriptor()), 1, {}, decoder).list;
}

}  // namespace reseau::cli
