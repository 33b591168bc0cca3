/// Everything within a distance: ids and signatures in memory, searched exactly, changed meanwhile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <reseau/bytes.h>
#include <reseau/result.h>
#include <reseau/signature.h>

namespace reseau {

struct Hit {
  std::int64_t id = 0;
  int distance = 0;
  friend auto operator<=>(const Hit&, const Hit&) = default;
};

/// How an index is searched.
enum class IndexKind : std::uint8_t {
  exact,
  /// FAISS's IVF: of many entries, those in lists near the query are read. Approximate: finds some
  /// 99 of 100 entries that are as far away as the limit, and more of those that are nearer, in a
  /// tenth of the time. For grid; an index of pdq is exact all the same, and quick.
  ivf,
};
[[nodiscard]] RESEAU_API std::string_view name(IndexKind kind);
[[nodiscard]] RESEAU_API std::optional<IndexKind> index_kind(std::string_view name);

/// Of a saved index: what it must be held against when it is read. SHA-256.
using SnapshotDigest = std::array<std::uint8_t, 32>;
/// Whose index it is: the id of a bank, or whatever tells one from another.
using SnapshotOwner = std::array<std::uint8_t, 16>;

/// An in-memory index of signatures of one algorithm and version. docs/index.md says how it works.
///
/// Complete:  `within` finds everything that a brute-force scan finds, and so does `nearest`. Not
///            so if IndexKind::ivf was chosen.
/// Live:      any number of searches run beside each other and beside changes; neither waits for
/// the
///            other. A change is seen by every search that starts after it has returned, and by
///            each search whole or not at all.
/// Removal:   a signature's bytes are overwritten in memory before remove() returns or, if a search
///            that could see it is still under way, when that ends. See settle() for what is left.
/// Threads:   the caller's only, but for pdq and ivf: when many signatures are new, one thread is
///            started that builds tables for small limits, or lists. Until they are there, searches
///            scan.
class RESEAU_API Index {
 public:
  explicit Index(Algorithm algorithm, IndexKind kind = IndexKind::exact);
  Index(Index&&) noexcept;
  Index& operator=(Index&&) noexcept;
  ~Index();

  [[nodiscard]] Algorithm algorithm() const noexcept;
  /// How it is searched: exact for pdq.
  [[nodiscard]] IndexKind kind() const noexcept;
  [[nodiscard]] std::size_t size() const;
  /// Of memory that the entries take.
  [[nodiscard]] std::size_t bytes() const;

  /// Adds `signatures[i]` under `ids[i]`. All or nothing.
  /// Requires: ids.size() == signatures.size().
  /// Fails:    unlike_signatures; already_exists if an id is there or given twice; limit_memory.
  /// Cost:     of n entries beside N others n log N; ids that mostly rise are checked quickest.
  [[nodiscard]] Status add(std::span<const std::int64_t> ids,
                           std::span<const Signature> signatures);
  [[nodiscard]] Status add(std::int64_t id, const Signature& signature);

  /// Gives ids that are there new signatures: no search finds an id with both, or with neither. All
  /// or nothing.
  /// Requires: ids.size() == signatures.size(), no id twice.
  /// Fails:    unlike_signatures; not_found; already_exists for an id given twice; limit_memory.
  [[nodiscard]] Status replace(std::span<const std::int64_t> ids,
                               std::span<const Signature> signatures);

  /// Fails: not_found if one of `ids` is not there; then none is removed; limit_memory.
  /// Cost:  up to 65,536 entries are copied for each that holds one of them: remove many at once.
  [[nodiscard]] Status remove(std::span<const std::int64_t> ids);

  /// Waits until tables or lists are built over everything, without what was removed. Before,
  /// sixteen-bit pieces of removed pdq signatures may be left in tables (not for long: more than
  /// one removed in sixteen has them built again). Waits for searches that see what is replaced,
  /// for a second at most.
  ///
  /// Fails: limit_memory; searches are then as quick as they were.
  [[nodiscard]] Status settle();

  /// Every entry within `limit` of `query`, nearest first; ties by id.
  ///
  /// `limit` is inclusive. Complete, but for IndexKind::ivf.
  /// Fails: unlike_signatures if `query` is of another algorithm or version than the index;
  ///        limit_memory.
  /// Cost:  see bench/README.md for measured figures.
  [[nodiscard]] Result<std::vector<Hit>> within(const Signature& query, MaxDistance limit) const;

  /// The same for several queries at once: one list a query, in their order, and all of them of the
  /// same state of the index. Much cheaper than one by one: for grid, the sixteen views of a
  /// picture cost little more than two.
  ///
  /// `threads`: on how many to search, the caller's among them; 0 means as many as there are
  ///            processors. The result is the same.
  [[nodiscard]] Result<std::vector<std::vector<Hit>>> within(std::span<const Signature> queries,
                                                             MaxDistance limit,
                                                             int threads = 1) const;

  /// The `k` nearest entries (all, if there are fewer), nearest first; ties by id.
  [[nodiscard]] Result<std::vector<Hit>> nearest(const Signature& query, std::size_t k) const;

  /// The same for several queries, of what lies within `limit`.
  [[nodiscard]] Result<std::vector<std::vector<Hit>>> nearest(std::span<const Signature> queries,
                                                              std::size_t k, MaxDistance limit,
                                                              int threads = 1) const;

  /// Measured: the share that within() finds of `sample` entries, or of all if there are fewer,
  /// each asked for by a copy that is moved by `limit` in a direction of chance. 1 if it is exact
  /// or empty. Copies by edits lie nearer together than those of chance do, and are found more
  /// often.
  ///
  /// Cost: a search for each.
  [[nodiscard]] Result<double> recall(MaxDistance limit, std::size_t sample = 1000) const;

  /// Writes the entries to a file, as they are when this is called, and gives the digest to keep
  /// where the file's writer cannot reach. The file at `path` is replaced whole or not at all, is
  /// on the disk when this returns, and is readable by its owner alone. One writer at a time.
  ///
  /// `attached`: bytes of the caller's own that are kept and checked with them.
  /// Fails: io_error; disk_full; limit_memory.
  [[nodiscard]] Result<SnapshotDigest> save(const std::string& path,
                                            const SnapshotOwner& owner = {},
                                            Bytes attached = {}) const;

  /// Reads a file that save() has written. Every byte is checked before it is used, on `threads`
  /// threads as within() has them. Lists are in the file, if it was of IndexKind::ivf; tables are
  /// built afterwards, beside searches.
  ///
  /// `attached`: where what was attached is put.
  /// Fails: snapshot_foreign if it is of another algorithm, version or owner; snapshot_damaged if
  ///        any byte is not what was saved, or it is another one than that; io_error; limit_memory.
  ///        Then build the index anew from what it was made of.
  [[nodiscard]] static Result<Index> load(const std::string& path, Algorithm algorithm,
                                          const SnapshotDigest& digest,
                                          const SnapshotOwner& owner = {}, int threads = 0,
                                          IndexKind kind = IndexKind::exact,
                                          std::vector<std::uint8_t>* attached = nullptr);

  /// Whose index the file at `path` claims to be; none if it is not a file of save()'s, or a link
  /// to one. Nothing is checked: it tells one's own files from other people's.
  [[nodiscard]] static std::optional<SnapshotOwner> owner_of(const std::string& path);
  /// Overwrites the file at `path` and deletes it, if it claims to be `owner`'s, whole or not, and
  /// as far as it may be written. Whoever is interrupted can be followed by another: the claim goes
  /// last.
  static void wipe(const std::string& path, const SnapshotOwner& owner);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reseau
