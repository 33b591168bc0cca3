// Compiled once for every instruction set that Highway knows here; AVX3_DL has VPOPCNT.
#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/hamming_kernel.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h:
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <bit>

#include "index/hamming_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace reseau::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

inline int apart(const HammingCode& a, const HammingCode& b) {
  int sum = 0;
  for (std::size_t w = 0; w < a.size(); ++w) sum += std::popcount(a[w] ^ b[w]);
  return sum;
}

// A block of codes word by word, so that a vector holds the same word of several codes.
class Block {
 public:
  static constexpr hn::CappedTag<std::uint64_t, 8> kTag{};
  using Vector = hn::Vec<decltype(kTag)>;

  // Requires: `count` is a multiple of the lanes.
  void load(const HammingCode* codes, std::size_t count) {
    const std::size_t lanes = hn::Lanes(kTag);
    vectors_ = count / lanes;
    const auto* from = codes->data();
    std::uint64_t* to = words_.data();
    for (std::size_t v = 0; v < vectors_; ++v, from += 4 * lanes) {
      Vector a, b, c, d;
      hn::LoadInterleaved4(kTag, from, a, b, c, d);
      for (const Vector& word : {a, b, c, d}) {
        hn::Store(word, kTag, to);
        to += lanes;
      }
    }
  }

  struct Query {
    Vector a, b, c, d;
    explicit Query(const HammingCode& code)
        : a(hn::Set(kTag, code[0])),
          b(hn::Set(kTag, code[1])),
          c(hn::Set(kTag, code[2])),
          d(hn::Set(kTag, code[3])) {}
  };

  // Distances of the codes of vector v.
  [[nodiscard]] Vector distances(std::size_t v, const Query& query) const {
    const std::size_t lanes = hn::Lanes(kTag);
    const std::uint64_t* const words = words_.data() + v * 4 * lanes;
    const auto bits = [&](std::size_t w, const Vector& q) {
      return hn::PopulationCount(hn::Xor(hn::Load(kTag, words + w * lanes), q));
    };
    return hn::Add(hn::Add(bits(0, query.a), bits(1, query.b)),
                   hn::Add(bits(2, query.c), bits(3, query.d)));
  }

  // Whether any code is within `limit`: most blocks of most searches have none.
  [[nodiscard]] bool any(const Query& query, int limit) const {
    auto least = hn::Set(kTag, std::uint64_t{kHammingBits});
    auto least_of_others = least;
    std::size_t v = 0;
    for (; v + 2 <= vectors_; v += 2) {
      least = hn::Min(least, distances(v, query));
      least_of_others = hn::Min(least_of_others, distances(v + 1, query));
    }
    if (v < vectors_) least = hn::Min(least, distances(v, query));
    least = hn::Min(least, least_of_others);
    const auto enough = hn::Set(kTag, static_cast<std::uint64_t>(limit) + 1);
    return !hn::AllFalse(kTag, hn::Lt(least, enough));
  }

 private:
  HWY_ALIGN std::array<std::uint64_t, kHammingBlock * 4> words_;
  std::size_t vectors_ = 0;
};

void hamming_scan(const HammingCode* codes, std::size_t count, const HammingCode* const* queries,
                  const int* limits, std::size_t query_count,
                  std::vector<std::uint32_t>* const* near) {
  const std::size_t lanes = hn::Lanes(Block::kTag);
  Block block;
  for (std::size_t first = 0; first < count; first += kHammingBlock) {
    const std::size_t some = std::min(kHammingBlock, count - first);
    const std::size_t whole = some / lanes * lanes;
    block.load(codes + first, whole);
    for (std::size_t q = 0; q < query_count; ++q) {
      const auto take = [&](std::size_t from, std::size_t to) {
        for (std::size_t i = first + from; i < first + to; ++i) {
          if (apart(codes[i], *queries[q]) <= limits[q])
            near[q]->push_back(static_cast<std::uint32_t>(i));
        }
      };
      if (whole > 0 && block.any(Block::Query(*queries[q]), limits[q])) take(0, whole);
      take(whole, some);
    }
  }
}

void sketch_scan(const Probe* probes, std::size_t probe_count, std::vector<std::uint32_t>& places,
                 std::uint32_t* counts) {
  const hn::CappedTag<std::uint16_t, 32> tag;
  const std::size_t lanes = hn::Lanes(tag);
  for (std::size_t p = 0; p < probe_count; ++p) {
    const Probe& probe = probes[p];
    const std::size_t before = places.size();
    const auto query = hn::Set(tag, probe.sketch);
    const auto most = hn::Set(tag, static_cast<std::uint16_t>(probe.most + 1));
    for (std::uint32_t i = 0; i < probe.count; i += static_cast<std::uint32_t>(lanes)) {
      const auto sketches = hn::LoadU(tag, probe.sketches + i);
      const auto near = hn::Lt(hn::PopulationCount(hn::Xor(sketches, query)), most);
      const auto left = hn::FirstN(tag, probe.count - i);
      std::array<std::uint8_t, 8> bytes{};
      hn::StoreMaskBits(tag, hn::And(near, left), bytes.data());
      auto mask = std::bit_cast<std::uint64_t>(bytes);
      while (mask != 0) {
        places.push_back(probe.first + i + static_cast<std::uint32_t>(std::countr_zero(mask)));
        mask &= mask - 1;
      }
    }
    counts[p] = static_cast<std::uint32_t>(places.size() - before);
  }
}

void hamming_distances(const HammingCode& query, const HammingCode* const* codes, std::size_t count,
                       int* distances) {
  for (std::size_t i = 0; i < count; ++i) distances[i] = apart(query, *codes[i]);
}

}  // namespace reseau::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reseau::detail {

HWY_EXPORT(hamming_scan);
HWY_EXPORT(sketch_scan);
HWY_EXPORT(hamming_distances);

void hamming_scan(const HammingCode* codes, std::size_t count, const HammingCode* const* queries,
                  const int* limits, std::size_t query_count,
                  std::vector<std::uint32_t>* const* near) {
  HWY_DYNAMIC_DISPATCH(hamming_scan)(codes, count, queries, limits, query_count, near);
}

void sketch_scan(const Probe* probes, std::size_t probe_count, std::vector<std::uint32_t>& places,
                 std::uint32_t* counts) {
  HWY_DYNAMIC_DISPATCH(sketch_scan)(probes, probe_count, places, counts);
}

void hamming_distances(const HammingCode& query, const HammingCode* const* codes, std::size_t count,
                       int* distances) {
  HWY_DYNAMIC_DISPATCH(hamming_distances)(query, codes, count, distances);
}

}  // namespace reseau::detail
#endif
