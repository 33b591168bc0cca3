/// What a bank holds in memory beside its two indexes: where each entry stands in the file, and
/// which entries may be of given bytes.
///
/// In memory, and not as SQL indexes, for two reasons: SQLite would move their keys from page to
/// page and leave copies behind that a removal does not reach, and it does not notice flipped bits
/// in them, so that a known file would silently not be found.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include <reseau/bank.h>

#include "bank/byte_io.h"

namespace reseau::detail {

/// Hints from digests and signatures to entries. What it names may be the entry sought, and must be
/// compared; what it does not name is not.
///
/// 16 bytes a hint, at most four hints an entry, in a few sorted runs each at least eight times as
/// long as the next, after O'Neil, Cheng, Gawlick and O'Neil, "The log-structured merge-tree",
/// 1996; the last 65,536 hints in a hash table.
class Finder {
 public:
  Finder();
  void add(EntryId id, const EntryData& data);
  /// Cost: one pass over all hints.
  void remove(const std::set<EntryId>& ids);

  /// Ascending, none twice.
  [[nodiscard]] std::vector<EntryId> candidates(const Digests& digests) const;
  /// For same_entry(data, ...).
  [[nodiscard]] std::vector<EntryId> candidates(const EntryData& data) const;

  /// As saved.h keeps it; false if it is not of hints.
  void save(ByteWriter& to);
  [[nodiscard]] bool load(ByteReader& from);

 private:
  [[nodiscard]] std::uint64_t key(char kind, Bytes first, Bytes second = {}) const;
  [[nodiscard]] std::vector<std::uint64_t> digest_keys(const EntryData& data) const;
  [[nodiscard]] std::uint64_t signature_key(const EntryData& data) const;
  [[nodiscard]] std::vector<EntryId> named_by(const std::vector<std::uint64_t>& keys) const;

  struct Hint {
    std::uint64_t key;
    EntryId id;
    friend bool operator<(const Hint& a, const Hint& b) noexcept { return a.key < b.key; }
  };
  using Run = std::vector<Hint>;  ///< sorted
  void note(std::uint64_t key, EntryId id);
  void make_run();

  std::array<std::uint8_t, 16> secret_{};  ///< so that nobody can prepare digests that collide
  std::vector<Run> runs_;                  ///< the longest first
  std::unordered_multimap<std::uint64_t, EntryId> recent_;
};

/// Which signatures of a video's frame are in the index.
enum FrameBits : std::uint8_t { kWholeFrame = 1, kInsideFrame = 2, kPdqFrame = 4 };

/// Of the frame, what there is and can be recognised.
[[nodiscard]] std::uint8_t bits_of(const VideoFrame& frame);
/// How many frames of a video have pdq and nothing else.
[[nodiscard]] std::size_t known_by_pdq_alone(std::span<const std::uint8_t> frames);

/// Which signatures of an image are in the indexes, beside those of its parts.
enum PlaceBits : std::uint8_t { kWholeGrid = 1, kTrimmedGrid = 2, kWholePdq = 4 };

/// Where an entry stands in the file, and what of it is in the indexes.
struct Place {
  std::int64_t row = 0;      ///< 1 and up
  std::uint8_t bits = 0;     ///< PlaceBits
  std::uint8_t windows = 0;  ///< how many
  std::array<std::uint8_t, 6> unused{};

  [[nodiscard]] bool known_by_pdq_alone() const {
    return (bits & kWholePdq) != 0 && (bits & kWholeGrid) == 0;
  }
};

/// Of all entries, by their ids. 16 bytes an entry, where ids are dense.
class Places {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Null if it is not there.
  [[nodiscard]] Place* find(EntryId id);
  /// Requires: it is not there; a row.
  void add(EntryId id, const Place& place);
  /// Requires: it is there.
  void remove(EntryId id);
  /// Calls `visit(id, place)` for each from `first` on, by rising id, until it returns false.
  template <typename Visit>
  void each(EntryId first, const Visit& visit) const {
    for (auto page = pages_.lower_bound(first / kPage); page != pages_.end(); ++page) {
      for (std::size_t i = 0; i < kPage; ++i) {
        const EntryId id = page->first * kPage + static_cast<EntryId>(i);
        const Place& place = page->second->places[i];
        if (place.row != 0 && id >= first && !visit(id, place)) return;
      }
    }
  }

  void save(ByteWriter& to) const;
  [[nodiscard]] bool load(ByteReader& from);

 private:
  static constexpr EntryId kPage = 256;
  struct Page {
    std::array<Place, kPage> places;
    std::size_t used = 0;
  };
  std::map<EntryId, std::unique_ptr<Page>> pages_;
  std::size_t size_ = 0;
};

struct Catalogue {
  Places places;
  std::map<EntryId, std::vector<std::uint8_t>> frames;  ///< of videos: FrameBits each
  Finder finder;
};

}  // namespace reseau::detail
