#include <reseau/index.h>

#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexIDMap.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/IDSelector.h>

#include <algorithm>
#include <cassert>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <stdexcept>
#include <unordered_set>
#include <variant>
#include <vector>

#include "index/index_int8.h"
#include "index/one_thread.h"

namespace reseau {
namespace {

std::vector<std::uint8_t> components(std::span<const Signature> signatures, std::uint8_t) {
  std::vector<std::uint8_t> all;
  all.reserve(signatures.size() * Signature::kMaxBytes);
  for (const Signature& s : signatures) all.insert(all.end(), s.bytes().begin(), s.bytes().end());
  return all;
}

std::vector<float> components(std::span<const Signature> signatures, float) {
  std::vector<float> all;
  all.reserve(signatures.size() * Signature::kMaxBytes);
  for (const Signature& s : signatures) {
    for (const std::uint8_t byte : s.bytes()) all.push_back(static_cast<std::int8_t>(byte));
  }
  return all;
}

// An exact index of FAISS's kind behind FAISS's id map, with the differences between the float and
// the binary family levelled out.
//
// Distances are exact integers in both. FAISS hands those of grid over as floats, but they are at
// most 96 * 255^2 = 6,242,400, below 2^24, up to where floats hold every whole number.
template <typename Map, typename Flat, int kDimensions, int kFarthest>
class Exact {
 public:
  /// Strong guarantee: throws and has changed nothing, or has added all.
  void add(std::span<const std::int64_t> ids, std::span<const Signature> signatures) {
    const auto x = components(signatures, Component{});
    // FAISS writes the vectors first and then the ids; without room for the ids it would stop
    // between the two.
    const std::size_t needed = map_.id_map.size() + ids.size();
    if (needed > map_.id_map.capacity()) {
      map_.id_map.reserve(std::max(needed, 2 * map_.id_map.capacity()));
    }
    map_.add_with_ids(static_cast<std::int64_t>(ids.size()), x.data(), ids.data());
  }

  void remove(std::span<const std::int64_t> ids) {
    map_.remove_ids(faiss::IDSelectorBatch(ids.size(), ids.data()));
  }

  /// For each query, unsorted.
  [[nodiscard]] std::vector<std::vector<Hit>> within(std::span<const Signature> queries,
                                                     MaxDistance limit) const {
    std::vector<std::vector<Hit>> lists(queries.size());
    if (limit.value < 0 || map_.ntotal == 0) return lists;
    // FAISS finds what is strictly nearer than its radius; our limits are inclusive.
    const int radius = std::min(limit.value, kFarthest) + 1;
    const auto x = components(queries, Component{});
    faiss::RangeSearchResult found(static_cast<std::int64_t>(queries.size()));
    map_.range_search(static_cast<std::int64_t>(queries.size()), x.data(),
                      static_cast<Distance>(radius), &found);
    for (std::size_t q = 0; q < queries.size(); ++q) {
      lists[q].reserve(found.lims[q + 1] - found.lims[q]);
      for (std::size_t i = found.lims[q]; i < found.lims[q + 1]; ++i)
        lists[q].push_back({found.labels[i], static_cast<int>(found.distances[i])});
    }
    return lists;
  }

  /// The least limit within which `query` has `k` entries, or all.
  [[nodiscard]] MaxDistance reach(const Signature& query, std::size_t k) const {
    if (k >= static_cast<std::size_t>(map_.ntotal)) return {kFarthest};
    const auto x = components({&query, 1}, Component{});
    std::vector<Distance> distances(k);
    std::vector<std::int64_t> labels(k);
    map_.search(1, x.data(), static_cast<std::int64_t>(k), distances.data(), labels.data());
    return {static_cast<int>(*std::max_element(distances.begin(), distances.end()))};
  }

 private:
  using Component = typename Map::component_t;
  using Distance = typename Map::distance_t;

  Flat flat_{kDimensions};
  Map map_{&flat_};
};

using ExactGrid = Exact<faiss::IndexIDMap, detail::IndexInt8Flat, 96, 96 * 255 * 255>;
using ExactPdq = Exact<faiss::IndexBinaryIDMap, faiss::IndexBinaryFlat, 256, 256>;

using Ids = std::unordered_set<std::int64_t>;

// Names in `present` for as long as the addition has not succeeded; taken out again if it fails.
class Reservation {
 public:
  explicit Reservation(Ids& present) : present_(present) {}
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation() {
    for (const std::int64_t id : taken_) present_.erase(id);
  }
  bool take(std::int64_t id) {
    taken_.push_back(id);
    bool fresh = false;
    try {
      fresh = present_.insert(id).second;
    } catch (...) {
      taken_.pop_back();
      throw;
    }
    if (!fresh) taken_.pop_back();
    return fresh;
  }
  void keep() { taken_.clear(); }

