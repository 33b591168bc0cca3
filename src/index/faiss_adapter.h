/// What makes one of our searches an index of FAISS's.
#pragma once

#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/IDSelector.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "index/hits.h"
#include "index/live.h"

namespace reseau::detail {

/// `Base` is faiss::Index or faiss::IndexBinary. `Search` has the entries, and finds:
///   Search(int dimension)                  throws std::invalid_argument
///   live()                                 the Live of its entries
///   rows(n, x), components(row, x)         from FAISS's components to the bytes of rows, and back
///   within(rows, n, limit, threads)        one list a query: all within the limit, inclusive,
///                                          nearest first, ties by id
///   nearest(rows, n, k, limit, threads)    the first k of those
///
/// Labels are positions until ids of one's own are given, by add_with_ids(); add() goes on from the
/// number of entries. remove_ids() closes the gaps between positions, as FAISS's flat indexes do,
/// so that FAISS's id maps and shards work on top. Throws faiss::FaissException, also for an id
/// that is taken.
///
/// Threads: FAISS's members change an index for one thread at a time, while any number search;
/// those of search() need no care at all. `ntotal` is what FAISS's members have left there.
template <typename Base, typename Search>
class FaissAdapter : public Base {
 public:
  using idx_t = typename Base::idx_t;
  using component_t = typename Base::component_t;
  using distance_t = typename Base::distance_t;

  /// `how`: what else the constructor of Search takes.
  template <typename... How>
  explicit FaissAdapter(int dimension, How&&... how) try
      : Base(dimension, faiss::METRIC_L2), search_(dimension, std::forward<How>(how)...) {
  } catch (const std::invalid_argument& e) {
    FAISS_THROW_MSG(e.what());
  }

  [[nodiscard]] Search& search() { return search_; }
  [[nodiscard]] const Search& search() const { return search_; }

  void add(idx_t n, const component_t* x) override {
    std::vector<Id> ids(static_cast<std::size_t>(n));
    std::iota(ids.begin(), ids.end(), static_cast<Id>(size()));
    insert(x, ids);
  }

  void add_with_ids(idx_t n, const component_t* x, const idx_t* xids) override {
    insert(x, std::span(xids, static_cast<std::size_t>(n)));
    positions_ = false;
  }

  void search(idx_t n, const component_t* x, idx_t k, distance_t* distances, idx_t* labels,
              const faiss::SearchParameters* params = nullptr) const override {
    FAISS_THROW_IF_NOT_MSG(params == nullptr, "search parameters are not known here");
    const auto queries = static_cast<std::size_t>(n);
    const auto most = static_cast<std::size_t>(k);
    const auto lists = search_.nearest(search_.rows(queries, x).data(), queries, most,
                                       std::numeric_limits<int>::max(), 1);
    give(lists, most, std::numeric_limits<distance_t>::max(), distances, labels);
  }

  /// All strictly below `radius`, as FAISS has it.
  void range_search(idx_t n, const component_t* x, distance_t radius,
                    faiss::RangeSearchResult* result,
                    const faiss::SearchParameters* params = nullptr) const override {
    FAISS_THROW_IF_NOT_MSG(params == nullptr, "search parameters are not known here");
    const auto queries = static_cast<std::size_t>(n);
    constexpr double kFarthest = std::numeric_limits<int>::max();
    const double limit = std::clamp(std::ceil(static_cast<double>(radius)) - 1, -1.0, kFarthest);
    give(search_.within(search_.rows(queries, x).data(), queries, static_cast<int>(limit), 1),
         *result);
  }

  void reset() override {
    search_.live().clear();
    positions_ = true;
    this->ntotal = 0;
  }

  std::size_t remove_ids(const faiss::IDSelector& selector) override {
    std::vector<Id> gone;
    const auto state = search_.live().state();
    for (const auto& chunk : state->chunks) {
      chunk->each([&](Id id, std::size_t) {
        if (selector.is_member(id)) gone.push_back(id);
      });
    }
    std::sort(gone.begin(), gone.end());
    search_.live().remove(gone);
    if (positions_ && !gone.empty()) {
      search_.live().rename([&gone](Id id) {
        return id - (std::lower_bound(gone.begin(), gone.end(), id) - gone.begin());
      });
    }
    this->ntotal = static_cast<idx_t>(size());
    return gone.size();
  }

  void reconstruct(idx_t key, component_t* recons) const override {
    bool found = false;
    const auto state = search_.live().state();
    for (const auto& chunk : state->chunks) {
      chunk->ids().find(std::span<const Id>(&key, 1), [&](Id, std::size_t i) {
        if (!chunk->alive(i)) return;
        std::vector<std::uint8_t> row(search_.live().format().width());
        chunk->rows().get(i, row.data());
        search_.components(row.data(), recons);
        found = true;
      });
    }
    FAISS_THROW_IF_NOT_MSG(found, "no such key");
  }

 private:
  [[nodiscard]] std::size_t size() const { return search_.live().state()->size; }

  void insert(const component_t* x, std::span<const Id> ids) {
    try {
      search_.live().add(ids, search_.rows(ids.size(), x).data());
    } catch (const IdTaken& taken) {
      FAISS_THROW_FMT("id %ld is in the index already, or was given twice",
                      static_cast<long>(taken.id));
    }
    this->ntotal = static_cast<idx_t>(size());
  }

  Search search_;
  bool positions_ = true;
};

}  // namespace reseau::detail
