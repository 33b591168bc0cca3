#include "index_data.h"

#include <reseau/hash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "index/displaced.h"

#if defined(__x86_64__) && !defined(__clang__)
#define RESEAU_CLONES(...) __attribute__((target_clones(__VA_ARGS__)))
#else
#define RESEAU_CLONES(...)
#endif

namespace reseau::bench {
namespace {

// Standard deviations of the values of grid signatures of 600 photographs and product shots and
// their windows at standard, 13,663 signatures.
constexpr std::array<int, 96> kDeviations = {
    30, 31, 27, 31, 29, 25, 24, 37, 29, 33, 29, 29, 29, 26, 26, 43, 33, 30, 27, 27, 27, 25, 23, 39,
    32, 31, 27, 30, 29, 27, 36, 30, 30, 44, 39, 31, 33, 35, 30, 34, 31, 28, 38, 36, 31, 32, 30, 28,
    39, 37, 30, 32, 30, 32, 25, 28, 26, 28, 42, 42, 35, 32, 32, 35, 30, 29, 27, 30, 46, 36, 39, 32,
    31, 34, 34, 28, 29, 30, 27, 28, 29, 28, 52, 40, 41, 34, 34, 36, 34, 30, 32, 30, 28, 29, 31, 29};
constexpr float kLength = 317.5F;  // of all of them
constexpr std::size_t kCluster = 100;

// A stream of its own for every number (Steele, Lea and Flood 2014, SplitMix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U) { (void)bits(); }
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  // Nearly normal: the sum of eight even ones.
  float normal() {
    const std::uint64_t eight = bits();
    int sum = 0;
    for (int i = 0; i < 64; i += 8) sum += static_cast<int>(eight >> i & 0xff);
    return static_cast<float>(sum - 1020) / 209;
  }

 private:
  std::uint64_t state_;
};

using Bytes96 = std::array<std::uint8_t, 96>;

Bytes96 whole_numbers(std::array<float, 96> values) {
  float squares = 0;
  for (const float v : values) squares += v * v;
  Bytes96 bytes{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = std::clamp(values[i] * kLength / std::sqrt(squares), -127.0F, 127.0F);
    bytes[i] = static_cast<std::uint8_t>(static_cast<std::int8_t>(std::lround(value)));
  }
  return bytes;
}

Signature grid_of(Random random, Random around, float noise) {
  std::array<float, 96> values{};
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(kDeviations[i]) * random.normal();
  if (noise > 0) {
    for (float& value : values) value += noise * around.normal();
  }
  return Signature::from_bytes(Algorithm::grid, Bytes(whole_numbers(values))).value();
}

Signature pdq_of(Random random, Random around, int flips) {
  std::array<std::uint8_t, 32> bytes{};
  for (std::size_t i = 0; i < bytes.size(); i += 8) {
    const std::uint64_t word = random.bits();
    for (std::size_t b = 0; b < 8; ++b) bytes[i + b] = static_cast<std::uint8_t>(word >> (8 * b));
  }
  for (; flips > 0; --flips) {
    const std::uint64_t bit = around.bits() % 256;
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1U << bit % 8);
  }
  return Signature::from_bytes(Algorithm::pdq, Bytes(bytes)).value();
}

RESEAU_CLONES("default", "popcnt") int hamming(const std::uint64_t* a, const std::uint64_t* b) {
  int apart = 0;
  for (int w = 0; w < 4; ++w) apart += std::popcount(a[w] ^ b[w]);
  return apart;
}

RESEAU_CLONES("default", "avx2") int squared(const std::int16_t* a, const std::int16_t* b) {
  int apart = 0;
  for (int i = 0; i < 96; ++i) apart += (a[i] - b[i]) * (a[i] - b[i]);
  return apart;
}

// As these plain loops like them.
struct Plain {
  std::array<std::uint64_t, 4> words{};
  std::array<std::int16_t, 96> values{};
  explicit Plain(const Signature& signature) {
    const auto bytes = signature.bytes();
    for (std::size_t i = 0; i < 32; ++i)
      words[i / 8] |= std::uint64_t{bytes.data()[i]} << (i % 8 * 8);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      values[i] = static_cast<std::int16_t>((bytes.data()[i] ^ 0x80) - 0x80);  // with its sign
  }
};

}  // namespace

