/// Vectors of small whole numbers within a squared Euclidean distance: exact at any limit.
#pragma once

#include <faiss/Index.h>

#include <stdexcept>

#include "index/faiss_adapter.h"
#include "index/int8_rows.h"
#include "index/inverted_lists.h"

namespace reseau::detail {

/// Components are whole numbers from -128 to 127; FAISS's floats are rounded, and cut. In a quarter
/// of the memory of faiss::IndexFlatL2.
///
/// A scan in three steps: bounds from the first 32 dimensions, bounds from all, distances. Queries
/// that differ by signs only share the bounds, so that the sixteen views of a picture cost little
/// more than two.
class Int8Search {
 public:
  using Entries = Live<Int8Rows, InvertedLists>;

  struct How {
    /// The dimensions, each once, those first that the first bounds are to be made of. Empty: as
    /// they come.
    std::vector<std::uint16_t> order = {};
    std::vector<Int8Rows::Format::Swap> swaps = {};
    /// Whether only lists near a query are read (inverted_lists.h), where there are many entries:
    /// approximate.
    bool lists = false;
  };

  /// Throws std::invalid_argument unless there are 1 to 2^14 dimensions.
  explicit Int8Search(int dimension, How how);
  explicit Int8Search(int dimension) : Int8Search(dimension, How{}) {}

  [[nodiscard]] Entries& live() { return live_; }
  [[nodiscard]] const Entries& live() const { return live_; }

  [[nodiscard]] std::vector<std::uint8_t> rows(std::size_t n, const float* x) const;
  void components(const std::uint8_t* row, float* x) const;

  [[nodiscard]] HitLists within(const std::uint8_t* rows, std::size_t n, int limit,
                                int threads) const;
  /// With lists: of what within() finds at `limit`.
  [[nodiscard]] HitLists nearest(const std::uint8_t* rows, std::size_t n, std::size_t k, int limit,
                                 int threads) const;

 private:
  template <typename Narrow>
  [[nodiscard]] HitLists search(const std::uint8_t* rows, std::size_t n, int limit, int threads,
                                const Narrow& narrow) const;

  Entries live_;
};

/// Distances as floats are exact up to 2^24: for 258 dimensions and fewer.
using IndexInt8 = FaissAdapter<faiss::Index, Int8Search>;

}  // namespace reseau::detail
