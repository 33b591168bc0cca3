// Compiled once for every instruction set that Highway knows here.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/int8_kernel.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "index/int8_kernel.h"
#include "index/int8_rows.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

// Bytes of a quad that fit a vector; four lanes of 8 bits make one of 32, which is one code.
constexpr hn::CappedTag<std::uint8_t, kQuadBytes> kBytes{};
constexpr hn::Repartition<std::uint16_t, decltype(kBytes)> kPairs{};
constexpr hn::Repartition<std::int16_t, decltype(kBytes)> kSigned{};
constexpr hn::Repartition<std::uint32_t, decltype(kBytes)> kCodes{};
constexpr hn::Repartition<std::int32_t, decltype(kBytes)> kDistances{};

// The sum of the two halves of each lane.
template <class Pairs>
inline auto both(Pairs pairs) {
  const auto codes = hn::BitCast(kCodes, pairs);
  return hn::Add(hn::And(codes, hn::Set(kCodes, 0xffffU)), hn::ShiftRight<16>(codes));
}

// A bit a lane, from `first` on: which of the sums are at most so large.
template <class Tag, class Sums>
inline unsigned at_most(Tag tag, Sums sums, Sums most, std::size_t first) {
  std::array<std::uint8_t, 8> bits{};
  hn::StoreMaskBits(tag, hn::Not(hn::Lt(most, sums)), bits.data());
  return (bits[0] | static_cast<unsigned>(bits[1]) << 8U) << first;
}

inline auto to_all(const std::int8_t* values, std::size_t quad) {
  std::uint32_t four = 0;
  std::memcpy(&four, values + quad * kQuad, sizeof four);
  return hn::BitCast(kBytes, hn::Set(kCodes, four));
}

// Squares of the differences of magnitudes, of the codes from `part` bytes into each quad on.
inline auto bounds_of(const std::uint8_t* group, std::size_t part, std::size_t quads,
                      const std::int8_t* query) {
  const hn::RebindToSigned<decltype(kBytes)> as_signed;
  auto sums = hn::Zero(kCodes);
  for (std::size_t q = 0; q < quads; ++q) {
    const auto codes = hn::BitCast(as_signed, hn::LoadU(kBytes, group + q * kQuadBytes + part));
    const auto size = hn::Min(hn::BitCast(kBytes, hn::Abs(codes)), hn::Set(kBytes, 127));
    const auto other = to_all(query, q);
    const auto apart = hn::BitCast(kPairs, hn::Sub(hn::Max(size, other), hn::Min(size, other)));
    const auto even = hn::And(apart, hn::Set(kPairs, 0xff));
    const auto odd = hn::ShiftRight<8>(apart);
    // 2 * 127^2 fits 16 bits.
    sums = hn::Add(sums, both(hn::Add(hn::Mul(even, even), hn::Mul(odd, odd))));
  }
  return sums;
}

void bound(const Groups& groups, std::size_t count, const QueryPart* queries,
           const std::int32_t* limits, std::size_t query_count, GroupMask* near) {
  const std::size_t lanes = hn::Lanes(kCodes);
  for (std::size_t n = 0; n < query_count; ++n) {
    const auto most = hn::Set(kCodes, static_cast<std::uint32_t>(std::max(limits[n], 0)));
    for (std::size_t g = 0; g < count; ++g) {
      unsigned mask = 0;
      for (std::size_t first = 0; first < kGroup; first += lanes) {
        auto sums = bounds_of(groups.head + g * groups.head_quads * kQuadBytes, first * kQuad,
                              groups.head_quads, queries[n].values);
        if (groups.rest_quads > 0) {
          sums = hn::Add(
              sums, bounds_of(groups.rest + g * groups.rest_quads * kQuadBytes, first * kQuad,
                              groups.rest_quads, queries[n].values + groups.head_quads * kQuad));
        }
        mask |= at_most(kCodes, sums, most, first);
      }
      *near++ = limits[n] < 0 ? 0 : static_cast<GroupMask>(mask);
    }
  }
}

void add_bounds(const std::uint8_t* group, std::size_t quads, const QueryPart& query,
                std::int32_t* sums) {
  auto* const to = reinterpret_cast<std::uint32_t*>(sums);
  const std::size_t lanes = hn::Lanes(kCodes);
  for (std::size_t first = 0; first < kGroup; first += lanes) {
    const auto more = bounds_of(group, first * kQuad, quads, query.values);
    hn::StoreU(hn::Add(hn::LoadU(kCodes, to + first), more), kCodes, to + first);
  }
}

