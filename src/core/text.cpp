// Hex and base64. Strict: the length must fit, and nothing but digits is skipped or taken.
#include <algorithm>
#include <array>

#include <reseau/signature.h>

namespace reseau {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Error not_text(std::string_view what, std::size_t position) {
  return {Code::invalid_argument, "not " + std::string(what) +
                                      ": unexpected character at position " +
                                      std::to_string(position)};
}

}  // namespace

std::string to_hex(Bytes bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15];
  }
  return text;
}

Result<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) {
    return Error{Code::invalid_argument, "not hex: an odd number of digits (" +
                                             std::to_string(hex.size()) +
                                             "), two are needed a byte"};
  }
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_value(hex[i]);
    const int low = hex_value(hex[i + 1]);
    if (high < 0 || low < 0) return not_text("hex", high < 0 ? i : i + 1);
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string to_base64(Bytes bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kBase64Digits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

Result<std::string> from_base64(std::string_view base64) {
  if (base64.size() % 4 != 0) {
    return Error{Code::invalid_argument, "not base64: " + std::to_string(base64.size()) +
                                             " characters, and it must be a multiple of four"};
  }
  std::size_t padding = 0;
  while (padding < 2 && padding < base64.size() && base64[base64.size() - 1 - padding] == '=')
    ++padding;
  std::string bytes;
  bytes.reserve(base64.size() / 4 * 3);
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < base64.size(); ++i) {
    const bool pad = i >= base64.size() - padding;
    const std::size_t digit = pad ? 0 : kBase64Digits.find(base64[i]);
    if (digit == std::string_view::npos) return not_text("base64", i);
    group = group << 6 | static_cast<std::uint32_t>(digit);
    if (i % 4 == 3) {
      for (int shift = 16; shift >= 0; shift -= 8)
        bytes += static_cast<char>(group >> shift & 255U);
      group = 0;
    }
  }
  // Bits that stand for nothing must be zero, or two texts would mean the same bytes.
  for (std::size_t k = 0; k < padding; ++k) {
    if (bytes.back() != '\0') return not_text("base64", base64.size() - padding - 1);
    bytes.pop_back();
  }
  return bytes;
}

}  // namespace reseau
