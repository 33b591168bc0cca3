/// Multi-index hashing: all codes within a small Hamming distance, without looking at most.
///
/// Norouzi, Punjani and Fleet, "Fast search in Hamming space with multi-index hashing" (2012): cut
/// the codes into m pieces; two codes within a limit must be very near each other in some piece, so
/// look up, in a table for each piece, all values so near to the query's. How near, piece by piece,
/// adds up to limit - m + 1 (Qin et al., "GPH", 2018).
///
/// What a table then finds is mostly chance. Beside each entry lie the first sixteen bits of the
/// next piece (the last one's next is the first): as a ring of pieces whose distances are small on
/// the whole has a place from where all sums are small (the cycle lemma; Qin and Xiao,
/// "Pigeonring", 2018), it is enough to go on with entries that are near in both, of which there
/// are few.
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include <reseau/index.h>

#include "index/chunks.h"
#include "index/hamming_rows.h"

namespace reseau::detail {

/// Tables over up to kMostChunks chunks, for Live. About 80 bytes an entry.
class MultiIndex {
 public:
  static constexpr bool kArranges = false;
  static constexpr std::size_t kMostChunks = 512;
  using Chunks = detail::Chunks<HammingRows>;

  /// Null if it was stopped. `pieces`: 13 or 16; 0 picks by the number of entries.
  [[nodiscard]] static std::shared_ptr<const MultiIndex> build(const Chunks& chunks,
                                                               const std::stop_token& stop,
                                                               std::size_t pieces = 0);

  [[nodiscard]] std::size_t chunks() const { return chunks_; }
  [[nodiscard]] std::size_t bytes() const;

  /// Appends every live entry within `limit`, once, in no order. Does nothing and returns false if
  /// that would cost more than a scan, at `scan_cost` a code (see kProbeCost).
  ///
  /// Requires: `first` points at the chunks that this was built over, or at the same with holes.
  bool within(const Chunks::value_type* first, const HammingCode& query, int limit,
              double scan_cost, std::vector<Hit>& hits) const;

 private:
  struct Piece {
    int start = 0;
    int bits = 0;
  };
  struct Table {
    Piece piece;
    Storage starts;    ///< uint32: of each value's runs, one a group; and the end
    Storage sketches;  ///< uint16: of the next piece
    Storage offsets;   ///< uint16: in the chunk
    Storage chunks;    ///< uint8: in the group
  };
  class Search;

  MultiIndex() = default;

  std::size_t chunks_ = 0;
  std::size_t groups_ = 0;  ///< of kGroup chunks, since a position has 8 bits for the chunk
  std::size_t entries_ = 0;
  std::vector<Table> tables_;
};

}  // namespace reseau::detail
