#include "cli/rows.h"

#include <nlohmann/json.hpp>

#include "cli/escape.h"
#include "cli/output.h"

namespace reseau::cli {
namespace {

using nlohmann::ordered_json;

std::string cell(const ordered_json& row, const char* pointer) {
  const ordered_json::json_pointer where(pointer);
  if (!row.contains(where)) return {};
  const ordered_json& value = row.at(where);
  if (value.is_null()) return {};
  if (value.is_string()) return csv_field(value.get_ref<const std::string&>());
  return csv_field(json_text(value));
}

void append_cells(std::string& line, const ordered_json& row, const std::vector<Column>& columns) {
  for (const Column& column : columns) {
    if (&column != columns.data() || !line.empty()) line += ',';
    line += cell(row, column.pointer);
  }
}

std::string csv_lines(const ordered_json& row, const Table& table) {
  std::string common;
  append_cells(common, row, table.columns);
  if (table.each == nullptr) return common + '\n';
  std::string lines;
  const auto line_of = [&](const ordered_json& element) {
    std::string line = common;
    append_cells(line, element, table.element_columns);
    lines += line + '\n';
  };
  for (const ordered_json& element : row.at(table.each)) line_of(element);
  if (lines.empty()) line_of(ordered_json());
  return lines;
}

}  // namespace

std::string json_text(const ordered_json& value) {
  std::string text;
  if (value.is_string()) return json_string(value.get_ref<const std::string&>());
  if (value.is_array()) {
    for (const ordered_json& element : value)
      text += (text.empty() ? "" : ",") + json_text(element);
    return '[' + text + ']';
  }
  if (value.is_object()) {
    for (const auto& [key, element] : value.items())
      text += (text.empty() ? "" : ",") + json_string(key) + ':' + json_text(element);
    return '{' + text + '}';
  }
  return value.dump();
}

Rows::Rows(Output& output, Format format, const Table& table)
    : output_(output), format_(format), table_(table) {
  if (format_ != Format::csv) return;
  std::string header;
  for (const auto* columns : {&table_.columns, &table_.element_columns}) {
    for (const Column& column : *columns)
      header += (header.empty() ? "" : ",") + std::string(column.name);
  }
  output_.write(header + '\n');
}

void Rows::add(const ordered_json& row, std::string_view text) {
  switch (format_) {
    case Format::text:
      output_.write(text);
      break;
    case Format::jsonl:
      output_.write(json_text(row) + '\n');
      break;
    case Format::csv:
      output_.write(csv_lines(row, table_));
      break;
  }
}

void Rows::flush() { output_.flush(); }

}  // namespace reseau::cli