void add_distances(const std::uint8_t* group, std::size_t quads, const QueryPart& query,
                   std::int32_t* sums) {
  auto* const to = reinterpret_cast<std::uint32_t*>(sums);
  const std::size_t lanes = hn::Lanes(kCodes);
  const auto even = [](auto bytes) {
    return hn::ShiftRight<8>(hn::ShiftLeft<8>(hn::BitCast(kSigned, bytes)));
  };
  const auto odd = [](auto bytes) { return hn::ShiftRight<8>(hn::BitCast(kSigned, bytes)); };
  // 255^2 fits 16 bits without a sign.
  const auto square = [](auto apart) { return both(hn::BitCast(kPairs, hn::Mul(apart, apart))); };
  for (std::size_t first = 0; first < kGroup; first += lanes) {
    auto sum = hn::LoadU(kCodes, to + first);
    for (std::size_t q = 0; q < quads; ++q) {
      const auto codes = hn::LoadU(kBytes, group + q * kQuadBytes + first * kQuad);
      const auto other = to_all(query.values, q);
      sum = hn::Add(sum, hn::Add(square(hn::Sub(even(codes), even(other))),
                                 square(hn::Sub(odd(codes), odd(other)))));
    }
    hn::StoreU(sum, kCodes, to + first);
  }
}

void within(const std::int32_t* distances, const std::int32_t* limits, std::size_t count,
            GroupMask* near) {
  const std::size_t lanes = hn::Lanes(kDistances);
  for (std::size_t n = 0; n < count; ++n) {
    const auto most = hn::Set(kDistances, limits[n]);
    unsigned mask = 0;
    for (std::size_t first = 0; first < kGroup; first += lanes) {
      mask |=
          at_most(kDistances, hn::LoadU(kDistances, distances + n * kGroup + first), most, first);
    }
    near[n] = static_cast<GroupMask>(mask);
  }
}

#endif

Int8Kernel highway_kernel() {
#if HWY_TARGET != HWY_SCALAR
  return {hwy::TargetName(HWY_TARGET), bound, add_bounds, add_distances, within, nullptr};
#else
  return {};
#endif
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {
namespace {

void add_bounds_plain(const std::uint8_t* group, std::size_t quads, const std::int8_t* query,
                      std::int32_t* sums) {
  for (std::size_t q = 0; q < quads; ++q) {
    for (std::size_t i = 0; i < kQuadBytes; ++i) {
      const auto code = static_cast<std::int8_t>(group[q * kQuadBytes + i]);
      const int apart = std::min(std::abs(code), 127) - query[q * kQuad + i % kQuad];
      sums[i / kQuad] += apart * apart;
    }
  }
}

void add_bounds_plain(const std::uint8_t* group, std::size_t quads, const QueryPart& query,
                      std::int32_t* sums) {
  add_bounds_plain(group, quads, query.values, sums);
}

void within_plain(const std::int32_t* distances, const std::int32_t* limits, std::size_t count,
                  GroupMask* near) {
  for (std::size_t n = 0; n < count; ++n) {
    unsigned mask = 0;
    for (std::size_t c = 0; c < kGroup; ++c)
      mask |= (distances[n * kGroup + c] <= limits[n] ? 1U : 0U) << c;
    near[n] = static_cast<GroupMask>(mask);
  }
}

void bound_plain(const Groups& groups, std::size_t count, const QueryPart* queries,
                 const std::int32_t* limits, std::size_t query_count, GroupMask* near) {
  for (std::size_t n = 0; n < query_count; ++n) {
    for (std::size_t g = 0; g < count; ++g) {
      std::array<std::int32_t, kGroup> sums{};
      add_bounds_plain(groups.head + g * groups.head_quads * kQuadBytes, groups.head_quads,
                       queries[n].values, sums.data());
      add_bounds_plain(groups.rest + g * groups.rest_quads * kQuadBytes, groups.rest_quads,
                       queries[n].values + groups.head_quads * kQuad, sums.data());
      within_plain(sums.data(), &limits[n], 1, near++);
    }
  }
}

void add_distances_plain(const std::uint8_t* group, std::size_t quads, const QueryPart& query,
                         std::int32_t* sums) {
  for (std::size_t q = 0; q < quads; ++q) {
    for (std::size_t i = 0; i < kQuadBytes; ++i) {
      const int apart =
          static_cast<std::int8_t>(group[q * kQuadBytes + i]) - query.values[q * kQuad + i % kQuad];
      sums[i / kQuad] += apart * apart;
    }
  }
}

HWY_EXPORT(highway_kernel);

}  // namespace

Int8Kernel int8_highway_kernel() { return HWY_DYNAMIC_DISPATCH(highway_kernel)(); }

std::span<const Int8Kernel> int8_kernels() {
  static const std::vector<Int8Kernel> kKernels = [] {
    std::vector<Int8Kernel> kernels = {
        {"plain", bound_plain, add_bounds_plain, add_distances_plain, within_plain, nullptr}};
    const Int8Kernel highway = int8_highway_kernel();
    if (!highway.name.empty()) kernels.push_back(highway);
    if (const Int8Kernel* const vnni = int8_vnni_kernel()) kernels.push_back(*vnni);
    return kernels;
  }();
  return kKernels;
}

const Int8Kernel& int8_kernel() {
  static const Int8Kernel& kBest = int8_kernels().back();
  return kBest;
}

}  // namespace reseau::detail
#endif
