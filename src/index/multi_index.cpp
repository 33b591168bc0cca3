#include "index/multi_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "index/hamming_kernel.h"

namespace reseau::detail {
namespace {

// What things cost, in nanoseconds as measured by bench_index on one processor; only their ratios
// matter.
constexpr double kProbeCost = 12;      // finding where the run of a value begins, in no cache
constexpr double kEntryCost = 0.4;     // a sketch
constexpr double kCandidateCost = 25;  // a code, in no cache

constexpr std::uint32_t kGroup = 256;  // chunks; see MultiIndex::Table
constexpr int kSketchBits = 16;
constexpr std::size_t kPadding = 64;  // read beyond the last sketch
constexpr int kMostFlips = 5;         // more never pays
// Above, fewer and longer pieces need less memory and are as quick.
constexpr std::size_t kManyEntries = 12'000'000;

// `bits` bits from `start` on, around the end. Requires: bits <= 32.
std::uint32_t cut(const HammingCode& code, int start, int bits) {
  const auto word = static_cast<std::size_t>(start / 64) % code.size();
  const int shift = start % 64;
  std::uint64_t value = code[word] >> shift;
  if (shift + bits > 64) value |= code[(word + 1) % code.size()] << (64 - shift);
  return static_cast<std::uint32_t>(value & ((std::uint64_t{1} << bits) - 1));
}

// Values of so many bits with at most kMostFlips set, by how many.
struct Flips {
  std::vector<std::uint32_t> masks;
  std::array<std::size_t, kMostFlips + 2> starts{};  // of those with so many; and the end

  explicit Flips(int bits) {
    for (int set = 0; set <= kMostFlips; ++set) {
      starts[static_cast<std::size_t>(set)] = masks.size();
      // Gosper's hack: the next value with as many bits.
      std::uint64_t mask = (std::uint64_t{1} << set) - 1;
      while (mask < (std::uint64_t{1} << bits)) {
        masks.push_back(static_cast<std::uint32_t>(mask));
        if (mask == 0) break;
        const std::uint64_t lowest = mask & (~mask + 1);
        const std::uint64_t ripple = mask + lowest;
        mask = (((ripple ^ mask) >> 2) / lowest) | ripple;
      }
    }
    starts.back() = masks.size();
  }
};

// Requires: a width that cutting into 13 or 16 pieces makes.
const Flips& flips_of(int bits) {
  static const Flips k16(16);
  static const Flips k19(19);
  static const Flips k20(20);
  return bits == 16 ? k16 : bits == 19 ? k19 : k20;
}

// The share of random sketches that differ in at most `most` bits.
double chance(int most) {
  static const auto kChances = [] {
    std::array<double, kSketchBits + 1> sums{};
    double choose = 1;
    double sum = 0;
    for (int i = 0; i <= kSketchBits; ++i) {
      sum += choose;
      sums[static_cast<std::size_t>(i)] = sum / (1 << kSketchBits);
      choose = choose * (kSketchBits - i) / (i + 1);
    }
    return sums;
  }();
  return kChances[static_cast<std::size_t>(std::clamp(most, 0, kSketchBits))];
}

}  // namespace

std::shared_ptr<const MultiIndex> MultiIndex::build(const Chunks& chunks,
                                                    const std::stop_token& stop,
                                                    std::size_t pieces) {
  std::shared_ptr<MultiIndex> index(new MultiIndex);
  index->chunks_ = chunks.size();
  index->groups_ = (chunks.size() + kGroup - 1) / kGroup;
  for (const auto& chunk : chunks) index->entries_ += chunk->size();
  const std::size_t groups = index->groups_;
  const std::size_t entries = index->entries_;
  if (pieces == 0) pieces = entries > kManyEntries ? 13 : 16;
  std::vector<int> starts;
  for (std::size_t p = 0; p <= pieces; ++p)
    starts.push_back(static_cast<int>(p * kHammingBits / pieces));
  for (std::size_t p = 0; p < pieces; ++p) {
    if (stop.stop_requested()) return nullptr;
    Table table;
    table.piece = {starts[p], starts[p + 1] - starts[p]};
    const auto [start, bits] = table.piece;
    // Counted one place too far, so that filling the runs moves each start to where it belongs.
    table.starts = Storage(((groups << bits) + 2) * sizeof(std::uint32_t));
    const auto begins = table.starts.as<std::uint32_t>();
    const auto run_of = [&, start = start, bits = bits](const HammingCode& code, std::size_t c) {
      return cut(code, start, bits) * groups + c / kGroup;
    };
    for (std::size_t c = 0; c < chunks.size(); ++c) {
      const HammingCode* const codes = chunks[c]->rows().codes();
      for (std::size_t i = 0; i < chunks[c]->size(); ++i) ++begins[run_of(codes[i], c) + 2];
    }
    for (std::size_t v = 1; v < begins.size(); ++v) begins[v] += begins[v - 1];
    table.sketches = Storage(entries * sizeof(std::uint16_t) + kPadding);
    table.offsets = Storage(entries * sizeof(std::uint16_t));
    table.chunks = Storage(entries);
    const auto sketches = table.sketches.as<std::uint16_t>();
    const auto offsets = table.offsets.as<std::uint16_t>();
    for (std::size_t c = 0; c < chunks.size(); ++c) {
      if (stop.stop_requested()) return nullptr;
      const HammingCode* const codes = chunks[c]->rows().codes();
      for (std::size_t i = 0; i < chunks[c]->size(); ++i) {
        const std::uint32_t at = begins[run_of(codes[i], c) + 1]++;
        sketches[at] = static_cast<std::uint16_t>(cut(codes[i], start + bits, kSketchBits));
        offsets[at] = static_cast<std::uint16_t>(i);
        table.chunks.data()[at] = static_cast<std::uint8_t>(c % kGroup);
      }
    }
    index->tables_.push_back(std::move(table));
  }
  return index;
}

std::size_t MultiIndex::bytes() const {
  std::size_t sum = 0;
  for (const Table& table : tables_) {
    sum += table.starts.size() + table.sketches.size() + table.offsets.size() + table.chunks.size();
  }
  return sum;
}

// One search, in steps that each touch memory which the one before has asked for.
class MultiIndex::Search {
 public:
  Search(const MultiIndex& index, const HammingCode& query, int limit)
      : index_(index), query_(query), limit_(limit) {
    const int pieces = static_cast<int>(index.tables_.size());
    // Distances by piece that are tried: they add up to limit - pieces + 1. Never below -1, which
    // is not tried at all.
    const int sum = limit - pieces + 1;
    const int each = static_cast<int>(std::floor(static_cast<double>(sum) / pieces));
    for (int p = 0; p < pieces; ++p) radii_.push_back(p < sum - each * pieces ? each + 1 : each);
  }

