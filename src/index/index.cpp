#include <reseau/index.h>

#include <array>
#include <cassert>
#include <climits>
#include <new>
#include <optional>
#include <stdexcept>

#include "core/files.h"
#include "core/parallel.h"
#include "index/displaced.h"
#include "index/entries.h"
#include "index/hamming_search.h"
#include "index/int8_search.h"
#include "index/snapshot.h"

namespace reseau {
namespace {

using BlockKind = detail::SnapshotBlockKind;
using detail::IndexHamming;
using detail::IndexInt8;

// The values of a grid signature in the order in which a search reads them. The first 32 are those
// whose magnitudes differ most between pictures: from them, most of an index is seen to be too far
// away. In each part, those stand together whose signs change together from view to view
// (docs/signature.md's sectors). Any other order would find the same, more slowly.
constexpr std::array<std::uint16_t, 96> kGridOrder = {
    15, 16, 7,  9,  23, 30, 39, 33, 34, 36, 37, 42, 43, 48, 49, 51, 58, 59, 60, 63, 68, 69, 70, 73,
    74, 82, 83, 84, 85, 86, 87, 88, 0,  1,  2,  3,  4,  5,  6,  17, 18, 19, 20, 21, 22, 8,  10, 11,
    12, 13, 14, 24, 25, 26, 27, 28, 29, 31, 32, 40, 41, 35, 38, 44, 45, 46, 47, 50, 52, 53, 54, 55,
    56, 57, 61, 62, 64, 65, 66, 67, 71, 72, 75, 76, 77, 78, 79, 80, 81, 89, 90, 91, 92, 93, 94, 95};

// Checked by one thread each.
constexpr std::size_t kAttachedBlock = std::size_t{1} << 23;

// Its swaps are the values of sectors 8 and 9.
std::vector<detail::Int8Rows::Format::Swap> grid_swaps() {
  std::vector<detail::Int8Rows::Format::Swap> swaps;
  for (std::uint16_t i = 48; i < 58; ++i) swaps.emplace_back(i, i + 10);
  for (std::uint16_t i = 68; i < 82; ++i) swaps.emplace_back(i, i + 14);
  return swaps;
}

// One after the other, and wiped afterwards. Requires: all of one kind.
detail::Storage rows_of(std::span<const Signature> signatures) {
  if (signatures.empty()) return {};
  const std::size_t width = signatures.front().bytes().size();
  detail::Storage rows(signatures.size() * width);
  std::uint8_t* to = rows.data();
  for (const Signature& s : signatures) to = std::copy(s.bytes().begin(), s.bytes().end(), to);
  return rows;
}

// Makes room in `bytes` for all that is attached, and says where each block of it goes.
std::vector<std::span<std::uint8_t>> places_of_attached(const detail::SnapshotReader& reader,
                                                        std::vector<std::uint8_t>& bytes) {
  const auto size_of = [&reader](std::size_t block) {
    return reader.kind(block) == BlockKind::attached ? reader.bytes(block) : 0;
  };
  std::size_t sum = 0;
  for (std::size_t block = 0; block < reader.blocks(); ++block) sum += size_of(block);
  bytes.resize(sum);
  std::vector<std::span<std::uint8_t>> places;
  for (std::span<std::uint8_t> rest(bytes); places.size() < reader.blocks();) {
    places.push_back(rest.first(size_of(places.size())));
    rest = rest.subspan(places.back().size());
  }
  return places;
}

Error out_of_memory(const char* doing) {
  return {Code::limit_memory, std::string("memory ran out while ") + doing +
                                  "; nothing was changed: use a machine with "
                                  "more, or ask for less at once"};
}

// Exceptions end here.
template <typename Work>
auto guarded(const char* doing, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Failure& failure) {
    return failure.error();
  } catch (const std::bad_alloc&) {
    return out_of_memory(doing);
  } catch (const std::length_error&) {
    return out_of_memory(doing);
  } catch (const detail::IdTaken& taken) {
    return Error{Code::already_exists, "id " + std::to_string(taken.id) +
                                           " is in the index already, or was given twice; remove "
                                           "it first"};
  } catch (const detail::IdUnknown& unknown) {
    return Error{Code::not_found,
                 "id " + std::to_string(unknown.id) + " is not in the index; nothing was changed"};
  }
}

}  // namespace

struct Index::Impl {
  Impl(Algorithm a, IndexKind k) : algorithm(a), kind(a == Algorithm::grid ? k : IndexKind::exact) {
    if (a == Algorithm::grid) {
      grid.emplace(
          static_cast<int>(width_of(a)),
          detail::Int8Search::How{
              {kGridOrder.begin(), kGridOrder.end()}, grid_swaps(), kind == IndexKind::ivf});
    } else {
      pdq.emplace(detail::kHammingBits);
    }
  }

