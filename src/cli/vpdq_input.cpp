#include "cli/vpdq_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
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
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string text(256, '\0');  // the beginning
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const bool json = is_json(text);
  if (!json && !is_line(text)) return std::nullopt;
  std::string rest(kMostBytes - text.size() + 1, '\0');
  file.read(rest.data(), static_cast<std::streamsize>(rest.size()));
  rest.resize(static_cast<std::size_t>(file.gcount()));
  text += rest;
  if (text.size() > kMostBytes)
    return Error{Code::limit_bytes, path + ": a vPDQ list of over 64 MiB is not read"};
  Result<VpdqList> list = json ? vpdq_from_json(text) : vpdq_from_text(text);
  if (!list) {
    return Error{Code::unsupported_format,
                 path + " begins as a vPDQ list and is none: " + list.error().message};
  }
  return list;
}

VpdqList vpdq_of_video(const std::string& path, VideoDecoder& decoder) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return {};
  VpdqList list = hash_vpdq(video_reader(file), 1, {}, decoder).list;
  ::close(file);
  return list;
}

}  // namespace reseau::cli
