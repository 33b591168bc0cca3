#include "evaluate/html.h"

#include <algorithm>
#include <cmath>

#include "evaluate/plot.h"

namespace reseau::evaluation {
namespace {

constexpr const char* kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Reseau: evaluation</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2.5rem }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums }
th, td { padding: .15rem .5rem; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap }
th:first-child, td:first-child { text-align: left }
.wide { overflow-x: auto } .soft { color: #777 } svg { width: 100%; height: auto } text { font: 12px system-ui, sans-serif; fill: #444 }
</style>
</head>
<body>
)";

}  // namespace

std::string page_head() { return kHead; }
std::string page_foot() { return "</body>\n</html>\n"; }

std::string cell(const std::string& text) { return "<td>" + text + "</td>"; }
std::string head(const std::string& text) { return "<th>" + escaped(text) + "</th>"; }
std::string row(const std::string& cells) { return "<tr>" + cells + "</tr>\n"; }
std::string table(const std::string& rows) {
  return "<div class=\"wide\"><table>\n" + rows + "</table></div>\n";
}
std::string section(const std::string& title, const std::string& words) {
  return "<h2>" + escaped(title) + "</h2>\n<p>" + words + "</p>\n";
}

std::string shaded(double value, double goodness) {
  const double shade = std::clamp(goodness, 0.0, 1.0);
  const std::string other = std::to_string(static_cast<int>(235 - 110 * std::abs(2 * shade - 1)));
  const std::string colour =
      shade < 0.5 ? "rgb(240," + other + "," + other + ")" : "rgb(" + other + ",235," + other + ")";
  return "<td style=\"background:" + colour + "\">" + shown(value, 3) + "</td>";
}

std::string recall_cell(const Json& recall) {
  if (recall.is_null()) return cell("");
  return shaded(recall.get<double>(), recall.get<double>());
}

std::string matched_cell(const Json& share) {
  return shaded(share.get<double>(), 1 - share.get<double>());
}

std::string between(const Json& interval, int digits) {
  return "<span class=\"soft\">" + shown(interval[0].get<double>(), digits) + " to " +
         shown(interval[1].get<double>(), digits) + "</span>";
}

}  // namespace reseau::evaluation
