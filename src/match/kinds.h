/// What matching and comparing share: which of an input's signatures may be asked, in which views,
/// and what comes of the nearest.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <reseau/examine.h>
#include <reseau/match.h>

namespace reseau::detail {

/// A query's signatures of one kind, each with the view that it is of: all of kViews of the whole
/// picture, of what is inside its borders, and of each panel, as far as there is such and something
/// to recognise in it.
struct Looks {
  std::vector<Signature> signatures;
  std::vector<View> views;
  bool bordered = false;  ///< the borders are so wide that the whole looks like a thing on a ground

  [[nodiscard]] bool empty() const { return views.empty(); }
  /// For ordering what is to be aligned: bars around a picture look like those around any other.
  [[nodiscard]] int handicapped(int distance, std::size_t look) const;
};

/// Empty where the picture has no signature of the kind, or too low a quality to be matched by it.
[[nodiscard]] Looks looks_of(const Examined& query, Algorithm algorithm);

[[nodiscard]] Measure measure_of(Algorithm algorithm);

/// A known image, by the nearest of its signatures to the nearest of the looks.
struct Candidate {
  EntryId entry = 0;
  int distance = 0;
  std::size_t look = 0;
  int window = 0;  ///< as EntryHit::window
  int frame = -1;  ///< as EntryHit::frame
};

/// What of `known` a candidate is near to: all of it, a window, or a frame of a video. None if it
/// has no such, as a saved index may say that somebody has made up.
[[nodiscard]] std::optional<Window> window_of(const EntryData& known, const Candidate& candidate);

/// None without a signature of the kind on either side.
[[nodiscard]] std::optional<Candidate> nearest(const Looks& looks, const EntryData& known,
                                               EntryId entry);

/// The same by the windows that a level adds; looks are of grid.
[[nodiscard]] std::optional<Candidate> nearest_window(const Looks& looks, const EntryData& known,
                                                      EntryId entry);

/// Of the nearest look to `known`. None if there are no looks of its kind.
[[nodiscard]] std::optional<int> nearest_distance(const Looks& looks, const Signature& known);

/// What an aligned distance is held to where grid's own limit was asked for and none for it: what
/// strangers are as seldom within. 0 for 0; nothing for what is below.
[[nodiscard]] MaxDistance as_rare_aligned(MaxDistance grid, Level level);

/// How far those strangers are that come so many decades more seldom as near after alignment.
[[nodiscard]] int rarer_aligned(int distance, double decades, Level level);

/// Up to here a match is Verdict::near: one accident in a million queries, if the fitted tail
/// holds.
inline constexpr double kNearExpected = 1e-6;

/// The same bytes, by a digest.
[[nodiscard]] Match exact_match(EntryId entry, MatchKind kind);

/// A match of a perceptual kind, with its verdict and the false matches expected among `entries`.
[[nodiscard]] Match perceptual_match(Measure measure, EntryId entry, int distance,
                                     MaxDistance limit, const View& view, std::size_t entries,
                                     Level level = Level::base);

/// Of a match with a frame of a known video: which.
void name_frame(Match& match, const Candidate& candidate, const EntryData& known);

/// A candidate as it is: the query shows the window that it is near to.
[[nodiscard]] Match plain_match(const Looks& looks, const Candidate& candidate,
                                const EntryData& known, MaxDistance limit, std::size_t entries);

/// Aligns candidates with one query.
class Alignments {
 public:
  /// `level`: of the bank. Requires: query.plane; `looks` of grid. Both must outlive this.
  Alignments(const Examined& query, const Looks& looks, Level level)
      : query_(query), looks_(looks), pdq_looks_(looks_of(query, Algorithm::pdq)), level_(level) {}

  /// The candidate after alignment, confirmed by what else there is of both (match/confirm.h); its
  /// view says which part of the known image the query shows.
  /// None if `known` has no such window.
  [[nodiscard]] std::optional<Match> match(const Candidate& candidate, const EntryData& known,
                                           MaxDistance limit, std::size_t entries);

 private:
  [[nodiscard]] const GridAligner& aligner(const Rectangle& start);

  const Examined& query_;
  const Looks& looks_;
  Looks pdq_looks_;
  Level level_;
  std::vector<std::pair<Rectangle, GridAligner>> aligners_;  ///< made when first asked for
};

/// Up to which distance an entry is worth being aligned: about `most` of `entries` strangers are.
[[nodiscard]] MaxDistance candidate_limit(std::size_t entries, std::size_t most, Level level);

}  // namespace reseau::detail
