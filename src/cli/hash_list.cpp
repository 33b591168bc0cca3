// The CSV of RFC 4180, but that no field reaches over the end of a line: hex digits never need to,
// and so one stray quote spoils one line and not the rest of the file.
#include "cli/hash_list.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/exit.h"

namespace reseau::cli {
namespace {

using Column = HashList::Column;

struct NamedColumn {
  std::string_view name;
  Column column;
};
constexpr std::array<NamedColumn, 5> kColumns = {{{"grid", Column::grid},
                                                  {"pdq", Column::pdq},
                                                  {"sha256", Column::sha256},
                                                  {"sha1", Column::sha1},
                                                  {"md5", Column::md5}}};
constexpr const char* kKnown = "grid, pdq, sha256, sha1 and md5, any of them";

std::string_view name_of(Column column) {
  return kColumns.at(static_cast<std::size_t>(column)).name;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Takes one field, and what separates it from the next, off the front of `text`.
Result<std::string> take_field(std::string_view& text) {
  const std::string_view start = trimmed(text.substr(0, text.find(',')));
  if (!start.starts_with('"')) {
    text.remove_prefix(std::min(text.size(), text.find(',')));
    return std::string(start);
  }
  text.remove_prefix(text.find('"') + 1);
  std::string field;
  for (;; text.remove_prefix(1)) {
    if (text.empty()) return Error{Code::invalid_argument, "a quote that is not closed"};
    if (text[0] == '"') {
      text.remove_prefix(1);
      if (text.empty() || text[0] != '"') break;
    }
    field += text[0];
  }
  const std::size_t comma = std::min(text.size(), text.find(','));
  if (!trimmed(text.substr(0, comma)).empty())
    return Error{Code::invalid_argument, "something between a closing quote and the next comma"};
  text.remove_prefix(comma);
  return std::string(trimmed(field));
}

Result<std::vector<std::string>> fields_of(std::string_view text) {
  std::vector<std::string> fields;
  for (;;) {
    Result<std::string> field = take_field(text);
    if (!field) return field.error();
    fields.push_back(std::move(*field));
    if (text.empty()) return fields;
    text.remove_prefix(1);  // the comma
  }
}

template <std::size_t kSize>
Status set_digest(std::optional<std::array<std::uint8_t, kSize>>& digest, const std::string& hex) {
  const Result<std::string> bytes = from_hex(hex);
  if (!bytes) return bytes.error();
  if (bytes->size() != kSize) {
    return Error{Code::invalid_argument, "it takes " + std::to_string(2 * kSize) +
                                             " hex digits, not " + std::to_string(hex.size())};
  }
  std::copy(bytes->begin(), bytes->end(), digest.emplace().begin());
  return success();
}

Status set_signature(std::optional<Signature>& signature, Algorithm algorithm,
                     const std::string& hex) {
  const Result<Signature> parsed = Signature::from_hex(algorithm, hex);
  if (!parsed) return parsed.error();
  signature = *parsed;
  return success();
}

Status set(EntryData& data, Column column, const std::string& hex) {
  switch (column) {
    case Column::grid:
      return set_signature(data.grid, Algorithm::grid, hex);
    case Column::pdq:
      return set_signature(data.pdq, Algorithm::pdq, hex);
    case Column::sha256:
      return set_digest(data.sha256, hex);
    case Column::sha1:
      return set_digest(data.sha1, hex);
    case Column::md5:
      return set_digest(data.md5, hex);
  }
  return Error{Code::internal, "no such column"};
}

Column column_named(const std::string& name, const std::string& file) {
  std::string lower = name;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const NamedColumn& known : kColumns) {
    if (known.name == lower) return known.column;
  }
  const std::string shown = name.size() > 40 ? name.substr(0, 40) + "..." : name;
  throw Fatal(file + ": its first line must name its columns (" + kKnown + "), and \"" + shown +
              "\" is none of them; rename or remove that column");
}

}  // namespace

HashList::HashList(Source source) : source_(std::move(source)) {
  const auto header = next_line();
  const std::string expected = "its first line must name its columns: " + std::string(kKnown);
  if (!header) throw Fatal(source_.name() + " is empty; " + expected);
  if (header->starts_with("\xFF\xFE") || header->starts_with("\xFE\xFF"))
    throw Fatal(source_.name() + " is UTF-16; save it as UTF-8 or plain ASCII");
  const auto names = fields_of(*header);
  if (!names) throw Fatal(source_.name() + ", line 1: " + names.error().message + "; " + expected);
  for (const std::string& name : *names) {
    const Column column = column_named(name, source_.name());
    if (std::find(columns_.begin(), columns_.end(), column) != columns_.end()) {
      throw Fatal(source_.name() + ": the column " + std::string(name_of(column)) +
                  " is there twice; remove one of the two");
    }
    columns_.push_back(column);
  }
}

std::optional<std::string> HashList::next_line() {
  for (;;) {
    std::optional<std::string> text = read_until(source_, '\n');
    if (!text) return std::nullopt;
    if (++line_ == 1 && text->starts_with("\xEF\xBB\xBF")) text->erase(0, 3);
    if (!trimmed(*text).empty()) return text;
  }
}

std::optional<HashList::Row> HashList::next() {
  const auto text = next_line();
  if (!text) return std::nullopt;
  return Row{line_, parse(*text)};
}

Result<EntryData> HashList::parse(std::string_view text) const {
  const std::string line = "line " + std::to_string(line_);
  const auto fields = fields_of(text);
  if (!fields) return Error{fields.error().code, line + ": " + fields.error().message};
  if (fields->size() != columns_.size()) {
    return Error{Code::invalid_argument, line + ": " + std::to_string(fields->size()) +
                                             " fields, where the header names " +
                                             std::to_string(columns_.size()) + " columns"};
  }
  EntryData data;
  bool any = false;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string& hex = (*fields)[i];
    if (hex.empty()) continue;
    any = true;
    if (const Status status = set(data, columns_[i], hex); !status) {
      return Error{status.error().code, line + ", column " + std::string(name_of(columns_[i])) +
                                            ": " + status.error().message};
    }
  }
  if (!any) return Error{Code::invalid_argument, line + ": every field is empty"};
  return data;
}

}  // namespace reseau::cli
