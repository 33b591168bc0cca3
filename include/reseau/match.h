/// The one call a pipeline makes: is this upload a copy of something known?
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <reseau/bank.h>
#include <reseau/examine.h>
#include <reseau/stretch.h>
#include <reseau/view.h>

namespace reseau {

/// A reason for a person to look; never a finding about anyone.
enum class Verdict : std::uint8_t {
  exact,  ///< the same bytes
  near,  ///< expected_false is at most 1e-6, which is claimed in banks of up to 500,000 (grid) or a
         ///< million (pdq) pictures only
  similar,  ///< within the limit
  test,     ///< the test card (see testcard.h), whatever else is in the bank
};
[[nodiscard]] RESEAU_API std::string_view name(Verdict verdict);

/// By what a match was found.
enum class MatchKind : std::uint8_t { grid, pdq, sha256, sha1, md5 };
[[nodiscard]] RESEAU_API std::string_view name(MatchKind kind);

/// Of a query that is cut short, so much must be there for it to be matched by how it looks: strips
/// of unrelated pictures are alike.
inline constexpr double kMinCompleteness = 0.2;

/// The id that matches of the test card carry. No entry of a bank ever has it.
inline constexpr EntryId kTestCardEntry = 0;

struct Match {
  EntryId entry = 0;
  MatchKind kind = MatchKind::grid;
  Verdict verdict = Verdict::similar;
  int distance = 0;
  MaxDistance limit;  ///< what the distance was held to
  /// A grid distance after alignment, which is robust (GridAligner); at levels that have windows,
  /// of several of them, and shortened where pdq is near too (Confirmation in docs/signature.md).
  bool aligned = false;
  /// Only a part of the query is there (`ok_partial`) and this was found by it: always for review,
  /// never a verdict of its own. Never `near`.
  bool partial = false;
  PicturePart part;  ///< which of the query's pictures
  View view;         ///< how the query was looked at
  /// How many unrelated entries of a bank of this size are expected this near to one query: how
  /// often the matcher errs at this distance. Not the chance that this match is wrong, and nothing
  /// about anyone's guilt. See docs/matching.md for what it was fitted on. 0 for digests.
  double expected_false = 0;
  Media entry_media = Media::image;  ///< what is known: an image or a video; for digests, `image`
  /// Of videos: where. A video in a video has stretches of several frames, or of one, which is
  /// weaker; a still of a known video one of one frame, with `entry` times; a known image inside a
  /// video one for each time it is seen, with `query` times.
  std::vector<Stretch> stretches;
};

/// What was found, and how far the query could be looked at.
struct Matches {
  Examined query;            ///< its first picture
  std::vector<Match> found;  ///< strongest first: exact, then by expected_false, then by entry
  /// Candidates that were not aligned since MatchOptions::alignment had no time left, or had as
  /// many as it takes: they were judged as whole pictures only.
  std::size_t unaligned = 0;

