#include "index/chunk.h"

#include <limits>
#include <numeric>

namespace reseau::detail {

Ids::Ids(std::vector<Id> ids) {
  if (ids.empty()) return;
  const auto [least, greatest] = std::minmax_element(ids.begin(), ids.end());
  least_ = *least;
  greatest_ = *greatest;
  if (!std::is_sorted(ids.begin(), ids.end())) {
    ranking_.resize(ids.size());
    std::iota(ranking_.begin(), ranking_.end(), std::uint16_t{0});
    std::sort(ranking_.begin(), ranking_.end(),
              [&ids](std::uint16_t a, std::uint16_t b) { return ids[a] < ids[b]; });
  }
  const auto width = static_cast<std::uint64_t>(greatest_) - static_cast<std::uint64_t>(least_);
  if (width > std::numeric_limits<std::uint32_t>::max()) {
    far_ = std::move(ids);
    far_.shrink_to_fit();
    return;
  }
  near_.reserve(ids.size());
  for (const Id id : ids) near_.push_back(static_cast<std::uint32_t>(id - least_));
}

}  // namespace reseau::detail
