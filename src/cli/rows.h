/// Results on standard output, in the format that was asked for.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace reseau::cli {

class Output;

enum class Format : std::uint8_t { text, jsonl, csv };

/// A CSV column: its name, and the JSON pointer (RFC 6901) of what it shows of a row.
struct Column {
  const char* name;
  const char* pointer;
};

/// What CSV shows of a JSON row. If `each` names an array of the row, there is one line for every
/// element of it (and one line with those fields empty where there is none).
struct Table {
  std::vector<Column> columns;
  const char* each = nullptr;
  std::vector<Column> element_columns;  ///< pointers into the element
};

class Rows {
 public:
  /// `table` must outlive this. For CSV the header is written at once.
  Rows(Output& output, Format format, const Table& table);

  /// `text` is what text shows of `row`: whole lines.
  void add(const nlohmann::ordered_json& row, std::string_view text);
  void flush();

 private:
  Output& output_;
  Format format_;
  const Table& table_;
};

/// JSON on one line. Strings may hold bytes that are not UTF-8: see json_string().
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& value);

}  // namespace reseau::cli
