/// An index of FAISS's kind for vectors of small whole numbers, kept as bytes and scanned.
#pragma once

#include <faiss/Index.h>

#include <cstdint>
#include <vector>

namespace reseau::detail {

/// Squared Euclidean distance, exact: the same hits as faiss::IndexFlatL2, at a quarter of its
/// memory. Components are whole numbers from -128 to 127; others are cut.
///
/// Threads: any number of searches at once, none beside a change. Searches start no threads.
class IndexInt8Flat : public faiss::Index {
 public:
  /// Throws faiss::FaissException for a dimension over 2^14.
  explicit IndexInt8Flat(idx_t dimension);
  ~IndexInt8Flat() override;

  void add(idx_t n, const float* x) override;
  void search(idx_t n, const float* x, idx_t k, float* distances, idx_t* labels,
              const faiss::SearchParameters* params = nullptr) const override;
  /// All at a distance strictly below `radius`.
  void range_search(idx_t n, const float* x, float radius, faiss::RangeSearchResult* result,
                    const faiss::SearchParameters* params = nullptr) const override;
  void reset() override;
  std::size_t remove_ids(const faiss::IDSelector& selector) override;
  void reconstruct(idx_t key, float* recons) const override;

 private:
  /// Calls `visit(query, id, distance)` for every pair.
  template <typename Visit>
  void scan(idx_t n, const float* x, const Visit& visit) const;
  void forget_from(std::size_t code);

  std::size_t width_;               ///< components of a code, with what fills it up
  std::vector<std::int8_t> codes_;  ///< one after the other, in the order of their ids
};

}  // namespace reseau::detail
