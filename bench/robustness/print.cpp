// The table that people read; it says nothing that the JSON does not.
#include <array>
#include <cstdio>
#include <map>

#include "report.h"

namespace reseau::bench {
namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& rule, const char* field) {
  return rule.contains(field) ? std::to_string(rule.at(field).get<int>()) : "-";
}

void print_rules(const Json& report) {
  std::printf("\n%-24s %9s %5s %9s %9s %9s %7s %s\n", "rule", "grid <=", "pdq <=", "standard",
              "unseen", "precision", "false", "limits are");
  for (const Json& rule : report.at("rules")) {
    const bool all_views = rule.contains("precision");
    std::printf("%-24s %9s %5s %9.4f %9.4f ", rule.at("rule").get<std::string>().c_str(),
                text(rule, "grid_limit").c_str(), text(rule, "pdq_limit").c_str(),
                rule.at("mean_standard").get<double>(), rule.at("mean_unseen").get<double>());
    if (all_views) {
      std::printf("%9.6f %7.0f ", rule.at("precision").get<double>(),
                  rule.at("false_pairs_standard").get<double>());
    } else {
      std::printf("%9s %7s ", "-", "-");
    }
    const bool given = !rule.contains("rate");
    std::printf("%s\n", given ? "given" : rule.at("measured").get<bool>() ? "counted" : "fitted");
  }
}

void print_edits(const Json& report) {
  constexpr std::array kRules = {"grid 32 views 1e-6",  "pdq 32 views 1e-6",
                                 "union 32 views 1e-6", "grid 32 views 1e-10",
                                 "pdq 32 views 1e-10",  "union 32 views 1e-10"};
  std::map<std::string, const Json*> by_name;
  for (const Json& rule : report.at("rules")) by_name[rule.at("rule")] = &rule;
  std::printf("\nrecall, all 32 views; a refused copy or original counts as not found\n");
  std::printf("%-26s|  1e-6: grid  pdq    union | 1e-10: grid  pdq    union | refused: grid pdq\n",
              "edit");
  for (const auto& [edit, refused] : report.at("refused").at("edits").items()) {
    std::printf("%-26s", edit.c_str());
    for (std::size_t i = 0; i < kRules.size(); ++i) {
      const double recall = by_name.at(kRules[i])->at("edits").at(edit).get<double>();
      std::printf("%s%6.3f ", i % 3 == 0 ? "|      " : "", recall);
    }
    std::printf("|         %4d %4d\n", refused.at("grid").get<int>(), refused.at("pdq").get<int>());
  }
}

void print_tails(const Json& report) {
  for (const auto& [kind, tail] : report.at("tails").items()) {
    std::printf("\ntail of %s views: %llu comparisons; chosen: %s\n", kind.c_str(),
                static_cast<unsigned long long>(tail.at("comparisons").get<std::uint64_t>()),
                tail.at("chosen").get<std::string>().c_str());
    for (const Json& fit : tail.at("fits")) {
      std::printf("  %-40s error %.3f miss %.2f  1e-6 %6d  1e-8 %6d  1e-10 %6d\n",
                  fit.at("fit").get<std::string>().c_str(), fit.at("error_decades").get<double>(),
                  fit.at("miss_decades").get<double>(), fit.at("limit_1e-6").get<int>(),
                  fit.at("limit_1e-8").get<int>(), fit.at("limit_1e-10").get<int>());
    }
  }
  for (const char* kind : {"grid 32", "pdq 32"}) {
    std::printf("\nlargest distance of %s views at log10 of the false-positive rate\n ", kind);
    for (const Json& point : report.at("tails").at(kind).at("curve")) {
      std::printf(" {%d, %.1f}", point.at("distance").get<int>(),
                  point.at("log10_rate").get<double>());
    }
    std::printf("\n");
  }
}

void print_nearest(const Json& report) {
  for (const auto& [kind, worst] : report.at("nearest").items()) {
    std::printf("\nnearest unrelated pairs by %s (each pair of pictures once)\n", kind.c_str());
    for (const Json& pair : worst.at("pairs")) {
      std::printf("  %7d  %s [%s, q%d] ~ %s [q%d]\n", pair.at("distance").get<int>(),
                  pair.at("query").get<std::string>().c_str(),
                  pair.at("edit").get<std::string>().c_str(), pair.at("query_quality").get<int>(),
                  pair.at("known").get<std::string>().c_str(), pair.at("known_quality").get<int>());
    }
    std::printf("the %d nearest come from %d pairs of pictures; most often:\n",
                worst.at("looked_at").get<int>(), worst.at("distinct_pairs").get<int>());
    for (const Json& picture : worst.at("frequent")) {
      std::printf("  %4d  %s\n", picture.at("pairs").get<int>(),
                  picture.at("name").get<std::string>().c_str());
    }
    std::printf("quality below: share of originals, of copies, of those nearest pairs\n");
    for (const Json& row : worst.at("by_quality")) {
      std::printf("  %3d  %.4f  %.4f  %.4f\n", row.at("below").get<int>(),
                  row.at("originals").get<double>(), row.at("copies").get<double>(),
                  row.at("worst_pairs").get<double>());
    }
  }
}

}  // namespace

void print(const Json& report) {
  std::printf("%d known pictures; %d of them asked for, as they are and in %d + %d edits\n",
              report.at("known").get<int>(), report.at("photographs_asked").get<int>(),
              report.at("edits_standard").get<int>(), report.at("edits_unseen").get<int>());
  std::printf("%llu comparisons of unrelated pictures; %d pairs left out as the same\n",
              static_cast<unsigned long long>(report.at("comparisons").get<std::uint64_t>()),
              report.at("same_pairs_left_out").get<int>());
  for (const auto* kind : {"originals_grid", "originals_pdq"}) {
    if (!report.at("refused").contains(kind)) continue;
    std::printf("refused %s: %zu\n", kind, report.at("refused").at(kind).size());
    for (const Json& row : report.at("refused").at(kind)) {
      std::printf("  %s: quality %d, pdq quality %d\n", row.at("name").get<std::string>().c_str(),
                  row.at("grid_quality").get<int>(), row.at("pdq_quality").get<int>());
    }
  }
  print_rules(report);
  print_edits(report);
  print_tails(report);
  print_nearest(report);
}

}  // namespace reseau::bench
