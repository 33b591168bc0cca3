// Dot products of bytes in one instruction (AVX-512 VNNI): int8_kernel.h says what is computed.
#include "index/int8_kernel.h"
#include "index/int8_rows.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#include <cstring>

#define RESEAU_VNNI __attribute__((target("avx512f,avx512bw,avx512vnni")))

namespace reseau::detail {
namespace {

RESEAU_VNNI inline __m512i quad_at(const std::uint8_t* group, std::size_t quad) {
  return _mm512_loadu_si512(group + quad * kQuadBytes);
}

RESEAU_VNNI inline __m512i quad_of(const Groups& groups, std::size_t group, std::size_t quad) {
  return quad < groups.head_quads
             ? quad_at(groups.head, group * groups.head_quads + quad)
             : quad_at(groups.rest, group * groups.rest_quads + quad - groups.head_quads);
}

RESEAU_VNNI inline __m512i magnitudes(__m512i codes) {
  return _mm512_min_epu8(_mm512_abs_epi8(codes), _mm512_set1_epi8(127));
}

RESEAU_VNNI inline __m512i to_all(const QueryPart& query, std::size_t quad) {
  std::int32_t four = 0;
  std::memcpy(&four, query.values + quad * 4, sizeof four);
  return _mm512_set1_epi32(four);
}

// (a - b)^2 = a^2 + b^2 - 2ab, where a^2 is the same for all queries. Magnitudes are at most 127
// and so both unsigned and signed bytes, as the instruction wants them.
//
// `Quads`: known when this is compiled, so that a query stays in registers; or 0.
template <std::size_t Quads>
RESEAU_VNNI void bound_of(const Groups& groups, std::size_t count, const QueryPart* queries,
                          const std::int32_t* limits, std::size_t query_count, GroupMask* near) {
  const std::size_t quads = Quads != 0 ? Quads : groups.quads();
  alignas(64) std::array<std::uint8_t, Int8Kernel::kBlock * kQuadBytes> magnitude;
  alignas(64) std::array<std::int32_t, Int8Kernel::kBlock * 16> squares;
  for (std::size_t g = 0; g < count; ++g) {
    __m512i sum = _mm512_setzero_si512();
    for (std::size_t q = 0; q < quads; ++q) {
      const __m512i codes = magnitudes(quad_of(groups, g, q));
      _mm512_store_si512(magnitude.data() + (g * quads + q) * kQuadBytes, codes);
      sum = _mm512_dpbusd_epi32(sum, codes, codes);
    }
    _mm512_store_si512(squares.data() + g * 16, sum);
  }
  for (std::size_t n = 0; n < query_count; ++n, near += count) {
    // a^2 - (limit - b^2) <= 2ab
    const __m512i most = _mm512_set1_epi32(limits[n] - queries[n].squares);
    for (std::size_t g = 0; g < count; ++g) {
      const std::uint8_t* const group = magnitude.data() + g * quads * kQuadBytes;
      __m512i even = _mm512_setzero_si512();
      __m512i odd = _mm512_setzero_si512();
      std::size_t q = 0;
      for (; q + 2 <= quads; q += 2) {
        even = _mm512_dpbusd_epi32(even, quad_at(group, q), to_all(queries[n], q));
        odd = _mm512_dpbusd_epi32(odd, quad_at(group, q + 1), to_all(queries[n], q + 1));
      }
      if (q < quads) even = _mm512_dpbusd_epi32(even, quad_at(group, q), to_all(queries[n], q));
      const __m512i products = _mm512_add_epi32(even, odd);
      const __m512i rest = _mm512_sub_epi32(_mm512_load_si512(squares.data() + g * 16), most);
      near[g] = _mm512_cmple_epi32_mask(rest, _mm512_add_epi32(products, products));
    }
  }
}

// Of a grid signature: what is looked at first, and all of it.
constexpr std::size_t kFirstQuads = 8;
constexpr std::size_t kAllQuads = 24;

RESEAU_VNNI void bound(const Groups& groups, std::size_t count, const QueryPart* queries,
                       const std::int32_t* limits, std::size_t query_count, GroupMask* near) {
  switch (groups.quads()) {
    case kFirstQuads:
      return bound_of<kFirstQuads>(groups, count, queries, limits, query_count, near);
    case kAllQuads:
      return bound_of<kAllQuads>(groups, count, queries, limits, query_count, near);
    default:
      return bound_of<0>(groups, count, queries, limits, query_count, near);
  }
}

RESEAU_VNNI void add_bounds(const std::uint8_t* group, std::size_t quads, const QueryPart& query,
                            std::int32_t* sums) {
  __m512i squares = _mm512_set1_epi32(query.squares);
  __m512i products = _mm512_setzero_si512();
  for (std::size_t q = 0; q < quads; ++q) {
    const __m512i codes = magnitudes(quad_at(group, q));
    squares = _mm512_dpbusd_epi32(squares, codes, codes);
    products = _mm512_dpbusd_epi32(products, codes, to_all(query, q));
  }
  squares = _mm512_sub_epi32(squares, _mm512_add_epi32(products, products));
  _mm512_storeu_si512(sums, _mm512_add_epi32(_mm512_loadu_si512(sums), squares));
}

// Codes are signed, the instruction's first operand is not: with u = c + 128,
// c.q = u.q - 128 (1.q) and c.c = u.c - 128 (1.c).
RESEAU_VNNI void add_distances(const std::uint8_t* group, std::size_t quads, const QueryPart& query,
                               std::int32_t* sums) {
  const __m512i shift = _mm512_set1_epi8(static_cast<char>(0x80));
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i squares = _mm512_set1_epi32(query.squares + 256 * query.sum);
  __m512i products = _mm512_setzero_si512();
  __m512i plain = _mm512_setzero_si512();
  for (std::size_t q = 0; q < quads; ++q) {
    const __m512i codes = quad_at(group, q);
    const __m512i shifted = _mm512_xor_si512(codes, shift);
    squares = _mm512_dpbusd_epi32(squares, shifted, codes);
    plain = _mm512_dpbusd_epi32(plain, ones, codes);
    products = _mm512_dpbusd_epi32(products, shifted, to_all(query, q));
  }
  squares = _mm512_sub_epi32(squares, _mm512_mullo_epi32(plain, _mm512_set1_epi32(128)));
  squares = _mm512_sub_epi32(squares, _mm512_add_epi32(products, products));
  _mm512_storeu_si512(sums, _mm512_add_epi32(_mm512_loadu_si512(sums), squares));
}

// Products as in add_distances(), of one class after the other.
RESEAU_VNNI void distances(const Groups& groups, const SignedSet& set, std::int32_t* to) {
  const __m512i shift = _mm512_set1_epi8(static_cast<char>(0x80));
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i squares = _mm512_set1_epi32(set.squares);
  __m512i plain = _mm512_setzero_si512();
  for (std::size_t q = 0; q < groups.quads(); ++q) {
    const __m512i codes = quad_of(groups, 0, q);
    squares = _mm512_dpbusd_epi32(squares, _mm512_xor_si512(codes, shift), codes);
    plain = _mm512_dpbusd_epi32(plain, ones, codes);
  }
  squares = _mm512_sub_epi32(squares, _mm512_mullo_epi32(plain, _mm512_set1_epi32(128)));
  // The products. As the argument of a template, a vector's type would lose its alignment.
  __m512i twice[SignedSet::kClasses];  // NOLINT(*-avoid-c-arrays)
  for (std::size_t c = 0; c < SignedSet::kClasses; ++c) {
    __m512i product = _mm512_set1_epi32(-128 * set.sums[c]);
    for (std::uint32_t s = set.starts[c]; s < set.starts[c + 1]; ++s) {
      const __m512i codes = _mm512_xor_si512(quad_of(groups, 0, set.steps[s].quad), shift);
      product = _mm512_dpbusd_epi32(product, codes, _mm512_set1_epi32(set.steps[s].values));
    }
    twice[c] = _mm512_add_epi32(product, product);
  }
  for (const auto& signs : set.signs) {
    __m512i sum = squares;
    for (std::size_t c = 0; c < SignedSet::kClasses; ++c)
      sum = signs[c] > 0 ? _mm512_sub_epi32(sum, twice[c]) : _mm512_add_epi32(sum, twice[c]);
    _mm512_storeu_si512(to, sum);
    to += 16;
  }
}

RESEAU_VNNI void within(const std::int32_t* distances, const std::int32_t* limits,
                        std::size_t count, GroupMask* near) {
  for (std::size_t n = 0; n < count; ++n) {
    near[n] = _mm512_cmple_epi32_mask(_mm512_loadu_si512(distances + n * kGroup),
                                      _mm512_set1_epi32(limits[n]));
  }
}

constexpr Int8Kernel kVnni = {"AVX-512 VNNI", bound, add_bounds, add_distances, within, distances};

}  // namespace

const Int8Kernel* int8_vnni_kernel() {
  static const bool kHere = __builtin_cpu_supports("avx512f") != 0 &&
                            __builtin_cpu_supports("avx512bw") != 0 &&
                            __builtin_cpu_supports("avx512vnni") != 0;
  return kHere ? &kVnni : nullptr;
}

}  // namespace reseau::detail

#else

namespace reseau::detail {
const Int8Kernel* int8_vnni_kernel() { return nullptr; }
}  // namespace reseau::detail

#endif
