/// What the pages of figures are put together from.
#pragma once

#include <string>

#include "evaluate/figures.h"

namespace reseau::evaluation {

/// From the first byte to the opened body: no script, and nothing may be fetched.
[[nodiscard]] std::string page_head();
[[nodiscard]] std::string page_foot();

/// `text` is HTML.
[[nodiscard]] std::string cell(const std::string& text);
/// Of a column; escaped.
[[nodiscard]] std::string head(const std::string& text);
[[nodiscard]] std::string row(const std::string& cells);
[[nodiscard]] std::string table(const std::string& rows);
/// A heading, escaped, and a paragraph of HTML.
[[nodiscard]] std::string section(const std::string& title, const std::string& words);

/// A cell, from red (goodness 0) by way of white to green (1).
[[nodiscard]] std::string shaded(double value, double goodness);
/// A share that had better be 1; empty for null.
[[nodiscard]] std::string recall_cell(const Json& recall);
/// A share that had better be 0.
[[nodiscard]] std::string matched_cell(const Json& share);
[[nodiscard]] std::string between(const Json& interval, int digits);

}  // namespace reseau::evaluation
