/// Hamming distances of many codes to many, by the widest instructions that the processor has. All
/// kernels give the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/hamming_rows.h"

namespace reseau::detail {

/// Codes are scanned in blocks of this many.
inline constexpr std::size_t kHammingBlock = 512;

/// Appends to `near` the place of each of `codes` that is at most `limit` from `query`; for each of
/// `queries`, `near[q]`.
void hamming_scan(const HammingCode* codes, std::size_t count, const HammingCode* const* queries,
                  const int* limits, std::size_t query_count,
                  std::vector<std::uint32_t>* const* near);

/// A run of entries of a table of multi-index hashing, to be looked through.
struct Probe {
  const std::uint16_t* sketches;  ///< readable for 64 bytes beyond the last
  std::uint32_t first;            ///< of the run, in the table
  std::uint32_t count;
  std::uint16_t sketch;  ///< the query's
  std::int16_t most;     ///< bits that a sketch may differ in
};

/// Appends to `places` the places (from Probe::first on) of those whose sketches are near enough,
/// probe by probe; `counts[p]` says how many are of probe p.
void sketch_scan(const Probe* probes, std::size_t probe_count, std::vector<std::uint32_t>& places,
                 std::uint32_t* counts);

/// Hamming distances of one query to `codes[i]`.
void hamming_distances(const HammingCode& query, const HammingCode* const* codes, std::size_t count,
                       int* distances);

}  // namespace reseau::detail
