/// Lists of entries that lie near each other, so that a search reads only those near its query:
/// FAISS's IVF, after Sivic and Zisserman, "Video Google", 2003. Approximate, and for all views of
/// a picture at once: entries are laid into lists by what their views have in common
/// (Int8Rows::Format::canonical), which no view of a query is further from than from the entry.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "index/centroids.h"
#include "index/chunks.h"
#include "index/int8_rows.h"

namespace reseau::detail {

/// Over up to kMostChunks chunks, for Live, whose entries it lays in the order of the lists.
class InvertedLists {
 public:
  static constexpr bool kArranges = true;
  static constexpr std::size_t kMostChunks = 256;
  using Chunks = detail::Chunks<Int8Rows>;

  /// Puts into `chunks` the same entries without holes, arranged. Null if it was stopped; `chunks`
  /// may then be anything. Requires: an entry.
  /// Cost: on one core some 20 us an entry.
  [[nodiscard]] static std::shared_ptr<const InvertedLists> build(Chunks& chunks,
                                                                  const Int8Rows::Format& format,
                                                                  const std::stop_token& stop);

  [[nodiscard]] std::size_t chunks() const { return chunks_; }
  [[nodiscard]] std::size_t bytes() const {
    return centroids_.bytes() + starts_.size() * sizeof starts_[0];
  }

  /// Groups of sixteen entries, counted over all chunks; `last` is not among them.
  struct Stretch {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  /// Where those entries stand that may be within `limit` of a view of what `canonical` is of, but
  /// for one in a hundred or so of those at the limit itself. Rising, apart from each other.
  [[nodiscard]] std::vector<Stretch> near(const std::int8_t* canonical, int limit) const;

  /// The same in bytes, for entries of which those at `holes` (positions over all chunks, rising)
  /// are left out, and back. None if the bytes are not of lists over `entries` entries.
  [[nodiscard]] std::vector<std::uint8_t> saved(std::span<const std::size_t> holes) const;
  [[nodiscard]] static std::shared_ptr<const InvertedLists> from(
      std::span<const std::uint8_t> saved, const Int8Rows::Format& format, std::size_t entries);

 private:
  // Limits for which the number of lists to read was learned: 2^10 to 2^17.
  static constexpr std::size_t kLimits = 29;

  InvertedLists(std::size_t lists, const Int8Rows::Format& format)
      : centroids_(lists, format.quads() * kQuad), starts_(lists + 1) {}
  static int limit_of(std::size_t i);
  void learn(const Chunks& chunks, const Int8Rows::Format& format);

  Centroids centroids_;
  std::vector<std::uint32_t> starts_;            ///< of each list, in entries; the end
  std::array<std::uint32_t, kLimits> probes_{};  ///< lists to read, up to each limit
  std::size_t chunks_ = 0;
};

}  // namespace reseau::detail