  [[nodiscard]] Status check(std::span<const Signature> signatures) const {
    for (const Signature& s : signatures) {
      if (s.algorithm() == algorithm && s.version() == current_version(algorithm) &&
          s.bytes().size() == width_of(algorithm))
        continue;
      return Error{Code::unlike_signatures,
                   "an index of " + std::string(name(algorithm)) + " version " +
                       std::to_string(current_version(algorithm)) + " cannot take " +
                       std::string(name(s.algorithm())) + " version " +
                       std::to_string(s.version()) + " of " + std::to_string(s.bytes().size()) +
                       " bytes; hash the picture again with this version"};
    }
    return success();
  }

  // Calls `use` with the search of the algorithm.
  auto with(const auto& use) { return grid ? use(grid->search()) : use(pdq->search()); }

  Status change(const char* doing, std::span<const Signature> signatures, const auto& make) {
    if (const auto checked = check(signatures); !checked) return checked.error();
    return guarded(doing, [&]() -> Status {
      const detail::Storage rows = rows_of(signatures);
      with([&](auto& search) { make(search.live(), rows.data()); });
      return success();
    });
  }

  Result<detail::HitLists> find(std::span<const Signature> queries, const auto& search) {
    if (const auto checked = check(queries); !checked) return checked.error();
    return guarded("searching an index", [&]() -> Result<detail::HitLists> {
      const auto rows = rows_of(queries);
      return with([&](const auto& of) { return search(of, rows.data()); });
    });
  }

  [[nodiscard]] detail::SnapshotKind snapshot_kind(const SnapshotOwner& owner) const {
    return {static_cast<std::uint32_t>(algorithm),
            static_cast<std::uint32_t>(current_version(algorithm)),
            static_cast<std::uint32_t>(width_of(algorithm)), owner};
  }

  const Algorithm algorithm;
  const IndexKind kind;
  // One of these:
  std::optional<IndexInt8> grid;
  std::optional<IndexHamming> pdq;
};

std::string_view name(IndexKind kind) { return kind == IndexKind::exact ? "exact" : "ivf"; }

std::optional<IndexKind> index_kind(std::string_view name) {
  for (const IndexKind kind : {IndexKind::exact, IndexKind::ivf}) {
    if (reseau::name(kind) == name) return kind;
  }
  return std::nullopt;
}

Index::Index(Algorithm algorithm, IndexKind kind)
    : impl_(std::make_unique<Impl>(algorithm, kind)) {}
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

Algorithm Index::algorithm() const noexcept { return impl_->algorithm; }
IndexKind Index::kind() const noexcept { return impl_->kind; }

std::size_t Index::size() const {
  return impl_->with([](const auto& search) { return search.live().state()->size; });
}

std::size_t Index::bytes() const {
  return impl_->with([](const auto& search) { return search.live().bytes(); });
}

Status Index::add(std::span<const std::int64_t> ids, std::span<const Signature> signatures) {
  assert(ids.size() == signatures.size());
  return impl_->change("adding to an index", signatures,
                       [&](auto& entries, const auto* rows) { entries.add(ids, rows); });
}

Status Index::add(std::int64_t id, const Signature& signature) {
  return add(std::span(&id, 1), std::span(&signature, 1));
}

Status Index::replace(std::span<const std::int64_t> ids, std::span<const Signature> signatures) {
  assert(ids.size() == signatures.size());
  return impl_->change("replacing in an index", signatures,
                       [&](auto& entries, const auto* rows) { entries.replace(ids, rows); });
}

Status Index::remove(std::span<const std::int64_t> ids) {
  if (ids.empty()) return success();
  return impl_->change("removing from an index", {},
                       [&](auto& entries, const auto*) { entries.remove(ids); });
}

Status Index::settle() {
  return impl_->change("building an index's tables", {},
                       [](auto& entries, const auto*) { entries.settle(); });
}

Result<std::vector<Hit>> Index::within(const Signature& query, MaxDistance limit) const {
  auto lists = within(std::span(&query, 1), limit);
  if (!lists) return lists.error();
  return std::move(lists->front());
}

Result<std::vector<std::vector<Hit>>> Index::within(std::span<const Signature> queries,
                                                    MaxDistance limit, int threads) const {
  return impl_->find(queries, [&](const auto& search, const std::uint8_t* rows) {
    return search.within(rows, queries.size(), limit.value, threads);
  });
}

