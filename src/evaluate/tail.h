/// From distances that were seen to how often strangers come nearer than any seen.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluate/histogram.h"

namespace reseau::evaluation {

/// What the fit is a polynomial of. A line in log(d) is what strangers spread evenly over so many
/// dimensions would give (Levina and Bickel, "Maximum likelihood estimation of intrinsic
/// dimension", 2004): nothing at 0. A line in d or its root leaves something at 0.
enum class Scale { plain, root, log };

/// A straight line (1) or a parabola (2) in a scale.
struct Family {
  int order = 1;
  Scale scale = Scale::plain;
};

/// log10 of the share of unrelated comparisons within d, as a polynomial of scaled d, by least
/// squares over the points at which the count went from `first_rank` to `last_rank`.
struct Fit {
  Family family;
  int first_rank = 0;
  int last_rank = 0;
  std::vector<double> coefficients;  ///< constant first
  double last_distance = 0;          ///< of the points; a fit says nothing beyond
  int points = 0;
  double error = 0;  ///< root mean square, in decades
  double miss = 0;   ///< largest, in decades, at any rank from kTrustedRank to `last_rank`

  [[nodiscard]] double log_rate(double distance) const;
  [[nodiscard]] std::string describe() const;
};

/// The false-positive rate of one kind in so many views: counted as far as `kMinCount` pairs
/// reach, fitted beyond.
class Tail {
 public:
  static constexpr std::uint64_t kMinCount = 20;  ///< fewer say too little
  static constexpr int kTrustedRank = 5;          ///< fits are held to the counts from here on
  static constexpr double kMaxMiss = 0.35;        ///< more is taken only if no fit misses less

  /// Fitted by these only. `searched`: strangers further apart were counted, and not looked at; a
  /// fit that reaches there is taken only if there is no other.
  Tail(const Histogram& unrelated, std::span<const Family> families,
       int searched = std::numeric_limits<int>::max());

  /// The largest distance, of those searched, at which at most `rate` of the comparisons are false;
  /// -1 if even 0 is too far. Never more where less is asked. None if it can be neither counted nor
  /// fitted.
  [[nodiscard]] std::optional<int> limit_at(double rate) const;
  /// Whether limit_at() was counted: enough strangers were so near, and others further away.
  [[nodiscard]] bool is_measured(double rate) const;
  /// The lowest rate that is.
  [[nodiscard]] double least_measured() const;
  [[nodiscard]] const std::vector<Fit>& fits() const { return fits_; }
  /// None if too few strangers came near.
  [[nodiscard]] const Fit* chosen() const { return fits_.empty() ? nullptr : &fits_[chosen_]; }
  [[nodiscard]] std::uint64_t comparisons() const { return comparisons_; }
  /// The largest distance, of those searched, within which at most so many strangers lie.
  [[nodiscard]] int reach_of(std::uint64_t strangers) const;

  /// By one fit alone, for comparing them.
  [[nodiscard]] int limit_at(double rate, const Fit& fit) const;

 private:
  // Neither is held to what was searched.
  [[nodiscard]] int within_which(std::uint64_t strangers) const;
  [[nodiscard]] int counted_at(double rate) const;

  int width_;
  int searched_;
  std::uint64_t comparisons_;
  std::vector<std::uint64_t> within_;  ///< pairs up to the end of each bin
  std::vector<Fit> fits_;
  std::size_t chosen_ = 0;
};

}  // namespace reseau::evaluation
