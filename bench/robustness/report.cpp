#include "report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

namespace reseau::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kRates = {1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10};
constexpr int kOfficialPdq = 31;     // Meta's recommendation
constexpr std::size_t kWorst = 200;  // nearest unrelated pairs that are looked into
constexpr std::size_t kShown = 20;

/// One rule for what matches: within a limit, where there is one.
struct Rule {
  std::string name;
  std::optional<int> grid;
  std::optional<int> pdq;
  std::size_t views = kAllViews;
  std::optional<double> rate;  ///< that the limits were chosen for
  bool measured = false;

  [[nodiscard]] bool takes(int grid_distance, int pdq_distance) const {
    return (grid && grid_distance != kNotCompared && grid_distance <= *grid) ||
           (pdq && pdq_distance != kNotCompared && pdq_distance <= *pdq);
  }
  [[nodiscard]] bool takes(const Distances& d) const { return takes(d.grid[views], d.pdq[views]); }
};

std::string power(double rate) {
  return "1e" + std::to_string(static_cast<int>(std::lround(std::log10(rate))));
}

std::vector<Rule> rules(const Run& run) {
  std::vector<Rule> all;
  for (const double rate : kRates) {
    for (std::size_t v = 0; v < kViewCounts.size(); ++v) {
      const std::string views = " " + std::to_string(kViewCounts[v]) + " views " + power(rate);
      const Tail& grid = run.grid_tails[v];
      const Tail& pdq = run.pdq_tails[v];
      const double half = rate / 2;  // the union's rate is at most the sum of the two
      all.push_back({"grid" + views, grid.limit_at(rate), {}, v, rate, grid.is_measured(rate)});
      all.push_back({"pdq" + views, {}, pdq.limit_at(rate), v, rate, pdq.is_measured(rate)});
      all.push_back({"union" + views, grid.limit_at(half), pdq.limit_at(half), v, rate,
                     grid.is_measured(half) && pdq.is_measured(half)});
    }
  }
  all.push_back({"pdq 1 views official", {}, kOfficialPdq, 0, {}, false});
  all.push_back({"pdq 16 views official", {}, kOfficialPdq, 1, {}, false});
  return all;
}

Json recall_of(const Run& run, const Rule& rule) {
  const std::size_t each = edit_count() + 1;
  std::vector<int> found(each);
  for (std::size_t q = 0; q < run.queries.size(); ++q) {
    if (rule.takes(run.scan.related[q])) ++found[q % each];  // each picture's versions in order
  }
  const std::size_t pictures = run.queries.size() / each;
  const auto asked = static_cast<double>(pictures);
  Json edits;
  std::array<double, 2> sums{};
  for (std::size_t k = 0; k < each; ++k) {
    const double recall = found[k] / asked;
    edits[std::string(edit_name(static_cast<int>(k) - 1))] = recall;
    if (k > 0) sums[k <= standard_edit_count() ? 0 : 1] += recall;
  }
  const auto standard = static_cast<double>(standard_edit_count());
  Json result;
  result["mean_standard"] = sums[0] / standard;
  result["mean_unseen"] = sums[1] / (static_cast<double>(edit_count()) - standard);
  result["edits"] = edits;
  return result;
}

/// Precision over the standard edits; the false pairs are known as far as Run::near reaches.
Json precision_of(const Run& run, const Rule& rule) {
  const auto is_standard = [&](const Query& query) {
    return query.edit >= 0 && query.edit < static_cast<int>(standard_edit_count());
  };
  double right = 0;
  double wrong = 0;
  for (std::size_t q = 0; q < run.queries.size(); ++q) {
    if (is_standard(run.queries[q]) && rule.takes(run.scan.related[q])) ++right;
  }
  double wrong_unseen = 0;
  for (const Near& near : run.near) {
    if (!rule.takes(near.grid, near.pdq)) continue;
    const Query& query = run.queries[near.query];
    if (is_standard(query)) ++wrong;
    if (query.edit >= static_cast<int>(standard_edit_count())) ++wrong_unseen;
  }
  Json result;
  result["false_pairs_standard"] = wrong;
  result["false_pairs_unseen"] = wrong_unseen;
  result["precision"] = right + wrong > 0 ? right / (right + wrong) : 1.0;
  return result;
}

