/// Edited copies looked for in banks of the photographs: distances, counted.
#pragma once

#include <string>
#include <vector>

#include "evaluate/kinds.h"
#include "evaluate/questions.h"

namespace reseau::evaluation {

/// One picture that was asked for.
struct Asked {
  std::size_t label = 0;  ///< in Questions::labels
  std::vector<int> own;   ///< to its own photograph, by kind; kNotCompared beyond what is looked at
  bool refused = false;   ///< low_information, or not even that
  bool agrees = false;    ///< pdq is within agreeing_pdq()
};

/// Of what counts (see Label::Sort) to all photographs of the same half but their own.
struct Strangers {
  std::vector<Histogram> all;       ///< by kind
  std::vector<Histogram> agreeing;  ///< by kind; of those whose pdq agrees
  std::uint64_t comparisons = 0;

  Strangers() = default;
  explicit Strangers(const std::vector<Kind>& kinds);
  void add(const Strangers& other);
};

/// Two photographs that are nearer than strangers should be.
struct NearPair {
  std::size_t query = 0;  ///< in Questions::subjects
  std::size_t known = 0;
  std::size_t label = 0;
  double rate = 1;  ///< of strangers as near, by the library's own curve
};

struct Half {
  std::vector<std::size_t> subjects;      ///< in Questions::subjects
  std::vector<std::vector<Asked>> asked;  ///< of each of them
  Strangers strangers;
  std::vector<Strangers> groups;  ///< by the group of the query
  std::vector<NearPair> near;     ///< a pair once, nearest first, the nearest 20
};

/// Pairs that are alike and no copies.
struct Alike {
  std::string name;
  std::string what;
  std::vector<Asked> pairs;
};

struct Measurement {
  std::vector<Kind> kinds;
  std::vector<Level> levels;
  Gallery gallery;
  Questions questions;
  Half tuning;
  Half reporting;
  std::vector<Alike> alike;
};

/// `split`: what limits are set on and what figures are of are kept apart; otherwise all of it is
/// for tuning, no look-alikes are made, and nothing unseen and none of OpenCV's hashes is asked.
/// Fails as evaluate() does.
[[nodiscard]] Result<Measurement> measure(const EvaluateOptions& options, bool split);

}  // namespace reseau::evaluation
