// Limits from a user's own photographs.
#include <reseau/evaluate.h>
#include <reseau/version.h>
#include <array>
#include <cmath>
#include <cstdio>

#include "evaluate/figures.h"
#include "evaluate/measure.h"

namespace reseau {
namespace {

using evaluation::Held;
using evaluation::Json;
using evaluation::Kind;
using evaluation::or_null;
using evaluation::Rule;

Json row(const evaluation::Measurement& measured, const evaluation::Tails& tails,
         const CalibrateOptions& options, const char* kind, const Rule& rule) {
  const double rate = options.expected_false / static_cast<double>(options.entries);
  const Held held = tails.at(rule, rate);
  const bool is_grid = rule.parts.size() > 1;
  Json result = {{"kind", kind}};
  if (is_grid) result["level"] = name(measured.kinds[rule.parts.back().kind].level);
  result["limit"] = or_null(held.limits.front());
  if (is_grid) result["aligned_limit"] = or_null(held.limits.back());
  const auto built_in = evaluation::built_in(measured, rule, options.entries);
  result["built_in"] = or_null(built_in->limits.front());
  if (is_grid) result["built_in_aligned"] = or_null(built_in->limits.back());
  result["counted"] = held.counted;
  result["decades_extrapolated"] = held.extrapolated;
  result["in_part_built_in"] = held.built_in;
  return result;
}

/// A kind's whole curve: what the library's own tables are made of.
Json curve(const Kind& kind, const evaluation::Tails& tails, std::size_t place) {
  const evaluation::Tail& tail = tails.of(place);
  Json result = {{"kind", kind.name}, {"comparisons", tail.comparisons()}};
  for (int decade = -1; decade >= -12; --decade) {
    const double rate = std::pow(10, decade);
    if (const auto within = tails.limit_at(place, rate)) {
      result["limits"].push_back(
          {{"log10_rate", decade}, {"limit", *within}, {"counted", tail.is_measured(rate)}});
    }
  }
  for (const evaluation::Fit& fit : tail.fits()) {
    result["fits"].push_back({{"curve", fit.describe()},
                              {"chosen", &fit == tail.chosen()},
                              {"largest_miss_decades", fit.miss},
                              {"limit_1e-10", tail.limit_at(1e-10, fit)}});
  }
  return result;
}

std::string text_of(const Json& calibration) {
  std::array<char, 200> line{};
  std::snprintf(
      line.data(), line.size(),
      "Limits at which one query expects %g false matches of a kind among %s entries,\nif "
      "strangers are to each other as these %s photographs are (%s comparisons):\n\n",
      calibration["expected_false"].get<double>(), calibration["entries"].dump().c_str(),
      calibration["photographs"].dump().c_str(), calibration["comparisons"].dump().c_str());
  std::string text = line.data();
  std::snprintf(line.data(), line.size(), "%-6s %-10s %9s %9s %11s %11s  %s\n", "kind", "level",
                "limit", "aligned", "built in", "aligned", "");
  text += line.data();
  const auto shown = [](const Json& row, const char* field) {
    if (!row.contains(field)) return std::string();
    return row[field].is_null() ? std::string("none") : row[field].dump();
  };
  constexpr double kBold = 3;  // decades
  bool any_missing = false;
  bool any_bold = false;
  for (const Json& row : calibration["limits"]) {
    any_missing = any_missing || row["limit"].is_null();
    any_bold = any_bold || (row["decades_extrapolated"].get<double>() > kBold &&
                            !row["limit"].is_null() && row["limit"] > row["built_in"]);
    std::array<char, 64> beyond{};
    const auto decades = row["decades_extrapolated"].get<double>();
    if (decades > 0) {
      std::snprintf(beyond.data(), beyond.size(), "fitted, %.1f decades beyond the counts%s",
                    decades, row["in_part_built_in"].get<bool>() ? ", in part built in" : "");
    } else {
      std::snprintf(beyond.data(), beyond.size(), "the furthest that was looked at");
    }
    std::snprintf(line.data(), line.size(), "%-6s %-10s %9s %9s %11s %11s  %s\n",
                  row["kind"].get<std::string>().c_str(), row.value("level", "").c_str(),
                  shown(row, "limit").c_str(), shown(row, "aligned_limit").c_str(),
                  shown(row, "built_in").c_str(), shown(row, "built_in_aligned").c_str(),
                  row["counted"].get<bool>() ? "counted" : beyond.data());
    text += line.data();
  }
  if (any_missing) {
    text +=
        "\nnone: strangers among these photographs are too near for any limit. Do some show the "
        "same? Name them\nwith --same; reseau evaluate lists the nearest.\n";
  }
  if (any_bold) {
    text +=
        "\nBeware: a limit that is further than the built-in one, and more than three decades "
        "beyond the counts, is a\nguess. Calibrate on more photographs before you use it.\n";
  }
  return text +
         "\nTo use them: reseau match --kind grid --limit LIMIT --aligned-limit ALIGNED, or --kind "
         "pdq\n--limit LIMIT. They are fitted on unrelated pictures: look-alikes (bursts of one "
         "scene, one\nform or template, one product) are nearer to each other; see reseau "
         "evaluate.\n";
}

}  // namespace

Result<Calibration> calibrate(const CalibrateOptions& options) {
  if (options.entries == 0 || !(options.expected_false > 0)) {
    return Error{Code::invalid_argument,
                 "limits are for one entry and more, and for more than no false matches"};
  }
  EvaluateOptions how = options.measure;
  how.groups.clear();
  how.protocol = Protocol::edits;
  const auto measured = evaluation::measure(how, false);
  if (!measured) return measured.error();
  const evaluation::Tails tails(measured->kinds, measured->tuning.strangers);
  Json result = {{"format", 1},
                 {"reseau", version()},
                 {"seed", how.seed},
                 {"entries", options.entries},
                 {"expected_false", options.expected_false},
                 {"photographs", measured->gallery.photographs.size()},
                 {"asked", measured->tuning.subjects.size()},
                 {"comparisons", measured->tuning.strangers.comparisons}};
  const auto add = [&](const char* kind, const Rule& rule) {
    result["limits"].push_back(row(*measured, tails, options, kind, rule));
  };
  for (std::size_t level = 0; level < measured->levels.size(); ++level) {
    add("grid", evaluation::grid_rule(*measured, level));
  }
  add("pdq", evaluation::pdq_rule());
  for (std::size_t kind = 0; kind < measured->kinds.size(); ++kind) {
    if (!measured->kinds[kind].measure) continue;
    result["curves"].push_back(curve(measured->kinds[kind], tails, kind));
  }
  return Calibration{evaluation::json_text(result), text_of(result)};
}

}  // namespace reseau