Signature IndexData::at(std::size_t i) const {
  const bool clustered = spread_ == Spread::clustered;
  const Random random(clustered ? i / kCluster : i);
  const Random around(i + (std::uint64_t{1} << 40));
  if (algorithm_ == Algorithm::pdq) return pdq_of(random, around, clustered ? 20 : 0);
  return grid_of(random, around, clustered ? 6 : 0);
}

Signature IndexData::near(std::size_t i, std::mt19937_64& random) const {
  const Signature known = at(i);
  std::vector<std::uint8_t> bytes(known.bytes().begin(), known.bytes().end());
  if (algorithm_ == Algorithm::pdq) {
    for (int flip = 0; flip < 25; ++flip) {
      auto& byte = bytes[random() % bytes.size()];
      byte = static_cast<std::uint8_t>(byte ^ 1U << random() % 8);
    }
  } else {
    for (auto& byte : bytes) {
      const int value = static_cast<std::int8_t>(byte) + static_cast<int>(random() % 17) - 8;
      byte = static_cast<std::uint8_t>(std::clamp(value, -127, 127));
    }
  }
  return Signature::from_bytes(algorithm_, Bytes(bytes)).value();
}

IndexData::IndexData(Algorithm algorithm, Spread spread, std::size_t size)
    : algorithm_(algorithm), spread_(spread), size_(size) {
  std::mt19937_64 random(size);
  const IndexData strangers = [&] {
    IndexData data = *this;
    data.spread_ = Spread::random;
    return data;
  }();
  for (std::size_t q = 0; q < (algorithm == Algorithm::pdq ? 16'384 : kBatch); ++q) {
    const Signature signature = q % 10 == 0 && size > 0 ? near(random() % size, random)
                                                        : strangers.at((std::size_t{1} << 50) + q);
    if (algorithm == Algorithm::pdq) {
      queries_.push_back({signature});
    } else {
      const auto views = grid_views(signature);
      queries_.emplace_back(views.begin(), views.end());
    }
  }
}

std::vector<Signature> IndexData::some(std::size_t first, std::size_t count) const {
  std::vector<Signature> signatures;
  signatures.reserve(count);
  for (std::size_t i = first; i < first + count; ++i) signatures.push_back(at(i));
  return signatures;
}

std::vector<IndexData::Copy> IndexData::copies(std::size_t count, MaxDistance limit) const {
  constexpr double kWithin = 0.97;  // rounding adds about 8, give or take 2 sqrt(limit / 12)
  std::vector<Copy> copies;
  detail::Displaced displaced(3);  // not what lists are built with
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t of = i * size_ / count;
    const Signature known = at(of);
    std::vector<std::uint8_t> bytes(known.bytes().begin(), known.bytes().end());
    displaced.move(bytes, static_cast<int>(kWithin * limit.value));
    const auto views = grid_views(Signature::from_bytes(Algorithm::grid, Bytes(bytes)).value());
    copies.push_back({static_cast<std::int64_t>(of), {views.begin(), views.end()}});
  }
  return copies;
}

std::vector<std::vector<Hit>> IndexData::expected(std::size_t count, MaxDistance limit) const {
  std::vector<Plain> asked;
  for (std::size_t q = 0; q < count; ++q) {
    for (const Signature& signature : queries_[q]) asked.emplace_back(signature);
  }
  std::vector<std::vector<Hit>> lists(asked.size());
  for (std::size_t i = 0; i < size_; ++i) {
    const Plain known(at(i));
    for (std::size_t q = 0; q < asked.size(); ++q) {
      const int apart = algorithm_ == Algorithm::pdq
                            ? hamming(asked[q].words.data(), known.words.data())
                            : squared(asked[q].values.data(), known.values.data());
      if (apart <= limit.value) lists[q].push_back({static_cast<std::int64_t>(i), apart});
    }
  }
  for (auto& hits : lists) {
    std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
      return std::pair(a.distance, a.id) < std::pair(b.distance, b.id);
    });
  }
  return lists;
}

}  // namespace reseau::bench
