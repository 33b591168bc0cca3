/// What matching and comparing share: which of an input's signatures may be asked, in which views.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <reseau/examine.h>
#include <reseau/match.h>

namespace reseau::detail {

/// A query's signatures of one kind, each with the view that it is of: all of kViews of the whole
/// picture, then all of them of what is inside its borders, if it has such.
struct Looks {
  std::vector<Signature> signatures;
  std::vector<View> views;

  [[nodiscard]] bool empty() const { return views.empty(); }
};

/// Empty where the picture has no signature of the kind, or too low a quality to be matched by it.
[[nodiscard]] Looks looks_of(const Examined& query, Algorithm algorithm);

[[nodiscard]] MatchKind kind_of(Algorithm algorithm);

/// A match of a perceptual kind, with its verdict and the false matches expected among `entries`.
[[nodiscard]] Match perceptual_match(Algorithm algorithm, EntryId entry, int distance,
                                     MaxDistance limit, const View& view, std::size_t entries);

/// The nearest of `looks` to the nearest of a known image's signatures, if it is within `limit`.
[[nodiscard]] std::optional<Match> nearest_look(const Looks& looks, const EntryData& known,
                                                EntryId entry, MaxDistance limit,
                                                std::size_t entries);

}  // namespace reseau::detail
