/// Codes in chunks, and what a plain loop finds among them.
#pragma once

#include <algorithm>
#include <bit>
#include <memory>
#include <vector>

#include "index/chunks.h"
#include "index/hamming_rows.h"
#include "index/hits.h"

namespace reseau::test {

inline int plain_distance(const detail::HammingCode& a, const detail::HammingCode& b) {
  int apart = 0;
  for (std::size_t w = 0; w < a.size(); ++w) apart += std::popcount(a[w] ^ b[w]);
  return apart;
}

/// So many codes a chunk; the ids are places in `codes`.
inline detail::Chunks<detail::HammingRows> chunks_of(const std::vector<detail::HammingCode>& codes,
                                                     std::size_t each) {
  detail::Chunks<detail::HammingRows> chunks;
  for (std::size_t first = 0; first < codes.size(); first += each) {
    const std::size_t some = std::min(each, codes.size() - first);
    detail::HammingRows rows({}, some);
    std::vector<detail::Id> ids;
    for (std::size_t i = 0; i < some; ++i) {
      rows.set(i, reinterpret_cast<const std::uint8_t*>(&codes[first + i]));
      ids.push_back(static_cast<detail::Id>(first + i));
    }
    chunks.push_back(std::make_shared<const detail::Chunk<detail::HammingRows>>(std::move(ids),
                                                                                std::move(rows)));
  }
  return chunks;
}

/// By rising id.
inline std::vector<Hit> plain_within(const std::vector<detail::HammingCode>& codes,
                                     const detail::HammingCode& query, int limit) {
  std::vector<Hit> hits;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const int apart = plain_distance(codes[i], query);
    if (apart <= limit) hits.push_back({static_cast<detail::Id>(i), apart});
  }
  return hits;
}

}  // namespace reseau::test
