#include "index/index_int8.h"

#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/FaissAssert.h>
#include <faiss/impl/IDSelector.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "index/int8_kernel.h"

namespace reseau::detail {
namespace {

constexpr faiss::Index::idx_t kMostDimensions = 1 << 14;

std::int8_t as_int8(float value) {
  return static_cast<std::int8_t>(std::lround(std::clamp(value, -128.0F, 127.0F)));
}

/// The k nearest so far, the furthest first; of those as far, the one with the greatest id.
class Nearest {
 public:
  explicit Nearest(std::size_t k) : k_(k) { heap_.reserve(k); }
  void take(std::int32_t distance, faiss::Index::idx_t id) {
    const std::pair here(distance, id);
    if (heap_.size() == k_) {
      if (k_ == 0 || here >= heap_.front()) return;
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.pop_back();
    }
    heap_.push_back(here);
    std::push_heap(heap_.begin(), heap_.end());
  }
  [[nodiscard]] const auto& sorted() {
    std::sort_heap(heap_.begin(), heap_.end());
    return heap_;
  }

 private:
  std::size_t k_;
  std::vector<std::pair<std::int32_t, faiss::Index::idx_t>> heap_;
};

}  // namespace

IndexInt8Flat::IndexInt8Flat(idx_t dimension)
    : faiss::Index(dimension, faiss::METRIC_L2),
      width_((static_cast<std::size_t>(dimension) + kInt8Lanes - 1) / kInt8Lanes * kInt8Lanes) {
  FAISS_THROW_IF_NOT(dimension > 0 && dimension <= kMostDimensions);
}

IndexInt8Flat::~IndexInt8Flat() { forget_from(0); }

void IndexInt8Flat::forget_from(std::size_t code) {
  if (codes_.empty()) return;  // and then there is no memory to point into
  explicit_bzero(codes_.data() + code * width_, codes_.size() - code * width_);
  codes_.resize(code * width_);
  ntotal = static_cast<idx_t>(code);
}

void IndexInt8Flat::add(idx_t n, const float* x) {
  const auto dimension = static_cast<std::size_t>(d);
  std::vector<std::int8_t> fresh(static_cast<std::size_t>(n) * width_);
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
    std::transform(x + i * dimension, x + (i + 1) * dimension, &fresh[i * width_], as_int8);
  }
  codes_.insert(codes_.end(), fresh.begin(), fresh.end());
  ntotal += n;
}

// Codes in blocks that stay in the fastest cache while all queries pass over them.
template <typename Visit>
void IndexInt8Flat::scan(idx_t n, const float* x, const Visit& visit) const {
  constexpr std::size_t kBlock = 128;
  constexpr std::size_t kQueries = 16;
  const auto dimension = static_cast<std::size_t>(d);
  const auto queries = static_cast<std::size_t>(n);
  const auto codes = static_cast<std::size_t>(ntotal);
  std::vector<std::int16_t> components(queries * width_);
  for (std::size_t q = 0; q < queries; ++q) {
    std::transform(x + q * dimension, x + (q + 1) * dimension, &components[q * width_], as_int8);
  }
  std::vector<std::int32_t> distances(kBlock * kQueries);
  for (std::size_t first = 0; first < codes; first += kBlock) {
    const std::size_t block = std::min(kBlock, codes - first);
    for (std::size_t from = 0; from < queries; from += kQueries) {
      const std::size_t some = std::min(kQueries, queries - from);
      squared_distances(&components[from * width_], some, &codes_[first * width_], block, width_,
                        distances.data());
      const std::int32_t* distance = distances.data();
      for (std::size_t i = 0; i < block; ++i) {
        for (std::size_t q = 0; q < some; ++q) {
          visit(from + q, static_cast<idx_t>(first + i), *distance++);
        }
      }
    }
  }
}

void IndexInt8Flat::search(idx_t n, const float* x, idx_t k, float* distances, idx_t* labels,
                           const faiss::SearchParameters* params) const {
  FAISS_THROW_IF_NOT_MSG(params == nullptr, "search parameters are not known here");
  const auto most = static_cast<std::size_t>(k);
  std::vector<Nearest> nearest(static_cast<std::size_t>(n), Nearest(most));
  scan(n, x, [&](std::size_t query, idx_t id, std::int32_t distance) {
    nearest[query].take(distance, id);
  });
  std::fill_n(distances, nearest.size() * most, std::numeric_limits<float>::max());
  std::fill_n(labels, nearest.size() * most, -1);
  for (std::size_t q = 0; q < nearest.size(); ++q) {
    std::size_t at = q * most;
    for (const auto& [distance, id] : nearest[q].sorted()) {
      distances[at] = static_cast<float>(distance);
      labels[at++] = id;
    }
  }
}

void IndexInt8Flat::range_search(idx_t n, const float* x, float radius,
                                 faiss::RangeSearchResult* result,
                                 const faiss::SearchParameters* params) const {
  FAISS_THROW_IF_NOT_MSG(params == nullptr, "search parameters are not known here");
  std::vector<std::vector<std::pair<idx_t, std::int32_t>>> found(static_cast<std::size_t>(n));
  scan(n, x, [&](std::size_t query, idx_t id, std::int32_t distance) {
    if (static_cast<float>(distance) < radius) found[query].emplace_back(id, distance);
  });
  for (std::size_t q = 0; q < found.size(); ++q) result->lims[q] = found[q].size();
  result->do_allocation();  // makes offsets of the counts
  for (std::size_t q = 0; q < found.size(); ++q) {
    std::size_t at = result->lims[q];
    for (const auto& [id, distance] : found[q]) {
      result->labels[at] = id;
      result->distances[at++] = static_cast<float>(distance);
    }
  }
}

void IndexInt8Flat::reset() { forget_from(0); }

std::size_t IndexInt8Flat::remove_ids(const faiss::IDSelector& selector) {
  std::size_t kept = 0;
  const auto codes = static_cast<std::size_t>(ntotal);
  for (std::size_t i = 0; i < codes; ++i) {
    if (selector.is_member(static_cast<idx_t>(i))) continue;
    if (i > kept) std::copy_n(&codes_[i * width_], width_, &codes_[kept * width_]);
    ++kept;
  }
  forget_from(kept);
  return codes - kept;
}

void IndexInt8Flat::reconstruct(idx_t key, float* recons) const {
  FAISS_THROW_IF_NOT_MSG(key >= 0 && key < ntotal, "no such key");
  std::copy_n(&codes_[static_cast<std::size_t>(key) * width_], d, recons);
}

}  // namespace reseau::detail
