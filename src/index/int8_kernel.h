/// Squared distances of groups of sixteen codes (int8_rows.h), and bounds of them that hold for
/// many queries at once. Several kernels, picked by what the processor can do; all give the same.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace reseau::detail {

/// A bit a code of a group.
using GroupMask = std::uint16_t;

/// Groups one after the other, whose first quads lie in one place and the others, if any, in
/// another.
struct Groups {
  const std::uint8_t* head;
  std::size_t head_quads;
  const std::uint8_t* rest = nullptr;
  std::size_t rest_quads = 0;
  [[nodiscard]] std::size_t quads() const { return head_quads + rest_quads; }
};

/// Values of a query, for some quads, four each.
struct QueryPart {
  const std::int8_t* values;
  std::int32_t sum;      ///< of them
  std::int32_t squares;  ///< the sum of
};

/// Queries that differ by signs only, taken apart: values whose signs change together, from each
/// query to the next, make a class. Then all their dot products with a code are sums and
/// differences of one partial product a class. The sixteen views of a picture are two such sets of
/// eight, of eight classes each.
struct SignedSet {
  static constexpr std::size_t kClasses = 8;
  struct Step {
    std::uint32_t quad;
    std::int32_t values;  ///< four of the first query's, as bytes; 0 for those of other classes
  };
  std::vector<Step> steps;                               ///< class by class
  std::array<std::uint32_t, kClasses + 1> starts{};      ///< of each class in `steps`; the end
  std::array<std::int32_t, kClasses> sums{};             ///< of each class's values
  std::vector<std::array<std::int8_t, kClasses>> signs;  ///< of each query, 1 or -1
  std::int32_t squares = 0;                              ///< the sum of, the same for all
};

struct Int8Kernel {
  std::string_view name;

  /// At most this many groups times quads go into one call of bound().
  static constexpr std::size_t kBlock = 256;

  /// Of each of `count` groups and each of the queries: which codes c are near enough to query q by
  ///   sum of (|q_i| - |c_i|)^2 <= limits[q],
  /// in `near[q * count + group]`. The sum is never more than the squared distance of c to q, nor
  /// to any other that differs from q by signs only: all the turns and mirror images of a picture's
  /// signature share it.
  ///
  /// The queries' values are magnitudes, 0 to 127. Where a |c_i| is 128, 127 stands for it.
  void (*bound)(const Groups& groups, std::size_t count, const QueryPart* queries,
                const std::int32_t* limits, std::size_t query_count, GroupMask* near);

  /// The same sums for one group and one query, added to `sums`.
  void (*add_bounds)(const std::uint8_t* group, std::size_t quads, const QueryPart& query,
                     std::int32_t* sums);

  /// Squared distances of the sixteen codes of one group to `query`, added to `sums`.
  void (*add_distances)(const std::uint8_t* group, std::size_t quads, const QueryPart& query,
                        std::int32_t* sums);

  /// Of `count` queries with sixteen distances each: which of these are at most the query's limit.
  void (*within)(const std::int32_t* distances, const std::int32_t* limits, std::size_t count,
                 GroupMask* near);

  /// Squared distances of the sixteen codes of the first of `groups` to each query of a set:
  /// sixteen a query. Null where one query after the other is as quick.
  void (*distances)(const Groups& groups, const SignedSet& set, std::int32_t* distances);
};

/// The best of these.
[[nodiscard]] const Int8Kernel& int8_kernel();

/// All that this processor can run, the plain loop first.
[[nodiscard]] std::span<const Int8Kernel> int8_kernels();

/// Highway's for the widest instructions that it may use; without a name where it has none.
[[nodiscard]] Int8Kernel int8_highway_kernel();

/// For AVX-512 with VNNI, which Debian's Highway does not know. Null elsewhere.
[[nodiscard]] const Int8Kernel* int8_vnni_kernel();

}  // namespace reseau::detail