  /// Within `budget` or not at all.
  bool run(const Chunks::value_type* first, double budget, std::vector<Hit>& hits) {
    if (*std::max_element(radii_.begin(), radii_.end()) > kMostFlips) return false;
    double cost = 0;
    for (std::size_t t = 0; t < radii_.size(); ++t) cost += lookups(t) * kProbeCost;
    if (cost > budget) return false;
    for (std::size_t t = 0; t < radii_.size(); ++t) {
      ask_for_runs(t);
      cost += collect(t);
      if (cost > budget) return false;
    }
    verify(first, hits);
    return true;
  }

 private:
  struct Origin {
    const Table* table;
    const std::uint32_t* runs;  ///< see runs_of()
  };

  [[nodiscard]] const Table& table(std::size_t t) const { return index_.tables_[t]; }

  /// Where a value's runs begin, group by group, and the end of the last.
  [[nodiscard]] const std::uint32_t* runs_of(std::size_t t, std::uint32_t value) const {
    return table(t).starts.as<std::uint32_t>().data() + value * index_.groups_;
  }

  [[nodiscard]] double lookups(std::size_t t) const {
    if (radii_[t] < 0) return 0;
    return static_cast<double>(
        flips_of(table(t).piece.bits).starts[static_cast<std::size_t>(radii_[t]) + 1]);
  }

  void ask_for_runs(std::size_t t) {
    if (radii_[t] < 0) return;
    const auto [start, bits] = table(t).piece;
    const std::uint32_t value = cut(query_, start, bits);
    const auto& flips = flips_of(bits);
    const auto count = static_cast<std::size_t>(lookups(t));
    for (std::size_t f = 0; f < count; ++f) __builtin_prefetch(runs_of(t, value ^ flips.masks[f]));
  }

