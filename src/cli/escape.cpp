#include "cli/escape.h"

#include <array>
#include <cstdint>
#include <cstdio>

namespace reseau::cli {
namespace {

/// One character at the start of a text: its code point and its bytes; `length` is 0 where there is
/// no valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF).
struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;
};

Character first_character(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t code = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    code = code << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast[length] || surrogate || code > 0x10FFFF) return {};
  return {code, length};
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

bool is_invisible_mark(std::uint32_t code) {
  return code == 0x061C || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

std::string hex_escape(const char* format, unsigned value) {
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}

std::string short_escape(char c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return {};
  }
}

/// Calls `escape(character, bytes)` for every character; what it gives is taken instead, and the
/// bytes themselves where it gives nothing.
template <typename Escape>
std::string escaped(std::string_view text, Escape escape) {
  std::string out;
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::string_view bytes = text.substr(0, character.length == 0 ? 1 : character.length);
    const std::string instead = escape(character, bytes);
    out += instead.empty() ? bytes : std::string_view(instead);
    text.remove_prefix(bytes.size());
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  return escaped(text, [](Character character, std::string_view bytes) -> std::string {
    const auto byte = static_cast<std::uint8_t>(bytes[0]);
    if (character.length == 0) return hex_escape("\\x%02x", byte);
    if (bytes[0] == '\\') return "\\\\";
    if (std::string known = short_escape(bytes[0]); !known.empty()) return known;
    if (is_control(character.code) && character.code < 0x80) return hex_escape("\\x%02x", byte);
    if (is_control(character.code) || is_invisible_mark(character.code))
      return hex_escape("\\u%04x", character.code);
    return {};
  });
}

std::string json_string(std::string_view text) {
  return '"' +
         escaped(text,
                 [](Character character, std::string_view bytes) -> std::string {
                   const auto byte = static_cast<std::uint8_t>(bytes[0]);
                   if (character.length == 0) return hex_escape("\\udc%02x", byte);
                   if (bytes[0] == '"' || bytes[0] == '\\') return std::string("\\") + bytes[0];
                   if (std::string known = short_escape(bytes[0]); !known.empty()) return known;
                   if (is_control(character.code)) return hex_escape("\\u%04x", character.code);
                   return {};
                 }) +
         '"';
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace reseau::cli
