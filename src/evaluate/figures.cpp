#include "evaluate/figures.h"

#include <reseau/version.h>
#include <algorithm>
#include <cmath>
#include <map>

namespace reseau::evaluation {
namespace {

constexpr int kFormat = 1;
constexpr double kAlmostAll = 0.99;
constexpr double kMost = 0.95;

Json recall_json(const Measurement& m, const Found& found, Label::Sort sort, std::uint64_t seed) {
  std::size_t almost_all = 0;
  std::size_t most = 0;
  std::size_t labels = 0;
  for (std::size_t i = 0; i < m.questions.labels.size(); ++i) {
    if (m.questions.labels[i].sort != sort || found.asked[i] == 0) continue;
    const double recall = share(found.found[i], found.asked[i]);
    ++labels;
    almost_all += recall >= kAlmostAll ? 1 : 0;
    most += recall >= kMost ? 1 : 0;
  }
  return {{"mean", found.mean},
          {"interval", json_of(interval_of_mean(found.rows, seed))},
          {"kinds_of_edit", labels},
          {"at_least_99", almost_all},
          {"at_least_95", most}};
}

Json by_label(const Measurement& m, const Found& standard, const Found& unseen) {
  Json rows = Json::object();
  for (std::size_t i = 0; i < m.questions.labels.size(); ++i) {
    const Found& found = m.questions.labels[i].sort == Label::Sort::unseen ? unseen : standard;
    if (found.asked[i] == 0) continue;
    rows[m.questions.labels[i].name] = {
        {"recall", share(found.found[i], found.asked[i])},
        {"interval", json_of(interval_of_share(found.found[i], found.asked[i]))}};
  }
  return rows;
}

/// What was within the limits of all comparisons: of a rule of several parts at most their sum.
Json false_json(const Rule& rule, const Held& held, const Strangers& strangers) {
  std::uint64_t within = 0;
  for (std::size_t i = 0; i < rule.parts.size(); ++i) {
    if (!held.limits[i]) continue;
    const auto& of = rule.agree ? strangers.agreeing : strangers.all;
    within += of[rule.parts[i].kind].within(*held.limits[i]);
  }
  const auto all = static_cast<double>(std::max<std::uint64_t>(1, strangers.comparisons));
  const Interval count = interval_of_count(within);
  return {{rule.parts.size() > 1 ? "at_most" : "count", within},
          {"comparisons", strangers.comparisons},
          {"rate", static_cast<double>(within) / all},
          {"interval", {count.low / all, count.high / all}}};
}

Json limits_json(const Measurement& m, const Rule& rule, const Held& held) {
  Json limits = Json::object();
  for (std::size_t i = 0; i < rule.parts.size(); ++i) {
    limits[m.kinds[rule.parts[i].kind].name] = or_null(held.limits[i]);
  }
  if (rule.agree) limits["pdq agrees within"] = agreeing_pdq();
  return limits;
}

Json held_json(const Measurement& m, const EvaluateOptions& options, const Rule& rule,
               const Held& held) {
  const Found standard = found_by(m, m.reporting, rule, held, Label::Sort::standard);
  const Found unseen = found_by(m, m.reporting, rule, held, Label::Sort::unseen);
  Json row = {{"limits", limits_json(m, rule, held)},
              {"standard", recall_json(m, standard, Label::Sort::standard, options.seed)},
              {"unseen", recall_json(m, unseen, Label::Sort::unseen, options.seed)},
              {"false", false_json(rule, held, m.reporting.strangers)},
              {"edits", by_label(m, standard, unseen)}};
  if (row["unseen"]["kinds_of_edit"] == 0) row.erase("unseen");
  return row;
}

Json rules_json(const Measurement& m, const EvaluateOptions& options, const Tails& tails) {
  Json rows = Json::array();
  const auto add = [&](const Rule& rule, Json head, const Held& held) {
    head.update(held_json(m, options, rule, held));
    rows.push_back(std::move(head));
  };
  for (const Rule& rule : rules_of(m)) {
    for (const double rate : kRates) {
      const Held held = tails.at(rule, rate);
      if (!held.any()) continue;
      add(rule,
          {{"rule", rule.name},
           {"rate", rate},
           {"counted", held.counted},
           {"decades_extrapolated", held.extrapolated},
           {"in_part_built_in", held.built_in}},
          held);
    }
    if (const auto held = built_in(m, rule, kLargeBank)) {
      add(rule, {{"rule", rule.name}, {"entries", kLargeBank}}, *held);
    }
  }
  constexpr int kMetasLimit = 31;
  for (const std::size_t kind : {kPdqAsIs, kPdq}) {
    const Rule rule{m.kinds[kind].name, {{kind, 1}}, false};
    add(rule, {{"rule", rule.name}, {"recommended_by", "Meta"}}, {{kMetasLimit}, true, 0});
  }
  return rows;
}

Json roc_json(const Measurement& m, const Tails& tails) {
  Json curves = Json::array();
  for (const Rule& rule : rules_of(m)) {
    Json points = Json::array();
    for (int half = -4; half >= -20; --half) {
      const double log_rate = half / 2.0;
      const Held held = tails.at(rule, std::pow(10, log_rate));
      if (!held.any()) break;
      const Found found = found_by(m, m.reporting, rule, held, Label::Sort::standard);
      points.push_back({log_rate, found.mean, held.counted});
    }
    curves.push_back({{"rule", rule.name}, {"points", points}});
  }
  return curves;
}

/// Counts in at most 100 steps of the distance, so that they can be drawn.
Json histogram_json(const Histogram& histogram, std::size_t bins_a_step) {
  Json counts = Json::array();
  for (std::size_t at = 0; at < histogram.bins.size(); at += bins_a_step) {
    std::uint64_t sum = 0;
    // The last bin also holds whatever is beyond.
    const std::size_t end = std::min(at + bins_a_step, histogram.bins.size() - 1);
    for (std::size_t bin = at; bin < end; ++bin) sum += histogram.bins[bin];
    counts.push_back(sum);
  }
  return counts;
}

Json kinds_json(const Measurement& m, const Tails& tails) {
  Json rows = Json::array();
  for (std::size_t kind = 0; kind < m.kinds.size(); ++kind) {
    const Tail& tail = tails.of(kind);
    Histogram copies = m.kinds[kind].empty;
    for (const auto& asked : m.reporting.asked) {
      for (const Asked& one : asked) {
        const bool counts = m.questions.labels[one.label].sort == Label::Sort::standard;
        if (!one.own.empty() && counts && one.own[kind] != kNotCompared) copies.add(one.own[kind]);
      }
    }
    constexpr std::size_t kSteps = 100;
    const std::size_t step = (copies.bins.size() + kSteps - 1) / kSteps;
    Json row = {{"kind", m.kinds[kind].name}, {"comparisons", tail.comparisons()}};
    if (const Fit* fit = tail.chosen()) {
      row["fit"] = {{"curve", fit->describe()}, {"largest_miss_decades", fit->miss}};
    }
    row["histogram"] = {{"step", static_cast<int>(step) * copies.width},
                        {"strangers", histogram_json(m.reporting.strangers.all[kind], step)},
                        {"copies", histogram_json(copies, step)}};
    rows.push_back(std::move(row));
  }
  return rows;
}

Json refused_json(const Measurement& m) {
  std::map<std::size_t, std::pair<std::size_t, std::size_t>> counts;
  for (const auto& asked : m.reporting.asked) {
    for (const Asked& one : asked) {
      counts[one.label].first += one.refused ? 1 : 0;
      ++counts[one.label].second;
    }
  }
  std::size_t refused = 0;
  std::size_t all = 0;
  Json edits = Json::object();
  for (const auto& [label, count] : counts) {
    refused += count.first;
    all += count.second;
    if (count.first > 0) edits[m.questions.labels[label].name] = share(count.first, count.second);
  }
  return {{"share", share(refused, all)},
          {"interval", json_of(interval_of_grouped(share(refused, all), m.reporting.asked.size()))},
          {"edits", edits}};
}

Json group_json(const Measurement& m, const EvaluateOptions& options, const Tails& tails,
                int group) {
  std::size_t refused = 0;
  std::size_t versions = 0;
  std::size_t photographs = 0;
  for (std::size_t i = 0; i < m.reporting.subjects.size(); ++i) {
    if (m.questions.subjects[m.reporting.subjects[i]].group != group) continue;
    ++photographs;
    for (const Asked& one : m.reporting.asked[i]) {
      refused += one.refused ? 1 : 0;
      ++versions;
    }
  }
  Json row = {
      {"group", m.gallery.groups[static_cast<std::size_t>(group)]},
      {"photographs_asked", photographs},
      {"refused",
       {{"share", share(refused, versions)},
        {"interval", json_of(interval_of_grouped(share(refused, versions), photographs))}}}};
  for (const Rule& rule : rules_of(m)) {
    const Held held = tails.at(rule, kMainRate);
    if (!held.any()) continue;
    const Found found = found_by(m, m.reporting, rule, held, Label::Sort::standard, group);
    row["rules"].push_back(
        {{"rule", rule.name},
         {"rate", kMainRate},
         {"recall", found.mean},
         {"interval", json_of(interval_of_mean(found.rows, options.seed))},
         {"false", false_json(rule, held, m.reporting.groups[static_cast<std::size_t>(group)])}});
  }
  return row;
}

/// The distance that all but one in a hundred of such pairs are beyond.
std::optional<int> keeps_apart(const Alike& alike, std::size_t kind) {
  std::vector<int> distances;
  for (const Asked& pair : alike.pairs) {
    if (pair.own[kind] != kNotCompared) distances.push_back(pair.own[kind]);
  }
  if (distances.empty()) return std::nullopt;
  std::sort(distances.begin(), distances.end());
  const std::size_t spared = alike.pairs.size() / 100;
  if (spared >= distances.size()) return std::nullopt;
  return std::max(0, distances[spared] - 1);
}

Json alike_json(const Measurement& m, const Tails& tails, const Alike& alike) {
  Json row = {{"name", alike.name}, {"what", alike.what}, {"pairs", alike.pairs.size()}};
  for (const Rule& rule : rules_of(m)) {
    Json entry = {{"rule", rule.name}};
    const auto taken = [&](const Held& held) {
      const auto found = std::ranges::count_if(
          alike.pairs, [&](const Asked& pair) { return finds(rule, held, pair); });
      return share(static_cast<std::size_t>(found), alike.pairs.size());
    };
    for (const double rate : kRates) {
      if (const Held held = tails.at(rule, rate); held.any()) {
        entry["matched"][power(rate)] = taken(held);
      }
    }
    if (const auto held = built_in(m, rule, kLargeBank)) {
      entry["matched"]["built in, 10 million"] = taken(*held);
    }
    for (const Rule::Part& part : rule.parts) {
      entry["keeps_99_in_100_apart"][m.kinds[part.kind].name] =
          or_null(keeps_apart(alike, part.kind));
    }
    row["rules"].push_back(std::move(entry));
  }
  return row;
}

Json near_json(const Measurement& m) {
  Json rows = Json::array();
  for (const NearPair& pair : m.reporting.near) {
    rows.push_back({{"query", m.questions.subjects[pair.query].name},
                    {"known", m.gallery.photographs[pair.known].name},
                    {"edit", m.questions.labels[pair.label].name},
                    {"log10_rate", std::log10(pair.rate)}});
  }
  return rows;
}

Json half_json(const Half& half, std::size_t photographs) {
  return {{"photographs", photographs},
          {"asked", half.subjects.size()},
          {"comparisons", half.strangers.comparisons}};
}

}  // namespace

std::string json_text(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string power(double rate) {
  return "1e" + std::to_string(static_cast<int>(std::lround(std::log10(rate))));
}

Found found_by(const Measurement& m, const Half& half, const Rule& rule, const Held& held,
               Label::Sort sort, std::optional<int> group) {
  const auto& labels = m.questions.labels;
  Found result;
  result.found.resize(labels.size());
  result.asked.resize(labels.size());
  for (std::size_t i = 0; i < half.subjects.size(); ++i) {
    const Subject& subject = m.questions.subjects[half.subjects[i]];
    if (!subject.own || (group && subject.group != *group)) continue;
    std::vector<signed char> row(labels.size(), -1);
    for (const Asked& asked : half.asked[i]) {
      // Copies as they are, are shown beside the standard edits, and are no part of their mean.
      const bool also =
          sort == Label::Sort::standard && labels[asked.label].sort == Label::Sort::as_is;
      if (labels[asked.label].sort != sort && !also) continue;
      const bool found = finds(rule, held, asked);
      result.found[asked.label] += found ? 1 : 0;
      ++result.asked[asked.label];
      if (!also) row[asked.label] = found ? 1 : 0;
    }
    result.rows.push_back(std::move(row));
  }
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].sort != sort || result.asked[i] == 0) continue;
    sum += share(result.found[i], result.asked[i]);
    ++count;
  }
  result.mean = count == 0 ? 0 : sum / static_cast<double>(count);
  return result;
}

