#include "index/inverted_lists.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "index/displaced.h"

namespace reseau::detail {
namespace {

constexpr std::size_t kMostLists = 4096;
constexpr std::size_t kEntriesAList = 512;
constexpr std::size_t kSampledAList = 64;
constexpr std::size_t kProbed = 1024;  // entries that the number of lists to read is learned from
constexpr std::size_t kMissed = 5;     // of those
static_assert(kMostLists <= 1U << 16, "lists are numbered in sixteen bits");

std::size_t lists_for(std::size_t entries) {
  return std::clamp(entries / kEntriesAList / kGroup * kGroup, kGroup, kMostLists);
}

/// Entries that are alive, in the order of their chunks.
class Entries {
 public:
  Entries(const InvertedLists::Chunks& chunks, const Int8Rows::Format& format)
      : chunks_(chunks), row_(format.width()) {
    for (std::size_t c = 0; c < chunks.size(); ++c) {
      chunks[c]->each([&](Id, std::size_t i) {
        places_.push_back(static_cast<std::uint32_t>(c * kChunk + i));
      });
    }
  }
  Entries(const Entries&) = delete;
  Entries& operator=(const Entries&) = delete;
  ~Entries() { std::fill(row_.begin(), row_.end(), 0); }

  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] Id id(std::size_t entry) const {
    return chunks_[places_[entry] / kChunk]->ids()[places_[entry] % kChunk];
  }
  [[nodiscard]] const std::uint8_t* row(std::size_t entry) {
    chunks_[places_[entry] / kChunk]->rows().get(places_[entry] % kChunk, row_.data());
    return row_.data();
  }

 private:
  const InvertedLists::Chunks& chunks_;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint8_t> row_;
};

}  // namespace

int InvertedLists::limit_of(std::size_t i) {
  return static_cast<int>(std::lround(std::exp2(10 + static_cast<double>(i) / 4)));
}

std::shared_ptr<const InvertedLists> InvertedLists::build(Chunks& chunks,
                                                          const Int8Rows::Format& format,
                                                          const std::stop_token& stop) {
  const std::size_t width = format.quads() * kQuad;
  Entries entries(chunks, format);
  const std::size_t lists = lists_for(entries.size());
  const std::shared_ptr<InvertedLists> made(new InvertedLists(lists, format));

  const std::size_t sampled = std::min(entries.size(), lists * kSampledAList);
  Storage sample(sampled * width);
  for (std::size_t s = 0; s < sampled; ++s) {
    format.canonical(entries.row(s * entries.size() / sampled),
                     sample.as<std::int8_t>().data() + s * width);
  }
  made->centroids_.train(std::as_const(sample).as<std::int8_t>().first(sampled * width), stop);

  std::vector<std::uint16_t> list_of(entries.size());
  std::vector<std::int8_t> canonical(width);
  for (std::size_t e = 0; e < entries.size(); ++e) {
    if (e % kChunk == 0 && stop.stop_requested()) return nullptr;
    format.canonical(entries.row(e), canonical.data());
    list_of[e] = static_cast<std::uint16_t>(made->centroids_.nearest(canonical.data()));
    ++made->starts_[list_of[e] + 1U];
  }
  std::partial_sum(made->starts_.begin(), made->starts_.end(), made->starts_.begin());
  std::vector<std::uint32_t> order(entries.size());
  std::vector<std::uint32_t> next(made->starts_.begin(), made->starts_.end() - 1);
  for (std::size_t e = 0; e < entries.size(); ++e)
    order[next[list_of[e]]++] = static_cast<std::uint32_t>(e);

  Packer<Int8Rows> packer(format, entries.size());
  for (const std::uint32_t e : order) packer.add(entries.id(e), entries.row(e));
  Chunks arranged = packer.take();
  made->chunks_ = arranged.size();
  made->learn(arranged, format);
  chunks = std::move(arranged);
  return made;
}