  // The runs of table t; what looking through them will cost.
  double collect(std::size_t t) {
    if (radii_[t] < 0) return 0;
    const auto [start, bits] = table(t).piece;
    const std::uint32_t value = cut(query_, start, bits);
    const auto sketch = static_cast<std::uint16_t>(cut(query_, start + bits, kSketchBits));
    const auto sketches = table(t).sketches.as<std::uint16_t>();
    const auto& flips = flips_of(bits);
    double cost = 0;
    for (int set = 0; set <= radii_[t]; ++set) {
      const int most = radii_[t] + radii_[(t + 1) % radii_.size()] + 1 - set;
      std::uint64_t entries = 0;
      for (std::size_t f = flips.starts[static_cast<std::size_t>(set)];
           f < flips.starts[static_cast<std::size_t>(set) + 1]; ++f) {
        const std::uint32_t* const runs = runs_of(t, value ^ flips.masks[f]);
        const std::uint32_t count = runs[index_.groups_] - runs[0];
        if (count == 0) continue;
        const std::uint16_t* const at = sketches.data() + runs[0];
        __builtin_prefetch(at);
        __builtin_prefetch(at + count - 1);
        probes_.push_back({at, runs[0], count, sketch, static_cast<std::int16_t>(most)});
        origins_.push_back({&table(t), runs});
        entries += count;
      }
      cost += static_cast<double>(entries) * (kEntryCost + chance(most) * kCandidateCost);
    }
    return cost;
  }

  void verify(const Chunks::value_type* first, std::vector<Hit>& hits) {
    counts_.resize(probes_.size());
    sketch_scan(probes_.data(), probes_.size(), places_, counts_.data());
    const auto each = [&](const auto& visit) {
      std::size_t at = 0;
      for (std::size_t p = 0; p < probes_.size(); ++p) {
        for (std::uint32_t i = 0; i < counts_[p]; ++i) visit(origins_[p], places_[at++]);
      }
    };
    each([](const Origin& from, std::uint32_t place) {
      __builtin_prefetch(from.table->offsets.as<std::uint16_t>().data() + place);
      __builtin_prefetch(from.table->chunks.data() + place);
    });
    codes_.reserve(places_.size());
    entries_.reserve(places_.size());
    each([&](const Origin& from, std::uint32_t place) {
      std::uint32_t group = 0;
      while (place >= from.runs[group + 1]) ++group;
      const std::uint32_t chunk = group * kGroup + from.table->chunks.data()[place];
      const std::uint32_t offset = from.table->offsets.as<std::uint16_t>()[place];
      const HammingCode* const code = first[chunk]->rows().codes() + offset;
      __builtin_prefetch(code);
      codes_.push_back(code);
      entries_.push_back(chunk << 16 | offset);
    });
    distances_.resize(codes_.size());
    hamming_distances(query_, codes_.data(), codes_.size(), distances_.data());
    std::vector<std::pair<std::uint32_t, int>> near;
    for (std::size_t i = 0; i < codes_.size(); ++i) {
      if (distances_[i] <= limit_) near.emplace_back(entries_[i], distances_[i]);
    }
    std::sort(near.begin(), near.end());  // an entry may be in several runs
    near.erase(std::unique(near.begin(), near.end()), near.end());
    for (const auto& [entry, distance] : near) {
      const auto& chunk = *first[entry >> 16];
      if (chunk.alive(entry & 0xffff)) hits.push_back({chunk.ids()[entry & 0xffff], distance});
    }
  }

  const MultiIndex& index_;
  const HammingCode& query_;
  const int limit_;
  std::vector<int> radii_;
  std::vector<Probe> probes_;
  std::vector<Origin> origins_;  ///< of each probe
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint32_t> places_;
  std::vector<const HammingCode*> codes_;
  std::vector<std::uint32_t> entries_;
  std::vector<int> distances_;
};

bool MultiIndex::within(const Chunks::value_type* first, const HammingCode& query, int limit,
                        double scan_cost, std::vector<Hit>& hits) const {
  return Search(*this, query, limit).run(first, scan_cost * static_cast<double>(entries_), hits);
}

}  // namespace reseau::detail
