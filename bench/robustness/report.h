/// What a run found, as JSON, and the same as a table for people.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "distances.h"
#include "gallery.h"
#include "tail.h"

namespace reseau::bench {

struct Run {
  std::vector<std::string> folders;
  std::uint64_t seed = 1;
  std::vector<std::string> unreadable;
  std::vector<Known> gallery;
  std::vector<Query> queries;
  SamePairs same;
  Scan scan;
  std::vector<Tail> grid_tails;  ///< by view count
  std::vector<Tail> pdq_tails;
  std::vector<Near> near;  ///< within the limits at kNearRate
};

inline constexpr double kNearRate = 1e-4;

[[nodiscard]] nlohmann::ordered_json report(const Run& run);
void print(const nlohmann::ordered_json& report);

}  // namespace reseau::bench
