/// Everything within a Hamming distance of 256 bits: exact at any limit.
#pragma once

#include <faiss/IndexBinary.h>

#include <stdexcept>

#include "index/faiss_adapter.h"
#include "index/multi_index.h"

namespace reseau::detail {

/// Small limits are answered by multi-index hashing, others by a scan: whichever is cheaper.
class HammingSearch {
 public:
  using Entries = Live<HammingRows, MultiIndex>;

  /// Throws std::invalid_argument unless there are 256 bits.
  explicit HammingSearch(int bits = kHammingBits) : live_({}) {
    if (bits != kHammingBits) throw std::invalid_argument("codes of 256 bits only");
  }

  [[nodiscard]] Entries& live() { return live_; }
  [[nodiscard]] const Entries& live() const { return live_; }

  [[nodiscard]] static std::vector<std::uint8_t> rows(std::size_t n, const std::uint8_t* x) {
    return {x, x + n * kHammingBytes};
  }
  static void components(const std::uint8_t* row, std::uint8_t* x) {
    std::copy_n(row, kHammingBytes, x);
  }

  [[nodiscard]] HitLists within(const std::uint8_t* rows, std::size_t n, int limit,
                                int threads) const;
  [[nodiscard]] HitLists nearest(const std::uint8_t* rows, std::size_t n, std::size_t k, int limit,
                                 int threads) const;

 private:
  Entries live_;
};

using IndexHamming = FaissAdapter<faiss::IndexBinary, HammingSearch>;

}  // namespace reseau::detail
