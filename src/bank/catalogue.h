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
#include <set>
#include <unordered_map>
#include <vector>

#include <reseau/bank.h>

namespace reseau::detail {

/// Hints from digests and signatures to entries. What it names may be the entry sought, and must be
/// compared; what it does not name is not.
class Finder {
 public:
  Finder();
  void reserve(std::size_t entries);
  void add(EntryId id, const EntryData& data);
  void remove(const std::set<EntryId>& ids);

  /// Ascending, none twice.
  [[nodiscard]] std::vector<EntryId> candidates(const Digests& digests) const;
  /// For same_entry(data, ...).
  [[nodiscard]] std::vector<EntryId> candidates(const EntryData& data) const;

 private:
  [[nodiscard]] std::uint64_t key(char kind, Bytes first, Bytes second = {}) const;
  [[nodiscard]] std::vector<std::uint64_t> digest_keys(const EntryData& data) const;
  [[nodiscard]] std::uint64_t signature_key(const EntryData& data) const;
  [[nodiscard]] std::vector<EntryId> named_by(const std::vector<std::uint64_t>& keys) const;

  static constexpr std::size_t kKeys = 4;  ///< of an entry: three digests, the signatures
  std::array<std::uint8_t, 16> secret_{};  ///< so that nobody can prepare digests that collide
  std::unordered_multimap<std::uint64_t, EntryId> entries_;
};

struct Place {
  std::int64_t row = 0;
  bool grid = false;  ///< which signatures are in the index
  bool trimmed = false;
  int windows = 0;
  bool pdq = false;
};

struct Catalogue {
  std::map<EntryId, Place> places;
  Finder finder;
};

}  // namespace reseau::detail