double share(std::size_t part, std::size_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

Json json_of(const Interval& interval) { return {interval.low, interval.high}; }

Json figures(const Measurement& m, const EvaluateOptions& options) {
  const Tails tails(m.kinds, m.tuning.strangers);
  const auto reporting = static_cast<std::size_t>(std::ranges::count_if(
      m.gallery.photographs, [](const Photograph& photograph) { return photograph.reports; }));
  constexpr std::array<std::string_view, 3> kProtocols = {"edits", "copydays", "disc21"};
  Json levels = Json::array();
  for (const Level level : m.levels) levels.push_back(name(level));
  Json result = {{"format", kFormat},
                 {"reseau", version()},
                 {"protocol", kProtocols[static_cast<std::size_t>(options.protocol)]},
                 {"seed", options.seed},
                 {"levels", levels},
                 {"photographs",
                  {{"known", m.gallery.photographs.size()},
                   {"unreadable", m.gallery.unreadable},
                   {"repeated", m.gallery.repeated},
                   {"pairs_of_the_same", m.gallery.same.size()},
                   {"tuning", half_json(m.tuning, m.gallery.photographs.size() - reporting)},
                   {"reporting", half_json(m.reporting, reporting)}}},
                 {"refused", refused_json(m)},
                 {"rules", rules_json(m, options, tails)},
                 {"roc", roc_json(m, tails)},
                 {"kinds", kinds_json(m, tails)},
                 {"nearest_strangers", near_json(m)}};
  for (std::size_t group = 0; group < m.gallery.groups.size(); ++group) {
    result["groups"].push_back(group_json(m, options, tails, static_cast<int>(group)));
  }
  for (const Alike& alike : m.alike) {
    result["look_alikes"].push_back(alike_json(m, tails, alike));
  }
  return result;
}

}  // namespace reseau::evaluation
