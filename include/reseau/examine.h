/// One input, from bytes to everything that is known of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <reseau/bank.h>
#include <reseau/hash.h>
#include <reseau/image.h>
#include <reseau/result.h>
#include <reseau/video.h>

namespace reseau {

/// Whatever could be learnt of one input. `outcome` says how far that went; digests are there
/// whenever the bytes could be read.
struct RESEAU_API Examined {
  PicturePart part;  ///< which of the file's pictures
  Code outcome = Code::ok;
  std::string message;    ///< why, where outcome is not ok: one sentence
  std::string isolation;  ///< of the decoder (see PictureDecoder); empty for pixels of others
  Format format;
  std::optional<std::uint64_t> bytes;
  std::optional<Digests> digests;
  std::optional<int> width;  ///< of the upright picture, as far as it is there
  std::optional<int> height;
  /// How much of the picture is really there, 0 to 1; none if it was not decoded.
  std::optional<double> completeness;
  std::optional<Signature> grid;
  std::optional<HashedViews> pdq_views;  ///< `pdq()` is the first of them
  std::optional<int> quality;            ///< of the grid signature

  struct Part {
    Rectangle where;
    Hashed grid;
    std::optional<HashedViews> pdq_views;
  };
  /// What is inside borders, bars or a screenshot's frame, if the picture has such.
  std::optional<Part> trimmed;
  /// What is between blurred bars, or the pictures of a collage; and what is on a page. For queries
  /// only.
  std::vector<Part> panels;

  std::vector<HashedWindow> parts;  ///< the windows of the level that was asked for
  /// What matching aligns known windows with. A small picture, held in memory only: let go of it
  /// (reset) in what is to be kept.
  std::optional<GridPlane> plane;

  /// Of a video: its frames, as far as it could be looked at. It has no grid or pdq of its own;
  /// `quality` is that of its best frame.
  std::optional<VideoSignature> video;
  std::optional<double> duration;  ///< of a video, in seconds, as far as it was reached

  [[nodiscard]] std::optional<Signature> pdq() const;
  [[nodiscard]] std::optional<int> pdq_quality() const;

  /// Nothing in it is left unlooked at: it was decoded whole, or is no media by its content.
  /// What is not examined is never "no match".
  [[nodiscard]] bool fully_examined() const;

  /// For Bank::add.
  [[nodiscard]] EntryData entry_data() const;
};

struct ExamineOptions {
  Limits limits;
  Level level = Level::base;          ///< which windows; for a query, base; for a bank, the bank's
  PictureDecoder* decoder = nullptr;  ///< of videos too; none: in this process
  VideoOptions video = {};            ///< how videos are sampled
};

/// Every picture of a file: decodes, hashes, digests; keeps nothing. Never fails: what goes wrong
/// is the outcome.
///
/// The first stands for the file: it has the digests, and its outcome says whether all of the file
/// could be looked at (limit_frames if not). The others are those that look unlike all before them:
/// frames, pages, and pictures embedded in the file (see PicturePart). Nothing is missed by leaving
/// out the alike, since what matches one matches the other. An animation of which frames differ is
/// a video besides (PicturePart::Kind::animation), and so are videos embedded in the file: the last
/// of them. Of a video's file, the video is the first, and the others are what find_embedded()
/// tells of beside its frames; not where the file is over Limits::max_bytes. Threads: any number.
[[nodiscard]] RESEAU_API std::vector<Examined> examine_all(Bytes file,
                                                           const ExamineOptions& options = {});
[[nodiscard]] RESEAU_API std::vector<Examined> examine_file_all(const std::string& path,
                                                                const ExamineOptions& options = {});

/// The first picture of a file only, or the video. Where there are more frames or pages, or
/// embedded pictures that look unlike it, or videos, the outcome is limit_frames. Never fails, as
/// examine_all().
[[nodiscard]] RESEAU_API Examined examine(Bytes file, const ExamineOptions& options);
[[nodiscard]] RESEAU_API Examined examine_file(const std::string& path,
                                               const ExamineOptions& options);
/// The same, in this process.
///
/// `level`: for which windows. For a query, base; for what is to be added to a bank, the bank's.
/// Threads: any number.
[[nodiscard]] RESEAU_API Examined examine(Bytes file, const Limits& limits = {},
                                          Level level = Level::base);
/// The same of pixels that somebody else has decoded; there is no format and there are no digests.
/// Requires: 1 to 65,535 pixels a side, upright. Throws std::bad_alloc.
[[nodiscard]] RESEAU_API Examined examine(const ImageView& pixels, Level level = Level::base);
[[nodiscard]] RESEAU_API Examined examine_file(const std::string& path, const Limits& limits = {},
                                               Level level = Level::base);

}  // namespace reseau