// For each limit: how many lists, the nearest first, must be read to find nearly all entries that
// are moved just so far.
void InvertedLists::learn(const Chunks& chunks, const Int8Rows::Format& format) {
  const std::size_t entries = starts_.back();
  const std::size_t probed = std::min(entries, kProbed);
  Displaced displaced(1);
  std::vector<std::uint8_t> row(format.width());
  std::vector<std::int8_t> canonical(format.quads() * kQuad);
  std::vector<std::int32_t> distances(centroids_.size());
  std::vector<std::uint32_t> needed(probed);
  for (std::size_t i = 0; i < kLimits; ++i) {
    for (std::size_t p = 0; p < probed; ++p) {
      const std::size_t entry = p * entries / probed;
      chunks[entry / kChunk]->rows().get(entry % kChunk, row.data());
      displaced.move(row, limit_of(i));
      format.canonical(row.data(), canonical.data());
      centroids_.distances(canonical.data(), distances.data());
      const auto list =
          std::upper_bound(starts_.begin(), starts_.end(), entry) - starts_.begin() - 1;
      const std::int32_t own = distances[static_cast<std::size_t>(list)];
      needed[p] = 1 + static_cast<std::uint32_t>(std::count_if(distances.begin(), distances.end(),
                                                               [own](int d) { return d < own; }));
    }
    std::sort(needed.begin(), needed.end());
    probes_.at(i) = needed[probed - 1 - probed * kMissed / kProbed];
    if (i > 0) probes_.at(i) = std::max(probes_.at(i), probes_.at(i - 1));
  }
  std::fill(row.begin(), row.end(), 0);
}

std::vector<InvertedLists::Stretch> InvertedLists::near(const std::int8_t* canonical,
                                                        int limit) const {
  std::size_t i = 0;
  while (i < kLimits && limit_of(i) < limit) ++i;
  const std::size_t lists = i < kLimits ? probes_.at(i) : centroids_.size();
  std::vector<std::int32_t> distances(centroids_.size());
  centroids_.distances(canonical, distances.data());
  std::vector<std::uint16_t> nearest(centroids_.size());
  std::iota(nearest.begin(), nearest.end(), std::uint16_t{0});
  std::nth_element(nearest.begin(), nearest.begin() + static_cast<std::ptrdiff_t>(lists - 1),
                   nearest.end(), [&](std::uint16_t a, std::uint16_t b) {
                     return distances[a] != distances[b] ? distances[a] < distances[b] : a < b;
                   });
  nearest.resize(lists);
  std::sort(nearest.begin(), nearest.end());
  std::vector<Stretch> stretches;
  for (const std::uint16_t list : nearest) {
    if (starts_[list] == starts_[list + 1U]) continue;
    const Stretch here{starts_[list] / kGroup, (starts_[list + 1U] + kGroup - 1) / kGroup};
    if (!stretches.empty() && here.first <= stretches.back().last) {
      stretches.back().last = here.last;
    } else {
      stretches.push_back(here);
    }
  }
  return stretches;
}

std::vector<std::uint8_t> InvertedLists::saved(std::span<const std::size_t> holes) const {
  std::vector<std::uint32_t> starts = starts_;
  for (std::uint32_t& start : starts) {
    start -= static_cast<std::uint32_t>(std::lower_bound(holes.begin(), holes.end(), start) -
                                        holes.begin());
  }
  const auto probes = std::span(probes_);
  const auto centroids = centroids_.data();
  std::vector<std::uint8_t> bytes(probes.size_bytes() + std::span(starts).size_bytes() +
                                  centroids.size());
  std::uint8_t* to = bytes.data();
  const auto put = [&to](auto values) {
    std::memcpy(to, values.data(), values.size_bytes());
    to += values.size_bytes();
  };
  put(probes);
  put(std::span(starts));
  put(centroids);
  return bytes;
}

std::shared_ptr<const InvertedLists> InvertedLists::from(std::span<const std::uint8_t> saved,
                                                         const Int8Rows::Format& format,
                                                         std::size_t entries) {
  constexpr std::size_t kNumber = sizeof(std::uint32_t);
  const std::size_t fixed = (kLimits + 1) * kNumber;
  const std::size_t a_list = kNumber + format.quads() * kQuad;
  if (entries == 0 || saved.size() <= fixed || (saved.size() - fixed) % a_list != 0) return nullptr;
  const std::size_t lists = (saved.size() - fixed) / a_list;
  if (lists % kGroup != 0 || lists > kMostLists) return nullptr;
  const std::shared_ptr<InvertedLists> made(new InvertedLists(lists, format));
  const auto take = [&saved](auto values) {
    std::memcpy(values.data(), saved.data(), values.size_bytes());
    saved = saved.subspan(values.size_bytes());
  };
  take(std::span(made->probes_));
  take(std::span(made->starts_));
  take(made->centroids_.data());
  const bool sound =
      made->starts_.front() == 0 && made->starts_.back() == entries &&
      std::is_sorted(made->starts_.begin(), made->starts_.end()) &&
      std::all_of(made->probes_.begin(), made->probes_.end(),
                  [lists](std::uint32_t probes) { return probes >= 1 && probes <= lists; });
  if (!sound) return nullptr;
  made->chunks_ = (entries + kChunk - 1) / kChunk;
  return made;
}

}  // namespace reseau::detail
