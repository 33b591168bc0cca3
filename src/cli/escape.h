/// Text from outside (paths, labels, messages that quote them) as it may be shown or written.
///
/// A path is bytes. It may hold line feeds that would forge a row, escape sequences that would
/// rewrite the terminal, or bytes that are not UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace reseau::cli {

/// For people: control characters, invisible marks that turn the direction of writing, and bytes
/// that are not UTF-8 become \n, \t, \x1b, \u202e; a backslash becomes two.
[[nodiscard]] std::string printable(std::string_view text);

/// A JSON string with its quotes. Bytes that are not UTF-8 become lone surrogates \udc80 to \udcff,
/// as Python's `surrogateescape` has them, so that the bytes can be had back.
[[nodiscard]] std::string json_string(std::string_view text);

/// One CSV field, quoted where RFC 4180 asks for it. The bytes stay as they are.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace reseau::cli
