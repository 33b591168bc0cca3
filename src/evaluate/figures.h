/// From what was measured to figures: the JSON that docs/evaluation.md draws.
#pragma once

#include <reseau/evaluate.h>
#include <array>
#include <nlohmann/json.hpp>

#include "evaluate/measure.h"
#include "evaluate/rules.h"
#include "evaluate/statistics.h"

namespace reseau::evaluation {

using Json = nlohmann::ordered_json;

/// Rates of false matches a comparison that recall is stated at.
inline constexpr std::array kRates = {1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10};
/// The one that tables by edit and by group are of.
inline constexpr double kMainRate = 1e-6;
/// The bank that built-in limits are asked for.
inline constexpr std::size_t kLargeBank = 10'000'000;

[[nodiscard]] Json figures(const Measurement& measured, const EvaluateOptions& options);

/// Of one rule in one half, with limits from wherever.
struct Found {
  double mean = 0;                 ///< over the labels of one sort
  std::vector<std::size_t> found;  ///< by label
  std::vector<std::size_t> asked;
  std::vector<std::vector<signed char>> rows;  ///< of each subject by label, for interval_of_mean()
};
[[nodiscard]] Found found_by(const Measurement& measured, const Half& half, const Rule& rule,
                             const Held& held, Label::Sort sort,
                             std::optional<int> group = std::nullopt);

[[nodiscard]] inline Json or_null(const std::optional<int>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// 0 of none.
[[nodiscard]] double share(std::size_t part, std::size_t all);
[[nodiscard]] Json json_of(const Interval& interval);

/// Indented, and with what is not UTF-8 (of a file's name) replaced.
[[nodiscard]] std::string json_text(const Json& json);

/// A power of ten in few letters: 1e-06 is "1e-6".
[[nodiscard]] std::string power(double rate);

}  // namespace reseau::evaluation
