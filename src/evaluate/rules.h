/// What counts as found: by which kinds, within which limits, at which rate of false matches.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluate/measure.h"
#include "evaluate/tail.h"

namespace reseau::evaluation {

/// Any of some kinds, each held to its share of the rate, so that together they err no more often.
struct Rule {
  struct Part {
    std::size_t kind = 0;
    double share = 1;
  };
  std::string name;
  std::vector<Part> parts;
  bool agree = false;  ///< and pdq is within agreeing_pdq()
};

/// Of grid in a bank of the level at this place of Measurement::levels, and of pdq, as match() asks
/// them.
[[nodiscard]] Rule grid_rule(const Measurement& measured, std::size_t level);
[[nodiscard]] Rule pdq_rule();

/// Every rule that figures are reported of, those of Reseau first.
[[nodiscard]] std::vector<Rule> rules_of(const Measurement& measured);

/// The largest distance of each part of a rule that still counts.
struct Held {
  std::vector<std::optional<int>> limits;  ///< none: nothing counts
  bool counted = true;                     ///< the rate was seen; otherwise it was fitted
  double extrapolated = 0;                 ///< decades beyond what was seen, at the most
  bool built_in = false;  ///< the limit of a part is the library's own, for want of a fit

  [[nodiscard]] bool any() const;
};

[[nodiscard]] bool finds(const Rule& rule, const Held& held, const Asked& asked);

/// The fitted tails of a half's strangers, by kind.
class Tails {
 public:
  /// `kinds` must outlive this.
  Tails(const std::vector<Kind>& kinds, const Strangers& strangers);

  /// Of distances after alignment, which are cut off, limits go on as the built-in ones do from two
  /// decades beyond the counts: docs/matching.md says why lines would allow too much. Where too few
  /// strangers came near for any fit, limits are the built-in ones, as far as counts allow those.
  [[nodiscard]] Held at(const Rule& rule, double rate) const;
  /// Of one kind by itself; `agree`: of those strangers that agree. May be negative, where nothing
  /// is within.
  [[nodiscard]] std::optional<int> limit_at(std::size_t kind, double rate,
                                            bool agree = false) const;
  /// Whether limit_at() is the library's own.
  [[nodiscard]] bool is_built_in(std::size_t kind, double rate, bool agree = false) const;
  [[nodiscard]] const Tail& of(std::size_t kind, bool agree = false) const {
    return agree ? agreeing_[kind] : all_[kind];
  }

 private:
  const std::vector<Kind>& kinds_;
  std::vector<Tail> all_;
  std::vector<Tail> agreeing_;
};

/// The limits that the library has by itself for a bank of so many entries, where it has them.
[[nodiscard]] std::optional<Held> built_in(const Measurement& measured, const Rule& rule,
                                           std::size_t entries);

}  // namespace reseau::evaluation
