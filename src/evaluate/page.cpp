#include "evaluate/page.h"

#include <algorithm>
#include <cmath>

#include "evaluate/html.h"
#include "evaluate/plot.h"

namespace reseau::evaluation {
namespace {

std::string per(double rate) {
  if (rate <= 0) return "0";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1e", rate);
  return text.data();
}

std::string held_at(const Json& rule) {
  if (rule.contains("rate")) return power(rule["rate"].get<double>());
  if (rule.contains("entries")) return "built in, 10 million entries";
  return "recommended by " + rule["recommended_by"].get<std::string>();
}

std::string limits(const Json& rule) {
  std::string text;
  for (const auto& [kind, limit] : rule["limits"].items()) {
    text += (text.empty() ? "" : "; ") + kind + " &le; " + (limit.is_null() ? "-" : limit.dump());
  }
  return text;
}

std::vector<const Json*> at_main_rate(const Json& figures) {
  std::vector<const Json*> rules;
  for (const Json& rule : figures["rules"]) {
    if (rule.contains("rate") && rule["rate"] == kMainRate) rules.push_back(&rule);
  }
  return rules;
}

/// Tables and plots of what they are made of say enough.
bool is_of_several(const std::string& rule) {
  return rule.starts_with("grid or ") || rule.starts_with("grid and ");
}

std::string opening(const Json& figures) {
  const Json& of = figures["photographs"];
  const auto half = [&](const char* name) {
    return of[name]["photographs"].dump() + " photographs, " + of[name]["asked"].dump() +
           " asked for, " + of[name]["comparisons"].dump() + " comparisons of unrelated pictures";
  };
  return "<h1>How well copies are found</h1>\n<p>Reseau " +
         escaped(figures["reseau"].get<std::string>()) + ", protocol " +
         escaped(figures["protocol"].get<std::string>()) + ", seed " + figures["seed"].dump() +
         ". " + of["known"].dump() + " photographs are known; " + of["unreadable"].dump() +
         " files could not be read, " + of["repeated"].dump() +
         " were the same bytes again.</p>\n<p>Limits are set on one half (" + half("tuning") +
         "); figures are of the other (" + half("reporting") +
         "). A comparison is one query against one known picture, in the nearest of all its looks. "
         "Intervals hold 95 %; photographs, and not their versions, are taken as independent.</p>\n"
         "<p>These figures say how often copies are found, and how often unrelated pictures are "
         "taken for copies. They are no statement about any one match, nor about anyone.</p>\n";
}

/// The page has fewer rates than the JSON.
bool is_shown(double rate) { return rate == 1e-4 || rate == 1e-6 || rate == 1e-9 || rate == 1e-10; }

std::string main_table(const Json& figures) {
  std::string rows =
      row(head("rule") + head("false matches a comparison") + head("recall, standard edits") +
          head("95 %") + head("edits ≥ .99") + head("≥ .95") + head("unseen edits") +
          head("false, seen") + head("95 %") + head("limits"));
  for (const Json& rule : figures["rules"]) {
    if (rule.contains("rate") && !is_shown(rule["rate"].get<double>())) continue;
    const Json& standard = rule["standard"];
    std::string at = held_at(rule);
    if (rule.contains("counted") && !rule["counted"].get<bool>()) {
      at += " <span class=\"soft\">fitted, " +
            shown(rule["decades_extrapolated"].get<double>(), 1) + " decades beyond" +
            (rule["in_part_built_in"].get<bool>() ? ", in part built in" : "") + "</span>";
    }
    rows += row(cell(escaped(rule["rule"].get<std::string>())) + cell(at) +
                recall_cell(standard["mean"]) + cell(between(standard["interval"], 3)) +
                cell(standard["at_least_99"].dump() + " of " + standard["kinds_of_edit"].dump()) +
                cell(standard["at_least_95"].dump()) +
                (rule.contains("unseen") ? recall_cell(rule["unseen"]["mean"]) : cell("")) +
                cell(per(rule["false"]["rate"].get<double>())) +
                cell("<span class=\"soft\">" + per(rule["false"]["interval"][0].get<double>()) +
                     " to " + per(rule["false"]["interval"][1].get<double>()) + "</span>") +
                cell(limits(rule)));
  }
  return section("Recall at equal rates of false matches",
                 "A rule of several kinds shares the rate out among them, so that it errs no more "
                 "often than a rule of one; &ldquo;grid and pdq&rdquo; asks pdq to agree. Rules "
                 "and rates for "
                 "which too few strangers were near are left out. &ldquo;Fitted&rdquo; rates are "
                 "beyond what was counted: an "
                 "assumption, not a measurement. &ldquo;In part built in&rdquo;: too few strangers "
                 "were near for a fit, and a limit is the library's own.") +
         table(rows);
}

std::string roc(const Json& figures) {
  Plot plot;
  plot.x = {"false matches a comparison (dashed: fitted)", -10, -2, {}};
  for (int decade = -10; decade <= -2; ++decade) {
    plot.x.ticks.emplace_back(decade, power(std::pow(10, decade)));
  }
  plot.y = {"mean recall, standard edits", 0, 1, {}};
  for (int tenth = 0; tenth <= 10; tenth += 2)
    plot.y.ticks.emplace_back(tenth / 10.0, shown(tenth / 10.0, 1));
  for (const Json& curve : figures["roc"]) {
    Line line{curve["rule"].get<std::string>(), {}};
    if (is_of_several(line.name)) continue;
    for (const Json& point : curve["points"]) {
      line.points.push_back({point[0].get<double>(), point[1].get<double>(), point[2].get<bool>()});
    }
    plot.lines.push_back(std::move(line));
  }
  return section("Recall against false matches", "") + svg(plot);
}

std::string histograms(const Json& figures) {
  std::string text =
      section("Distances",
              "Shares of the comparisons at each distance, in powers of ten: copies, "
              "and strangers of the reporting half. What is further away than is "
              "looked at is not drawn.");
  for (const Json& kind : figures["kinds"]) {
    const double step = kind["histogram"]["step"].get<double>();
    Plot plot;
    const std::array<std::pair<const char*, const char*>, 2> kinds = {
        {{"copies", "copies"}, {"strangers", "strangers"}}};
    double last = step;
    for (const auto& [key, name] : kinds) {
      const Json& counts = kind["histogram"][key];
      double sum = 0;
      for (const Json& count : counts) sum += count.get<double>();
      if (key == std::string("strangers")) sum = kind["comparisons"].get<double>();
      Line line{name, {}};
      for (std::size_t i = 0; i < counts.size() && sum > 0; ++i) {
        const double count = counts[i].get<double>();
        if (count == 0) continue;
        line.points.push_back({(static_cast<double>(i) + 0.5) * step, std::log10(count / sum)});
        last = std::max(last, (static_cast<double>(i) + 1) * step);
      }
      plot.lines.push_back(std::move(line));
    }
    plot.x = {"distance: " + kind["kind"].get<std::string>(), 0, last, {}};
    for (int fifth = 0; fifth <= 5; ++fifth) {
      plot.x.ticks.emplace_back(last * fifth / 5, shown(last * fifth / 5, 0));
    }
    plot.y = {"share", -7, 0, {}};
    for (int decade = -7; decade <= 0; ++decade)
      plot.y.ticks.emplace_back(decade, power(std::pow(10, decade)));
    text += svg(plot);
  }
  return text;
}

std::string by_edit(const Json& figures) {
  const auto rules = at_main_rate(figures);
  if (rules.empty()) return "";
  std::string heads = head("edit");
  for (const Json* rule : rules) heads += head((*rule)["rule"].get<std::string>());
  heads += head("refused");
  std::string rows = row(heads);
  for (const auto& [edit, ignored] : rules.front()->at("edits").items()) {
    std::string cells = cell(escaped(edit));
    for (const Json* rule : rules) cells += recall_cell((*rule)["edits"][edit]["recall"]);
    const Json& refused = figures["refused"]["edits"];
    rows += row(cells + cell(refused.contains(edit) ? shown(refused[edit].get<double>(), 3) : ""));
  }
  return section("Recall by edit, at " + power(kMainRate),
                 "Unseen kinds of edit are at the end. Refused: copies with too little in them to "
                 "be recognised, which count as not found.") +
         table(rows);
}

std::string groups(const Json& figures) {
  if (!figures.contains("groups")) return "";
  std::string rows =
      row(head("group") + head("photographs") + head("refused") + head("95 %") + head("rule") +
          head("recall") + head("95 %") + head("false, seen") + head("95 %"));
  for (const Json& group : figures["groups"]) {
    if (!group.contains("rules")) continue;
    for (const Json& rule : group["rules"]) {
      rows +=
          row(cell(escaped(group["group"].get<std::string>())) +
              cell(group["photographs_asked"].dump()) +
              cell(shown(group["refused"]["share"].get<double>(), 4)) +
              cell(between(group["refused"]["interval"], 4)) +
              cell(escaped(rule["rule"].get<std::string>())) + recall_cell(rule["recall"]) +
              cell(between(rule["interval"], 3)) + cell(per(rule["false"]["rate"].get<double>())) +
              cell(per(rule["false"]["interval"][0].get<double>()) + " to " +
                   per(rule["false"]["interval"][1].get<double>())));
    }
  }
  return section("By group, at " + power(kMainRate),
                 "Where intervals do not meet, groups of photographs are treated differently: look "
                 "there first.") +
         table(rows);
}

std::string look_alikes(const Json& figures) {
  if (!figures.contains("look_alikes")) return "";
  std::string rows =
      row(head("look-alikes") + head("rule") + head("matched at 1e-4") + head("1e-6") +
          head("1e-9") + head("built in, 10 million") + head("limit that keeps 99 in 100 apart"));
  for (const Json& alike : figures["look_alikes"]) {
    for (const Json& rule : alike["rules"]) {
      if (is_of_several(rule["rule"].get<std::string>())) continue;
      const Json matched = rule.value("matched", Json::object());
      const auto at = [&](const char* name) {
        return matched.contains(name) ? matched_cell(matched[name]) : cell("");
      };
      std::string keeps;
      for (const auto& [kind, limit] : rule["keeps_99_in_100_apart"].items()) {
        keeps += (keeps.empty() ? "" : "; ") + escaped(kind) + " &le; " +
                 (limit.is_null() ? "any" : limit.dump());
      }
      rows += row(cell(escaped(alike["name"].get<std::string>() + ": " +
                               alike["what"].get<std::string>())) +
                  cell(escaped(rule["rule"].get<std::string>())) + at("1e-4") + at("1e-6") +
                  at("1e-9") + at("built in, 10 million") + cell(keeps));
    }
  }
  return section(
             "Look-alikes",
             "Pictures that are no copies and yet alike are nearer to each other than strangers, "
             "and no limit that finds edited copies keeps all of them apart. The shares are of "
             "up to 60 pairs of each kind, made of the photographs.") +
         table(rows);
}

std::string nearest(const Json& figures) {
  std::string rows =
      row(head("asked") + head("known") + head("edit") + head("rate of strangers as near"));
  for (const Json& pair : figures["nearest_strangers"]) {
    rows += row(cell(escaped(pair["query"].get<std::string>())) +
                cell(escaped(pair["known"].get<std::string>())) +
                cell(escaped(pair["edit"].get<std::string>())) +
                cell("1e" + shown(pair["log10_rate"].get<double>(), 1)));
  }
  return section(
             "The nearest strangers",
             "Pairs nearer than strangers should be, by the built-in curves. Look at them: where "
             "both show the same, name them in a file for --same.") +
         table(rows);
}

}  // namespace

std::string page(const Json& figures) {
  return page_head() + opening(figures) + main_table(figures) + roc(figures) + by_edit(figures) +
         groups(figures) + look_alikes(figures) + nearest(figures) + histograms(figures) +
         page_foot();
}

std::string summary(const Json& figures) {
  const Json& of = figures["photographs"];
  std::string text = of["known"].dump() + " photographs known, " + of["reporting"]["asked"].dump() +
                     " asked for after limits were set on " + of["tuning"]["asked"].dump() +
                     " others; " + of["reporting"]["comparisons"].dump() +
                     " comparisons of unrelated pictures\n\n";
  std::array<char, 160> line{};
  std::snprintf(line.data(), line.size(), "%-26s %-22s %8s %17s %8s\n", "rule", "at", "standard",
                "95 %", "unseen");
  text += line.data();
  for (const Json& rule : figures["rules"]) {
    const bool shown_rate =
        !rule.contains("rate") || rule["rate"] == kMainRate || rule["rate"] == 1e-9;
    if (!shown_rate) continue;
    std::string at = rule.contains("entries") ? "default, 10 million" : held_at(rule);
    if (rule.contains("counted") && !rule["counted"].get<bool>())
      at += rule["in_part_built_in"].get<bool>() ? ", part built in" : ", fitted";
    const Json& standard = rule["standard"];
    std::snprintf(
        line.data(), line.size(), "%-26s %-22s %8.4f %8.4f-%8.4f %8s\n",
        rule["rule"].get<std::string>().c_str(), at.c_str(), standard["mean"].get<double>(),
        standard["interval"][0].get<double>(), standard["interval"][1].get<double>(),
        rule.contains("unseen") ? shown(rule["unseen"]["mean"].get<double>(), 4).c_str() : "");
    text += line.data();
  }
  return text;
}

}  // namespace reseau::evaluation
