/// Signatures and digests without pictures: CSV with a header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <reseau/bank.h>

#include "cli/source.h"

namespace reseau::cli {

/// The first line names the columns, in any order and case: grid, pdq, sha256, sha1, md5. All are
/// hex digits. Fields may be empty or in double quotes; blank lines, a byte order mark and CRLF do
/// no harm. In bounded memory, however long the file.
class HashList {
 public:
  enum class Column : std::uint8_t { grid, pdq, sha256, sha1, md5 };

  struct Row {
    std::size_t line = 0;
    Result<EntryData> data;  ///< the error names line and column
  };

  /// Reads the header. Throws: Fatal if that is not one.
  explicit HashList(Source source);

  /// None at the end, and after an interruption. Throws: Fatal if it cannot be read.
  [[nodiscard]] std::optional<Row> next();

 private:
  [[nodiscard]] std::optional<std::string> next_line();
  [[nodiscard]] Result<EntryData> parse(std::string_view text) const;

  Source source_;
  std::size_t line_ = 0;
  std::vector<Column> columns_;
};

}  // namespace reseau::cli
