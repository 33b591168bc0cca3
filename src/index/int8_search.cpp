#include "index/int8_search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "core/parallel.h"
#include "index/int8_scan.h"

namespace reseau::detail {
namespace {

constexpr int kMostDimensions = 1 << 14;

std::vector<std::uint16_t> complete(int dimension, std::vector<std::uint16_t> order) {
  if (dimension < 1 || dimension > kMostDimensions)
    throw std::invalid_argument("1 to 16384 dimensions only");
  if (order.empty()) {
    order.resize(static_cast<std::size_t>(dimension));
    std::iota(order.begin(), order.end(), std::uint16_t{0});
  }
  return order;
}

std::vector<std::size_t> every(std::size_t n) {
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// Queries that are views of one picture.
struct Picture {
  std::vector<std::int8_t> canonical;
  Int8Queries queries;
};

std::vector<Picture> pictures_of(const Int8Rows::Format& format, const std::uint8_t* rows,
                                 std::size_t n) {
  std::map<std::vector<std::int8_t>, std::vector<std::size_t>> views;
  std::vector<std::int8_t> canonical(format.quads() * kQuad);
  for (std::size_t q = 0; q < n; ++q) {
    format.canonical(rows + q * format.width(), canonical.data());
    views[canonical].push_back(q);
  }
  std::vector<Picture> pictures;
  pictures.reserve(views.size());
  for (const auto& [shared, which] : views)
    pictures.push_back({shared, Int8Queries(format, rows, which)});
  return pictures;
}

/// Of groups counted over several chunks, from `chunk` on: `first` up to, not with, `last`.
void scan(Int8Scan& by, InvertedLists::Chunks::const_iterator chunk, std::size_t first,
          std::size_t last) {
  constexpr std::size_t kGroups = kChunk / kGroup;
  while (first < last) {
    const std::size_t in_chunk = first % kGroups;
    const std::size_t end = std::min(in_chunk + (last - first), kGroups);
    by.over(**(chunk + static_cast<std::ptrdiff_t>(first / kGroups)), in_chunk, end);
    first += end - in_chunk;
  }
}

}  // namespace

Int8Search::Int8Search(int dimension, How how)
    : live_(Int8Rows::Format(complete(dimension, std::move(how.order)), std::move(how.swaps)),
            how.lists) {}

std::vector<std::uint8_t> Int8Search::rows(std::size_t n, const float* x) const {
  std::vector<std::uint8_t> bytes(n * live_.format().width());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    FAISS_THROW_IF_NOT_MSG(!std::isnan(x[i]), "a component is not a number");
    const float whole = std::round(std::clamp(x[i], -128.0F, 127.0F));
    bytes[i] = static_cast<std::uint8_t>(static_cast<std::int8_t>(whole));
  }
  return bytes;
}

void Int8Search::components(const std::uint8_t* row, float* x) const {
  for (std::size_t i = 0; i < live_.format().width(); ++i) x[i] = static_cast<std::int8_t>(row[i]);
}

// `narrow(hits, limit)` is told after each piece of the index what there is of a query so far, and
// says how far away what comes after may be. Each worker has limits of its own, which only what it
// has found draws in.
template <typename Narrow>
HitLists Int8Search::search(const std::uint8_t* rows, std::size_t n, int limit, int threads,
                            const Narrow& narrow) const {
  HitLists lists(n);
  if (n == 0 || limit < 0) return lists;
  const auto state = live_.state();
  const std::size_t scanned = state->chunks.size() - state->covered;
  std::optional<Int8Queries> all;
  if (scanned > 0) all.emplace(live_.format(), rows, every(n));
  const auto pictures =
      state->covers.empty() ? std::vector<Picture>() : pictures_of(live_.format(), rows, n);
  const std::size_t pieces = scanned + pictures.size();
  std::vector<HitLists> found(workers_for(pieces, threads), HitLists(n));
  std::vector<std::vector<int>> limits(found.size(), std::vector<int>(n, limit));
  in_parallel(pieces, threads, [&](std::size_t piece, std::size_t worker) {
    if (piece < scanned) {
      Int8Scan(*all, limits[worker], found[worker]).over(*state->chunks[state->covered + piece]);
    } else {
      const Picture& picture = pictures[piece - scanned];
      auto chunk = state->chunks.begin();
      Int8Scan by(picture.queries, limits[worker], found[worker]);
      for (const auto& cover : state->covers) {
        for (const auto [first, last] : cover->near(picture.canonical.data(), limit))
          scan(by, chunk, first, last);
        chunk += static_cast<std::ptrdiff_t>(cover->chunks());
      }
    }
    for (std::size_t q = 0; q < n; ++q)
      limits[worker][q] = narrow(found[worker][q], limits[worker][q]);
  });
  for (HitLists& some : found) {
    for (std::size_t q = 0; q < n; ++q)
      lists[q].insert(lists[q].end(), some[q].begin(), some[q].end());
  }
  sort_hits(lists);
  return lists;
}

HitLists Int8Search::within(const std::uint8_t* rows, std::size_t n, int limit, int threads) const {
  return search(rows, n, limit, threads, [](const std::vector<Hit>&, int same) { return same; });
}

HitLists Int8Search::nearest(const std::uint8_t* rows, std::size_t n, std::size_t k, int limit,
                             int threads) const {
  if (k == 0) return HitLists(n);
  HitLists lists = search(rows, n, limit, threads, [k](std::vector<Hit>& hits, int now) {
    return keep_nearest(hits, k, now);
  });
  for (auto& hits : lists) hits.resize(std::min(hits.size(), k));
  return lists;
}

}  // namespace reseau::detail
