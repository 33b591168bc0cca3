/// Everything within a distance: ids and signatures in memory, searched exactly.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <reseau/result.h>
#include <reseau/signature.h>

namespace reseau {

struct Hit {
  std::int64_t id = 0;
  int distance = 0;
  friend auto operator<=>(const Hit&, const Hit&) = default;
};

/// An in-memory index of signatures of one algorithm and version, over FAISS's exact indexes.
///
/// Complete: `within` finds everything that a brute-force scan finds.
/// Threads: any number of searches at once; add and remove wait for those under way, and are seen
/// by
///          every search that starts after they return.
class RESEAU_API Index {
 public:
  explicit Index(Algorithm algorithm);
  Index(Index&&) noexcept;
  Index& operator=(Index&&) noexcept;
  ~Index();

  [[nodiscard]] Algorithm algorithm() const noexcept;
  [[nodiscard]] std::size_t size() const;

  /// Adds `signatures[i]` under `ids[i]`. All or nothing.
  /// Requires: ids.size() == signatures.size().
  /// Fails:    unlike_signatures; already_exists if an id is there or given twice; limit_memory.
  [[nodiscard]] Status add(std::span<const std::int64_t> ids,
                           std::span<const Signature> signatures);
  [[nodiscard]] Status add(std::int64_t id, const Signature& signature);

  /// Fails: not_found if one of `ids` is not there; then none is removed. Cost: one pass over the
  ///        index, so remove many at once.
  [[nodiscard]] Status remove(std::span<const std::int64_t> ids);

  /// Every entry within `limit` of `query`, nearest first; ties by id.
  ///
  /// `limit` is inclusive. Complete, never approximate.
  /// Fails: unlike_signatures if `query` is of another algorithm or version than the index;
  ///        limit_memory.
  /// Cost:  one pass over the index: see bench/README.md for measured figures.
  [[nodiscard]] Result<std::vector<Hit>> within(const Signature& query, MaxDistance limit) const;

  /// The same for several queries at once: one list a query, in their order, and all of them of the
  /// same state of the index.
  [[nodiscard]] Result<std::vector<std::vector<Hit>>> within(std::span<const Signature> queries,
                                                             MaxDistance limit) const;

  /// The `k` nearest entries (all, if there are fewer), nearest first; ties by id.
  [[nodiscard]] Result<std::vector<Hit>> nearest(const Signature& query, std::size_t k) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reseau
