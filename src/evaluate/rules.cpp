#include "evaluate/rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "evaluate/opencv_hashes.h"

namespace reseau::evaluation {
namespace {

constexpr double kHalf = 0.5;

std::string level_name(const Measurement& measured, std::size_t level) {
  return std::string(name(measured.levels[level]));
}

/// How far distances after alignment go on: by their own tail for two decades beyond the counts,
/// and then as the built-in curve does from there.
int as_built_in(const Kind& kind, const Tail& tail, double rate) {
  constexpr double kTrusted = 1e-2;
  const double least = tail.least_measured() * kTrusted;
  const auto from = tail.limit_at(least);
  if (rate >= least || !from) return std::numeric_limits<int>::max();
  const auto built_in = [&](double at) { return limit_at(*kind.measure, at, kind.level).value; };
  return static_cast<int>(static_cast<double>(*from) * built_in(rate) / built_in(least));
}

}  // namespace

Rule grid_rule(const Measurement& measured, std::size_t level) {
  return {
      "grid, " + level_name(measured, level), {{kGrid, kHalf}, {kAligned + level, kHalf}}, false};
}

Rule pdq_rule() { return {"pdq", {{kPdq, 1}}, false}; }

std::vector<Rule> rules_of(const Measurement& measured) {
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < measured.levels.size(); ++i) {
    rules.push_back(grid_rule(measured, i));
  }
  rules.push_back({"grid, not aligned", {{kGrid, 1}}, false});
  rules.push_back(pdq_rule());
  for (std::size_t i = 0; i < measured.levels.size(); ++i) {
    rules.push_back({"grid or pdq, " + level_name(measured, i),
                     {{kGrid, kHalf / 2}, {kAligned + i, kHalf / 2}, {kPdq, kHalf}},
                     false});
    rules.push_back({"grid and pdq, " + level_name(measured, i),
                     {{kGrid, kHalf}, {kAligned + i, kHalf}},
                     true});
  }
  rules.push_back({"pdq as is", {{kPdqAsIs, 1}}, false});
  const std::size_t opencv = measured.kinds.size() - kOpenCvKinds;
  for (std::size_t kind = opencv; kind < measured.kinds.size(); ++kind) {
    rules.push_back({measured.kinds[kind].name, {{kind, 1}}, false});
  }
  return rules;
}

bool Held::any() const {
  return std::ranges::any_of(limits, [](const auto& limit) { return limit.has_value(); });
}

bool finds(const Rule& rule, const Held& held, const Asked& asked) {
  if (asked.own.empty() || (rule.agree && !asked.agrees)) return false;
  for (std::size_t i = 0; i < rule.parts.size(); ++i) {
    const int distance = asked.own[rule.parts[i].kind];
    if (held.limits[i] && distance != kNotCompared && distance <= *held.limits[i]) return true;
  }
  return false;
}

Tails::Tails(const std::vector<Kind>& kinds, const Strangers& strangers) : kinds_(kinds) {
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    const Kind& of = kinds[kind];
    all_.emplace_back(strangers.all[kind], of.families, of.searched);
    agreeing_.emplace_back(strangers.agreeing[kind], of.families, of.searched);
  }
}

std::optional<int> Tails::limit_at(std::size_t kind, double rate, bool agree) const {
  const Tail& tail = of(kind, agree);
  const Kind& that = kinds_[kind];
  if (is_built_in(kind, rate, agree)) {
    // Nearer than the fifth of the strangers, as fits are held to them from there on.
    return std::min(reseau::limit_at(*that.measure, rate, that.level).value,
                    tail.reach_of(Tail::kTrustedRank - 1));
  }
  const auto limit = tail.limit_at(rate);
  if (!limit || that.measure != Measure::grid_aligned) return limit;
  return std::min(*limit, as_built_in(that, tail, rate));
}

bool Tails::is_built_in(std::size_t kind, double rate, bool agree) const {
  const Tail& tail = of(kind, agree);
  return kinds_[kind].measure && tail.comparisons() > 0 && !tail.limit_at(rate);
}

Held Tails::at(const Rule& rule, double rate) const {
  Held held;
  for (const Rule::Part& part : rule.parts) {
    const Tail& tail = of(part.kind, rule.agree);
    const double share = rate * part.share;
    auto limit = limit_at(part.kind, share, rule.agree);
    if (limit && *limit < 0) limit.reset();
    held.limits.push_back(limit);
    held.built_in = held.built_in || (limit && is_built_in(part.kind, share, rule.agree));
    if (tail.is_measured(share)) continue;
    held.counted = false;
    held.extrapolated = std::max(held.extrapolated, std::log10(tail.least_measured() / share));
  }
  return held;
}

std::optional<Held> built_in(const Measurement& measured, const Rule& rule, std::size_t entries) {
  if (rule.agree) return std::nullopt;
  Held held;
  held.counted = false;
  for (const Rule::Part& part : rule.parts) {
    const Kind& kind = measured.kinds[part.kind];
    if (!kind.measure) return std::nullopt;
    held.limits.emplace_back(default_limit(*kind.measure, entries, kind.level).value);
  }
  return held;
}

}  // namespace reseau::evaluation
