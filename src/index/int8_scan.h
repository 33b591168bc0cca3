/// Which of many codes (int8_rows.h) are within the limits of queries: a pass over groups of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "index/chunk.h"
#include "index/hits.h"
#include "index/int8_kernel.h"
#include "index/int8_rows.h"

namespace reseau::detail {

/// Queries, arranged for scans: those that differ by signs only share their bounds.
class Int8Queries {
 public:
  /// Those of `rows` that `which` names. The format must outlive this.
  Int8Queries(const Int8Rows::Format& format, const std::uint8_t* rows,
              const std::vector<std::size_t>& which);

 private:
  friend class Int8Scan;

  /// A query's values, or their magnitudes, in the order of the quads.
  struct Arranged {
    std::vector<std::int8_t> values;
    QueryPart whole;
    QueryPart head;
    QueryPart rest;

    Arranged(const Int8Rows::Format& format, std::vector<std::int8_t> arranged);
    Arranged(Arranged&&) = default;  // `values` stays where it is; a copy's would not
  };
  /// Queries that are alike but for their signs.
  struct Family {
    Arranged magnitudes;  ///< at most 127
    std::vector<std::size_t> members;
    std::optional<SignedSet> set;  ///< of the members
  };

  const Int8Rows::Format& format_;
  std::vector<Arranged> values_;      ///< of each query
  std::vector<std::size_t> numbers_;  ///< the same queries' in `rows`
  std::vector<Family> families_;
  std::vector<QueryPart> heads_, wholes_;  ///< of each family
};

/// One pass. How crowded groups were is remembered from call to call.
class Int8Scan {
 public:
  /// Appends to `lists[q]` what is within `limits[q]`. Queries and lists must outlive this.
  Int8Scan(const Int8Queries& queries, const std::vector<int>& limits, HitLists& lists);

  /// Of the chunk's groups, `first` up to, not with, `last`.
  void over(const Chunk<Int8Rows>& chunk, std::size_t first, std::size_t last);
  void over(const Chunk<Int8Rows>& chunk) { over(chunk, 0, (chunk.size() + kGroup - 1) / kGroup); }

 private:
  using Family = Int8Queries::Family;
  /// What is read of a group to see whether it is worth computing distances.
  enum class Bounds : std::uint8_t {
    heads,   ///< its first quads; then, of what these leave, the rest
    wholes,  ///< all quads at once, since too much is left of the first
    none,    ///< nothing, since that leaves too much, too
  };

  [[nodiscard]] Groups groups_of(const Chunk<Int8Rows>& chunk, std::size_t group,
                                 bool only_first) const;
  template <typename Visit>
  void each(std::size_t groups, const Visit& visit);
  void bound(const Groups& groups, std::size_t count);
  void narrow(const Chunk<Int8Rows>& chunk, std::size_t group, std::size_t family, GroupMask& near);
  void add_hits(const Chunk<Int8Rows>& chunk, std::size_t group, std::size_t family,
                GroupMask near);

  const Int8Kernel& kernel_;
  const Int8Queries& queries_;
  HitLists& lists_;
  std::vector<std::vector<std::int32_t>> limits_;  ///< of each family's members
  std::vector<std::int32_t> farthest_;             ///< the greatest of these
  Bounds by_ = Bounds::heads;
  // Of the groups at hand and each family; then of one group and one family's members.
  std::vector<GroupMask> near_;
  std::vector<std::int32_t> distances_;  ///< sixteen a member
  std::vector<GroupMask> within_;
};

}  // namespace reseau::detail