Json rule_json(const Run& run, const Rule& rule) {
  Json result;
  result["rule"] = rule.name;
  if (rule.rate) {
    result["rate"] = *rule.rate;
    result["measured"] = rule.measured;
  }
  if (rule.grid) result["grid_limit"] = *rule.grid;
  if (rule.pdq) result["pdq_limit"] = *rule.pdq;
  // Run::near looked through all views; for fewer it would count too many.
  if (rule.views == kAllViews) result.update(precision_of(run, rule));
  result.update(recall_of(run, rule));
  return result;
}

Json refusals(const Run& run) {
  Json result;
  for (const Known& known : run.gallery) {
    const Json row = {{"name", known.name},
                      {"grid_quality", known.grid_worth.quality},
                      {"pdq_quality", known.pdq_worth.quality}};
    if (!known.grid_worth.matched) result["originals_grid"].push_back(row);
    if (!known.pdq_worth.matched) result["originals_pdq"].push_back(row);
  }
  std::map<int, std::array<int, 2>> counts;
  for (const Query& query : run.queries) {
    counts[query.edit][0] += query.grid_worth.matched ? 0 : 1;
    counts[query.edit][1] += query.pdq_worth.matched ? 0 : 1;
  }
  for (const auto& [edit, count] : counts) {
    result["edits"][std::string(edit_name(edit))] = {{"grid", count[0]}, {"pdq", count[1]}};
  }
  return result;
}

Json tail_json(const Tail& tail) {
  Json result;
  result["comparisons"] = tail.comparisons();
  result["chosen"] = tail.chosen().describe();
  result["coefficients"] = tail.chosen().coefficients;
  for (const Fit& fit : tail.fits()) {
    result["fits"].push_back({{"fit", fit.describe()},
                              {"points", fit.points},
                              {"error_decades", fit.error},
                              {"miss_decades", fit.miss},
                              {"limit_1e-6", tail.limit_at(1e-6, fit)},
                              {"limit_1e-8", tail.limit_at(1e-8, fit)},
                              {"limit_1e-10", tail.limit_at(1e-10, fit)}});
  }
  // At equal steps of the rate, and not of the distance: half a decade each.
  int last = -1;
  for (int half = -24; half <= 0; ++half) {
    const double log_rate = half / 2.0;
    const int distance = tail.limit_at(std::pow(10, log_rate));
    if (distance <= last) continue;
    result["curve"].push_back({{"distance", distance}, {"log10_rate", log_rate}});
    last = distance;
  }
  return result;
}

int quality_of(const Worth& grid, const Worth& pdq, bool by_grid) {
  return by_grid ? grid.quality : pdq.quality;
}