Result<std::vector<Hit>> Index::nearest(const Signature& query, std::size_t k) const {
  auto lists = nearest(std::span(&query, 1), k, {INT_MAX});
  if (!lists) return lists.error();
  return std::move(lists->front());
}

Result<std::vector<std::vector<Hit>>> Index::nearest(std::span<const Signature> queries,
                                                     std::size_t k, MaxDistance limit,
                                                     int threads) const {
  return impl_->find(queries, [&](const auto& search, const std::uint8_t* rows) {
    return search.nearest(rows, queries.size(), k, limit.value, threads);
  });
}

Result<double> Index::recall(MaxDistance limit, std::size_t sample) const {
  return guarded("searching an index", [&]() -> Result<double> {
    if (kind() == IndexKind::exact) return 1.0;
    const auto& search = impl_->grid->search();
    const auto& format = search.live().format();
    const auto state = search.live().state();
    const std::size_t asked = std::min(sample, state->size);
    detail::Displaced displaced(2);
    std::vector<std::uint8_t> row(format.width());
    std::size_t entry = 0;
    std::size_t chosen = 0;
    std::size_t found = 0;
    for (const auto& chunk : state->chunks) {
      chunk->each([&](detail::Id id, std::size_t i) {
        if (chosen == asked || entry++ != chosen * state->size / asked) return;
        ++chosen;
        chunk->rows().get(i, row.data());
        displaced.move_within(row, limit.value);
        const auto hits = search.within(row.data(), 1, limit.value, 1).front();
        found +=
            std::any_of(hits.begin(), hits.end(), [id](const Hit& hit) { return hit.id == id; });
      });
    }
    std::fill(row.begin(), row.end(), 0);
    return asked == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(asked);
  });
}

Result<SnapshotDigest> Index::save(const std::string& path, const SnapshotOwner& owner,
                                   Bytes attached) const {
  return guarded("saving an index", [&]() -> Result<SnapshotDigest> {
    detail::SnapshotWriter writer(path, impl_->snapshot_kind(owner));
    impl_->with([&](const auto& search) { detail::save_entries(search.live(), writer); });
    for (std::size_t at = 0; at < attached.size(); at += kAttachedBlock) {
      writer.add(BlockKind::attached,
                 attached.subspan(at, std::min(kAttachedBlock, attached.size() - at)));
    }
    return writer.finish();
  });
}

Result<Index> Index::load(const std::string& path, Algorithm algorithm,
                          const SnapshotDigest& digest, const SnapshotOwner& owner, int threads,
                          IndexKind kind, std::vector<std::uint8_t>* attached) {
  return guarded("loading an index", [&]() -> Result<Index> {
    Index index(algorithm, kind);
    const detail::SnapshotReader reader(path, index.impl_->snapshot_kind(owner), digest);
    const std::size_t blocks = reader.blocks();
    std::vector<std::vector<std::uint8_t>> lists(blocks);
    std::vector<std::uint8_t> beside;
    const auto places = places_of_attached(reader, beside);
    index.impl_->with([&](auto& search) {
      auto& live = search.live();
      using Live = std::decay_t<decltype(live)>;
      detail::Chunks<typename Live::RowsType> chunks(blocks);
      detail::in_parallel(blocks, threads, [&](std::size_t block, std::size_t) {
        if (reader.kind(block) == BlockKind::entries) {
          chunks[block] = detail::read_chunk<typename Live::RowsType>(reader, block, live.format());
        } else if (reader.kind(block) == BlockKind::lists) {
          lists[block].resize(reader.bytes(block));
          reader.read(block, lists[block]);
        } else {
          reader.read(block, places[block]);
        }
      });
      std::vector<std::shared_ptr<const typename Live::CoverType>> covers;
      if constexpr (Live::CoverType::kArranges) {
        std::size_t first = 0;
        for (std::size_t block = 0; block < blocks && kind == IndexKind::ivf; ++block) {
          if (reader.kind(block) != BlockKind::lists) continue;
          covers.push_back(detail::lists_of(std::span(chunks).subspan(first, block - first),
                                            lists[block], live.format()));
          if (!covers.back()) reader.damaged("its lists make no sense");
          first = block + 1;
        }
      }
      std::erase(chunks, nullptr);
      live.restore(std::move(chunks), std::move(covers));
    });
    if (attached != nullptr) *attached = std::move(beside);
    return index;
  });
}

std::optional<SnapshotOwner> Index::owner_of(const std::string& path) {
  return detail::snapshot_owner(path);
}

void Index::wipe(const std::string& path, const SnapshotOwner& owner) {
  if (owner_of(path) == owner) detail::overwrite_and_delete(path, detail::kSnapshotHead);
}

}  // namespace reseau
