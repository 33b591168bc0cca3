// How a query is looked at, and what of a known image is nearest to that.
#include <reseau/match.h>
#include <algorithm>
#include <limits>

#include "match/kinds.h"

namespace reseau::detail {
namespace {

// A look at all of a picture of which this much is borders, in shares of its area.
constexpr float kBordered = 0.2F;

constexpr int kFarthest = std::numeric_limits<int>::max();

void add_looks(const std::array<Signature, kViews.size()>& signatures, const Rectangle& trim,
               Looks& looks) {
  for (std::size_t v = 0; v < kViews.size(); ++v) {
    looks.signatures.push_back(signatures[v]);
    looks.views.push_back(kViews[v]);
    looks.views.back().trim = trim;
  }
}

/// The nearest so far.
void take(const Looks& looks, const Signature& known, int window, Candidate& nearest) {
  for (std::size_t i = 0; i < looks.views.size(); ++i) {
    const auto apart = reseau::distance(looks.signatures[i], known);
    if (!apart || *apart >= nearest.distance) continue;
    nearest.distance = *apart;
    nearest.look = i;
    nearest.window = window;
  }
}

}  // namespace

int Looks::handicapped(int distance, std::size_t look) const {
  // 1.35 times as far; distances are squared.
  constexpr double kHandicap = 1.35 * 1.35;
  const bool is_whole = views.at(look).trim == Rectangle{};
  const bool handicap = bordered && is_whole && views.size() > kViews.size();
  return handicap ? static_cast<int>(std::min(kHandicap * distance, 1e9)) : distance;
}

Looks looks_of(const Examined& query, Algorithm algorithm) {
  Looks looks;
  const bool partial = query.outcome == Code::ok_partial;
  const bool looked_at =
      query.outcome == Code::ok || query.outcome == Code::limit_frames || partial;
  if (!looked_at) return looks;
  if (partial && query.completeness.value_or(0) < kMinCompleteness) return looks;
  const int enough = partial ? kMinPartQuality : kMinQuality;
  const auto add = [&](const Signature& grid, const std::optional<HashedViews>& pdq,
                       const Rectangle& trim) {
    if (algorithm == Algorithm::grid) {
      add_looks(grid_views(grid), trim, looks);
    } else if (pdq && pdq->quality >= kMinPdqQuality) {
      add_looks(pdq->signatures, trim, looks);
    }
  };
  if (query.grid && query.quality >= enough) add(*query.grid, query.pdq_views, {});
  if (const auto& inside = query.trimmed) {
    if (inside->grid.quality >= kMinPartQuality) {
      add(inside->grid.signature, inside->pdq_views, inside->where);
    }
    looks.bordered = inside->where.width * inside->where.height < 1 - kBordered;
  }
  for (const auto& panel : query.panels) {
    add(panel.grid.signature, panel.pdq_views, panel.where);
  }
  return looks;
}

std::optional<Candidate> nearest(const Looks& looks, const EntryData& known, EntryId entry) {
  if (looks.empty()) return std::nullopt;
  Candidate nearest{entry, kFarthest, 0, 0};
  if (looks.signatures.front().algorithm() == Algorithm::pdq) {
    if (known.pdq) take(looks, *known.pdq, 0, nearest);
  } else {
    if (known.grid) take(looks, *known.grid, 0, nearest);
    if (known.trimmed) take(looks, known.trimmed->grid, kTrimmed, nearest);
  }
  if (nearest.distance == kFarthest) return std::nullopt;
  return nearest;
}

std::optional<Candidate> nearest_window(const Looks& looks, const EntryData& known, EntryId entry) {
  Candidate nearest{entry, kFarthest, 0, 0};
  for (std::size_t i = 0; i < known.windows.size(); ++i) {
    take(looks, known.windows[i].grid, kFirstPart + static_cast<int>(i), nearest);
  }
  if (nearest.distance == kFarthest) return std::nullopt;
  return nearest;
}

std::optional<int> nearest_distance(const Looks& looks, const Signature& known) {
  Candidate nearest{0, kFarthest, 0, 0};
  take(looks, known, 0, nearest);
  if (nearest.distance == kFarthest) return std::nullopt;
  return nearest.distance;
}

}  // namespace reseau::detail
