/// What matching and comparing share: which of an input's signatures may be asked, in which views.
#pragma once

#include <array>
#include <optional>
#include <span>

#include <reseau/examine.h>
#include <reseau/match.h>

namespace reseau::detail {

/// A query's signatures of one kind, one a view, in the order of kViews.
using Views = std::array<Signature, kViews.size()>;

/// None where the picture has no signature of the kind, or too low a quality to be matched by it.
[[nodiscard]] std::optional<Views> matchable_views(const Examined& query, Algorithm algorithm);

[[nodiscard]] MatchKind kind_of(Algorithm algorithm);

/// A match of a perceptual kind, with its verdict and the false matches expected among `entries`.
[[nodiscard]] Match perceptual_match(Algorithm algorithm, EntryId entry, int distance,
                                     MaxDistance limit, const View& view, std::size_t entries);

/// The nearest of `views` to `known`, if it is within `limit`.
[[nodiscard]] std::optional<Match> nearest_view(const Views& views, const Signature& known,
                                                EntryId entry, MaxDistance limit,
                                                std::size_t entries);

}  // namespace reseau::detail
