/// A bank: a named, durable collection of known images, as signatures and never as pictures.
///
/// One SQLite file (docs/bank.md draws it). Every row carries a digest that is checked whenever it
/// is read; the search index is derived from the rows, and may be saved beside the bank.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <reseau/hash.h>
#include <reseau/index.h>
#include <reseau/result.h>
#include <reseau/signature.h>
#include <reseau/video.h>
#include <reseau/view.h>

namespace reseau {

using EntryId = std::int64_t;  ///< 1 and up; never used again after a removal

/// A part of a known image, hashed as if it were all of it, so that copies of the part are found.
struct Window {
  Rectangle where;
  float tilt = 0;  ///< degrees clockwise by which the window is turned in the image
  Signature grid;
  friend bool operator==(const Window&, const Window&) = default;
};

/// What is known of one image. Everything is optional but one of the signatures or digests.
struct EntryData {
  std::optional<Signature> grid;  ///< of the whole
  std::optional<Window> trimmed;  ///< the whole without its borders
  std::vector<Window> windows;    ///< parts of it; at most kMaxWindows
  std::optional<Signature> pdq;
  std::optional<int> quality;      ///< of the grid signature, 0 to 100
  std::optional<int> pdq_quality;  ///< 0 to 100
  std::optional<std::array<std::uint8_t, 32>> sha256;
  std::optional<std::array<std::uint8_t, 20>> sha1;
  std::optional<std::array<std::uint8_t, 16>> md5;
  std::optional<int> width;  ///< of the upright picture
  std::optional<int> height;
  std::optional<std::uint64_t> bytes;  ///< of the file
  std::optional<VideoSignature>
      video;                        ///< of a video, which then has none of the above but digests
  std::string origin;               ///< where it came from: a path, a list's name and row
  std::vector<std::string> labels;  ///< may name victims: shown only where asked for
};

struct Entry {
  EntryId id = 0;
  std::string added;  ///< UTC, ISO 8601: 2026-11-23T19:33:00Z
  EntryData data;
};

inline constexpr std::size_t kMaxWindows = 126;

/// Frames of one video that a bank takes.
inline constexpr std::size_t kMaxVideoFrames = std::size_t{1} << 19;

/// EntryHit::window beside 0.
inline constexpr int kTrimmed = 1;
inline constexpr int kFirstPart = 2;

/// An entry near a query, by one of its signatures.
struct EntryHit {
  EntryId id = 0;
  int distance = 0;
  /// 0: the whole; kTrimmed: `trimmed` of the entry; beyond: windows[window - kFirstPart].
  int window = 0;
  int frame = -1;  ///< of a known video: which of its frames; kTrimmed is what is inside it
  /// Of a whole image, with or without its borders.
  [[nodiscard]] bool whole() const noexcept { return window < kFirstPart; }
  friend bool operator==(const EntryHit&, const EntryHit&) = default;
};

/// The window of an EntryHit; none for the whole, or if there is no such.
[[nodiscard]] RESEAU_API const Window* window_of(const EntryData& data, int window);

/// What became of one EntryData given to add().
struct Added {
  EntryId id = 0;
  bool existing = false;  ///< the same bytes (or, without digests, the same signatures) were there
};

struct BankInfo {
  std::string path;
  std::string id;       ///< random, given at creation
  std::string created;  ///< UTC, ISO 8601
  int format = 0;
  Level level = Level::base;
  IndexKind kind = IndexKind::exact;
  std::size_t entries = 0;
  std::size_t with_grid = 0;
  std::size_t windows = 0;   ///< grid signatures of parts, and of images without their borders
  std::size_t with_pdq = 0;  ///< images
  std::size_t videos = 0;
  std::size_t frames = 0;        ///< of videos
  std::uint64_t file_bytes = 0;  ///< of the database, its journal and what is saved beside it
  bool saved = false;            ///< see Bank::save_index()
};

struct VerifyReport {
  std::size_t entries = 0;            ///< rows read
  std::vector<std::string> problems;  ///< one sentence each; empty for a sound bank
};

/// Threads: any number of threads may share a Bank. Processes: any number read while one writes; a
/// second writer waits up to ten seconds, then gets bank_locked.
class RESEAU_API Bank {
 public:
  enum class Mode : std::uint8_t { read, write };

  /// Makes an empty bank. `level` says which windows its images are to be examined for; it is a
  /// promise of those who add, and not checked: hashes without pictures have no windows.
  /// `kind`: how grid signatures are searched.
  /// Fails: already_exists; io_error; disk_full.
  static Result<Bank> create(const std::string& path, Level level = Level::base,
                             IndexKind kind = IndexKind::exact);