  [[nodiscard]] auto begin() const { return found.begin(); }
  [[nodiscard]] auto end() const { return found.end(); }
  [[nodiscard]] bool empty() const { return found.empty(); }
  [[nodiscard]] std::size_t size() const { return found.size(); }
};

/// What a distance is of. Each has limits and rates of its own.
enum class Measure : std::uint8_t {
  grid,          ///< of whole pictures, with and without borders
  grid_aligned,  ///< of any window after alignment, confirmed (see Match::aligned)
  pdq,
};

/// Of unrelated pictures, the share of pairs that are at most this far apart in the nearest of all
/// kViews, with and without borders: the fitted curve behind Match::expected_false.
/// `level`: of the bank, which counts after alignment only. docs/matching.md has the measurement.
[[nodiscard]] RESEAU_API double false_positive_rate(Measure measure, int distance,
                                                    Level level = Level::base);

/// The furthest distance that at most `rate` of strangers are within: false_positive_rate()
/// backwards. Less than the least rate of its curve is claimed of no distance: below, that one's.
[[nodiscard]] RESEAU_API MaxDistance limit_at(Measure measure, double rate,
                                              Level level = Level::base);

/// Either measure of grid may be the one that errs: each is given half of what grid may.
[[nodiscard]] RESEAU_API int measures_of_kind(Measure measure);

/// False matches that one query may expect, of each kind, at the default limit of any bank: of grid
/// and pdq together 0.001.
inline constexpr double kExpectedFalse = 0.0005;

/// The limit that holds where none is asked for: the furthest at which a query against `entries`
/// unrelated entries expects at most kExpectedFalse matches. Banks of fewer than 1,000 are held to
/// the limit of 1,000.
[[nodiscard]] RESEAU_API MaxDistance default_limit(Measure measure, std::size_t entries,
                                                   Level level = Level::base);

/// How find_stretches() judges two videos where frames of the known one were searched among so many
/// pictures and frames.
[[nodiscard]] RESEAU_API StretchRules stretch_rules(std::size_t known_frames);

/// Whether a kind of signature is asked, and what its distances are held to.
struct Asked {
  bool ask = true;
  std::optional<MaxDistance> limit;  ///< none: default_limit of the kind and the bank's size
};

/// How candidates of the grid signature are looked at again, where the query's pixels are at hand.
struct Alignment {
  /// Of candidates, before alignment: beyond, a window lies too far from the query to begin with.
  static constexpr MaxDistance kFarthest{100'000};

  bool on = true;
  /// What distances after alignment, which are shorter (see GridAligner), are held to. None: what
  /// is as rare as MatchOptions::grid's own limit if there is one, or default_limit.
  std::optional<MaxDistance> limit;
  /// Candidates a query, the nearest first; and a candidate is what is as near as the nearest of
  /// about so many unrelated entries. Fewer are sooner searched for in banks of millions.
  std::size_t most = 256;
  std::chrono::milliseconds budget{100};  ///< a query; what is left then counts as unaligned
};

struct MatchOptions {
  Asked grid;  ///< aligned distances hear pdq, whether it is asked or not
  Asked pdq;
  bool digests = true;
  Alignment alignment;
  /// A match by grid counts only if pdq is within this too. Queries and entries without pdq are not
  /// held to it. docs/matching.md says what that brings: fewer false matches, and fewer copies.
  std::optional<MaxDistance> agree;
  bool all = false;  ///< every kind that agrees, not only an entry's strongest
  Limits limits;
  PictureDecoder* decoder = nullptr;  ///< none: in this process
  /// On how many a video is looked up, the caller's among them; 0: as many as there are processors.
  /// What is found is the same.
  int threads = 1;
};

/// Decodes, hashes, looks up; keeps nothing. All pictures of the file are asked (see examine_all).
///
/// Fails:   with the query's own outcome, if it is no picture or could not be (fully) examined, and
///          nothing was found, so that silence is never taken for "no match"; with the bank's
///          error.
/// Cost:    decoding, then two passes over the bank's index, then about a millisecond for each
///          candidate that is aligned.
/// Threads: any number on one bank.
[[nodiscard]] RESEAU_API Result<Matches> match(const Bank& bank, Bytes file,
                                               const MatchOptions& options = {});

/// The same for what was examined already, for callers who tell outcomes apart themselves: does not
/// fail for an outcome, which is in `query`.
[[nodiscard]] RESEAU_API Result<Matches> match(const Bank& bank, const Examined& query,
                                               const MatchOptions& options = {});

/// The same for many queries, of different files: in their order, each what match() finds of it.
///
/// Cost: they are searched for in one pass: a query takes half of the time among 10 million
///       entries, nearly all of it among one million (docs/matching.md).
[[nodiscard]] RESEAU_API Result<std::vector<Matches>> match_each(const Bank& bank,
                                                                 std::span<const Examined> queries,
                                                                 const MatchOptions& options = {});

/// How many queries are worth waiting for, to be searched for together: 1 where a search takes less
/// time than what is searched for takes to be examined.
[[nodiscard]] RESEAU_API std::size_t worth_together(const Bank& bank, const MatchOptions& options);

/// A file of more pictures is better matched by itself than kept waiting for others: what alignment
/// looks at takes memory.
inline constexpr std::size_t kManyPictures = 32;

/// The same for all the pictures of one file, as examine_all() gives them: what is found says in
/// which of them, and `query` is left empty. Does not fail for an outcome.
[[nodiscard]] RESEAU_API Result<Matches> match_all(const Bank& bank,
                                                   std::span<const Examined> pictures,
                                                   const MatchOptions& options = {});

/// The same for many files, as match_each() for many queries.
[[nodiscard]] RESEAU_API Result<std::vector<Matches>> match_files(
    const Bank& bank, std::span<const std::vector<Examined>> files,
    const MatchOptions& options = {});

/// Two pictures held against each other: `a` as a query of a bank in which `b` is known. So
/// compare(b, a) may differ where one shows a part of the other, or has borders.
struct Comparison {
  std::optional<Match> grid;  ///< `entry` is 0; none if either has no signature of the kind
  std::optional<Match>
      aligned;  ///< grid after alignment; none if `b` is too far away to begin with
  std::optional<Match> pdq;
  /// Where either is a video: where `a` shows a part of `b`. The kinds above are then none.
  std::vector<Stretch> stretches;
  std::optional<bool> same_bytes;  ///< none: the bytes of one of them are not known
  /// Within the default limit of a small bank by one of these, or the same bytes. None: they could
  /// not be compared.
  std::optional<bool> same_picture;
};
/// `level`: which `b` was examined at. The more windows, the smaller the part that is found.
[[nodiscard]] RESEAU_API Comparison compare(const Examined& a, const Examined& b,
                                            Level level = Level::base);

}  // namespace reseau