 private:
  Ids& present_;
  std::vector<std::int64_t> taken_;
};

Error out_of_memory(const char* doing) {
  return {Code::limit_memory, std::string("memory ran out while ") + doing +
                                  "; nothing was changed: use a machine with "
                                  "more, or ask for less at once"};
}

// FAISS's exceptions end here.
template <typename Work>
auto guarded(const char* doing, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return out_of_memory(doing);
  } catch (const std::length_error&) {
    return out_of_memory(doing);
  } catch (const std::exception& e) {
    return Error{Code::internal, std::string("FAISS failed while ") + doing + ": " + e.what() +
                                     "; please report it"};
  }
}

}  // namespace

struct Index::Impl {
  explicit Impl(Algorithm a) : algorithm(a) {
    if (a == Algorithm::pdq) kind.emplace<ExactPdq>();
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

  // Requires: a lock. Nearest first; ties by id.
  [[nodiscard]] std::vector<std::vector<Hit>> sorted_within(std::span<const Signature> queries,
                                                            MaxDistance limit) const {
    const detail::OneThread alone;
    auto lists = std::visit([&](const auto& k) { return k.within(queries, limit); }, kind);
    for (auto& hits : lists) {
      std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
        return a.distance != b.distance ? a.distance < b.distance : a.id < b.id;
      });
    }
    return lists;
  }

  // The standard library's shared mutex lets searches in for as long as any is under way, and a
  // writer would wait for ever in a busy service. So everybody passes a gate first, and a writer
  // keeps it shut while it waits.
  [[nodiscard]] std::shared_lock<std::shared_mutex> lock_for_search() const {
    const std::lock_guard pass(gate);
    return std::shared_lock(mutex);
  }
  [[nodiscard]] std::unique_lock<std::shared_mutex> lock_for_change() const {
    const std::lock_guard pass(gate);
    return std::unique_lock(mutex);
  }

  const Algorithm algorithm;
  mutable std::mutex gate;
  mutable std::shared_mutex mutex;
  Ids ids;
  std::variant<ExactGrid, ExactPdq> kind;
};

Index::Index(Algorithm algorithm) : impl_(std::make_unique<Impl>(algorithm)) {}
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

Algorithm Index::algorithm() const noexcept { return impl_->algorithm; }

std::size_t Index::size() const {
  const auto lock = impl_->lock_for_search();
  return impl_->ids.size();
}

Status Index::add(std::span<const std::int64_t> ids, std::span<const Signature> signatures) {
  assert(ids.size() == signatures.size());
  if (const auto checked = impl_->check(signatures); !checked) return checked.error();
  return guarded("adding to an index", [&]() -> Status {
    const auto lock = impl_->lock_for_change();
    Reservation reservation(impl_->ids);
    for (const std::int64_t id : ids) {
      if (reservation.take(id)) continue;
      return Error{Code::already_exists, "id " + std::to_string(id) +
                                             " is in the index already, or was given twice; remove "
                                             "it first"};
    }
    std::visit([&](auto& kind) { kind.add(ids, signatures); }, impl_->kind);
    reservation.keep();
    return success();
  });
}

Status Index::add(std::int64_t id, const Signature& signature) {
  return add(std::span(&id, 1), std::span(&signature, 1));
}

Status Index::remove(std::span<const std::int64_t> ids) {
  if (ids.empty()) return success();
  return guarded("removing from an index", [&]() -> Status {
    const auto lock = impl_->lock_for_change();
    for (const std::int64_t id : ids) {
      if (!impl_->ids.contains(id)) {
        return Error{Code::not_found,
                     "id " + std::to_string(id) + " is not in the index; nothing was removed"};
      }
    }
    std::visit([&](auto& kind) { kind.remove(ids); }, impl_->kind);
    for (const std::int64_t id : ids) impl_->ids.erase(id);
    return success();
  });
}

Result<std::vector<Hit>> Index::within(const Signature& query, MaxDistance limit) const {
  auto lists = within(std::span(&query, 1), limit);
  if (!lists) return lists.error();
  return std::move(lists->front());
}

Result<std::vector<std::vector<Hit>>> Index::within(std::span<const Signature> queries,
                                                    MaxDistance limit) const {
  using Lists = Result<std::vector<std::vector<Hit>>>;
  if (const auto checked = impl_->check(queries); !checked) return checked.error();
  return guarded("searching an index", [&]() -> Lists {
    const auto lock = impl_->lock_for_search();
    return impl_->sorted_within(queries, limit);
  });
}

Result<std::vector<Hit>> Index::nearest(const Signature& query, std::size_t k) const {
  if (const auto checked = impl_->check({&query, 1}); !checked) return checked.error();
  return guarded("searching an index", [&]() -> Result<std::vector<Hit>> {
    const auto lock = impl_->lock_for_search();
    if (k == 0 || impl_->ids.empty()) return std::vector<Hit>();
    // FAISS's own k nearest take any of those that tie for the last place. So it only tells how far
    // the k reach; everything that near is then sorted.
    const MaxDistance reach = [&] {
      const detail::OneThread alone;
      return std::visit([&](const auto& kind) { return kind.reach(query, k); }, impl_->kind);
    }();
    auto hits = std::move(impl_->sorted_within({&query, 1}, reach).front());
    if (hits.size() > k) hits.resize(k);
    return hits;
  });
}

}  // namespace reseau