  /// Opens a bank and reads it into memory (about 250 bytes an entry, and 110 a window): what
  /// save_index() has saved, and the rows since then; or all rows.
  /// Fails: bank_missing, bank_foreign, bank_newer, bank_damaged, bank_locked, bank_read_only.
  static Result<Bank> open(const std::string& path, Mode mode = Mode::read);

  Bank(Bank&&) noexcept;
  Bank& operator=(Bank&&) noexcept;
  ~Bank();

  /// Adds all or none, durably: when it returns, a crash loses nothing. An entry that is there
  /// already is not added again; its labels are joined.
  /// Fails: invalid_argument (names the entry), unlike_signatures, bank_read_only, bank_locked,
  ///        disk_full, io_error. The bank is then as it was. limit_memory: the same, or, if the
  ///        message says so, the change is in the file and this handle has to be opened again.
  [[nodiscard]] Result<std::vector<Added>> add(std::span<const EntryData> entries);

  /// Removes all or none. The rows are overwritten in the file, and the ids are never given again.
  /// Fails: not_found (names the id), and as add().
  [[nodiscard]] Status remove(std::span<const EntryId> ids);

  /// Fails: not_found, bank_damaged.
  [[nodiscard]] Result<Entry> get(EntryId id) const;

  /// Calls `visit` for every entry from id `first` on, in order of id, until it returns false.
  /// Fails: bank_damaged at the first row whose digest does not fit.
  [[nodiscard]] Status each(const std::function<bool(const Entry&)>& visit,
                            EntryId first = 1) const;

  /// Which digest of a file an entry was found by, strongest first.
  enum class DigestKind : std::uint8_t { sha256, sha1, md5 };
  struct DigestHit {
    EntryId id = 0;
    DigestKind kind = DigestKind::sha256;
  };
  /// Entries of the same bytes: one hit an entry. The strongest digest that is known of an entry
  /// decides alone: one whose sha256 is known and differs is not found by its sha1 or md5. Takes in
  /// first what other processes have written, as refresh() does.
  [[nodiscard]] Result<std::vector<DigestHit>> find(const Digests& digests) const;

  /// Which signatures are searched: all, or only those of whole images, with and without borders.
  enum class Among : std::uint8_t { all, wholes };

  /// Entries with a signature of the queries' algorithm within `limit`: one list a query, nearest
  /// first, ties by id. Each entry by the nearest of its signatures; where that is of a part, once
  /// more by the nearest of the whole image. Complete, unless the bank is of IndexKind::ivf.
  [[nodiscard]] Result<std::vector<std::vector<EntryHit>>> within(
      std::span<const Signature> queries, MaxDistance limit, Among among = Among::all) const;

  /// Every frame of known videos, and every whole known image, with a signature of the queries'
  /// algorithm within `limit`: one list a query, nearest first. What videos are matched by.
  [[nodiscard]] Result<std::vector<std::vector<EntryHit>>> frames_within(
      std::span<const Signature> queries, MaxDistance limit) const;

  /// Takes in what other processes have added and removed since it was opened. A bank in a folder
  /// that may not be written is opened anew for that.
  [[nodiscard]] Status refresh();

  /// The same without opening anything anew, as find() and get() do it, and the two searches do
  /// not.
  [[nodiscard]] Status catch_up() const;

  /// Saves what is derived from the rows in two files beside the bank, NAME-grid and NAME-pdq, so
  /// that it opens without reading them all. An aid only: whatever becomes of them, the bank is
  /// whole. remove() overwrites and deletes them.
  ///
  /// Does nothing where that would gain little: where few rows have come since the last time, in
  /// all or in proportion. Builds the lists of IndexKind::ivf first. Others wait to write
  /// meanwhile, and go on to ask.
  ///
  /// Fails: already_exists for a file of such a name that is not this bank's; bank_read_only,
  ///        bank_locked, disk_full, io_error, limit_memory. The bank is as it was.
  [[nodiscard]] Status save_index();

  /// Index::recall() of the grid signatures at `limit`.
  [[nodiscard]] Result<double> recall(MaxDistance limit) const;

  [[nodiscard]] std::size_t size() const;
  /// Pictures that a query is held against: images, and the frames of videos.
  [[nodiscard]] std::size_t pictures() const;
  /// Of those, the ones that have pdq and no grid: what came from others' lists.
  [[nodiscard]] std::size_t known_by_pdq_alone() const;
  [[nodiscard]] Level level() const;
  [[nodiscard]] IndexKind kind() const;
  [[nodiscard]] Result<BankInfo> info() const;

  /// Reads everything: SQLite's own check, the digest of every row, and the sum over all of them.
  /// Does not need a bank that opens: damage is reported, not failed on.
  static Result<VerifyReport> verify(const std::string& path);

 private:
  struct Impl;
  explicit Bank(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] RESEAU_API std::string_view name(Bank::DigestKind kind);

}  // namespace reseau