/// Who makes the nearest unrelated pairs, and whether a stricter quality would have spared them.
Json nearest(const Run& run, bool by_grid) {
  const auto distance = [&](const Near& near) { return by_grid ? near.grid : near.pdq; };
  std::vector<Near> worst;
  for (const Near& near : run.near) {
    if (distance(near) != kNotCompared &&
        run.queries[near.query].edit < static_cast<int>(standard_edit_count())) {
      worst.push_back(near);
    }
  }
  std::stable_sort(worst.begin(), worst.end(),
                   [&](const Near& a, const Near& b) { return distance(a) < distance(b); });
  Json result = {{"qualities", Json::array()},
                 {"distinct_pairs", 0},
                 {"pairs", Json::array()},
                 {"frequent", Json::array()}};
  std::map<std::pair<std::size_t, std::size_t>, int> pairs;
  std::map<std::string, int> pictures;
  for (std::size_t i = 0; i < worst.size(); ++i) {
    const Query& query = run.queries[worst[i].query];
    const Known& of = run.gallery[query.known];
    const Known& known = run.gallery[worst[i].known];
    const std::size_t asked = query.known;
    const std::size_t met = worst[i].known;
    const std::pair pair(std::min(asked, met), std::max(asked, met));
    const bool first = pairs[pair]++ == 0;
    if (i < kWorst) {
      ++pictures[of.name];
      ++pictures[known.name];
      result["qualities"].push_back(
          std::min(quality_of(query.grid_worth, query.pdq_worth, by_grid),
                   quality_of(known.grid_worth, known.pdq_worth, by_grid)));
      if (i + 1 == std::min(kWorst, worst.size())) result["distinct_pairs"] = pairs.size();
    }
    if (first && pairs.size() <= kShown) {
      result["pairs"].push_back(
          {{"distance", distance(worst[i])},
           {"query", of.name},
           {"edit", edit_name(query.edit)},
           {"known", known.name},
           {"query_quality", by_grid ? query.grid_worth.quality : query.pdq_worth.quality},
           {"known_quality", by_grid ? known.grid_worth.quality : known.pdq_worth.quality}});
    }
  }
  std::vector<std::pair<int, std::string>> frequent;
  frequent.reserve(pictures.size());
  for (const auto& [name, count] : pictures) frequent.emplace_back(count, name);
  std::sort(frequent.rbegin(), frequent.rend());
  for (std::size_t i = 0; i < std::min<std::size_t>(10, frequent.size()); ++i) {
    result["frequent"].push_back({{"name", frequent[i].second}, {"pairs", frequent[i].first}});
  }
  result["looked_at"] = std::min(kWorst, worst.size());
  return result;
}

Json qualities(const Run& run, bool by_grid, const Json& worst) {
  Json rows = Json::array();
  for (const int limit : {20, 30, 40, 50, 60, 70, 80, 90, 100}) {
    const auto below = [&](const auto& item) {
      return quality_of(item.grid_worth, item.pdq_worth, by_grid) < limit;
    };
    int spared = 0;
    for (const auto& quality : worst.at("qualities")) spared += quality.get<int>() < limit ? 1 : 0;
    const auto originals = std::count_if(run.gallery.begin(), run.gallery.end(), below);
    const auto copies = std::count_if(run.queries.begin(), run.queries.end(), below);
    rows.push_back(
        {{"below", limit},
         {"originals", static_cast<double>(originals) / static_cast<double>(run.gallery.size())},
         {"copies", static_cast<double>(copies) / static_cast<double>(run.queries.size())},
         {"worst_pairs", spared / std::max(1.0, worst.at("looked_at").get<double>())}});
  }
  return rows;
}

}  // namespace

Json report(const Run& run) {
  Json result;
  result["folders"] = run.folders;
  result["seed"] = run.seed;
  result["unreadable"] = run.unreadable;
  result["known"] = run.gallery.size();
  result["photographs_asked"] = run.queries.size() / (edit_count() + 1);
  result["edits_standard"] = standard_edit_count();
  result["edits_unseen"] = edit_count() - standard_edit_count();
  result["same_pairs_left_out"] = run.same.size();
  result["comparisons"] = run.scan.comparisons;
  result["refused"] = refusals(run);
  for (const Rule& rule : rules(run)) result["rules"].push_back(rule_json(run, rule));
  for (std::size_t v = 0; v < kViewCounts.size(); ++v) {
    const std::string views = std::to_string(kViewCounts[v]);
    result["tails"]["grid " + views] = tail_json(run.grid_tails[v]);
    result["tails"]["pdq " + views] = tail_json(run.pdq_tails[v]);
  }
  for (const bool by_grid : {true, false}) {
    Json worst = nearest(run, by_grid);
    worst["by_quality"] = qualities(run, by_grid, worst);
    worst.erase("qualities");
    result["nearest"][by_grid ? "grid" : "pdq"] = worst;
  }
  return result;
}

}  // namespace reseau::bench
