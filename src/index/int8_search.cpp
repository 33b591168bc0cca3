#include "index/int8_search.h"

#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/parallel.h"
#include "index/int8_kernel.h"

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

/// A query's values, or their magnitudes, in the order of the quads.
struct Arranged {
  std::vector<std::int8_t> values;
  QueryPart whole;
  QueryPart head;
  QueryPart rest;

  Arranged(const Int8Rows::Format& format, std::vector<std::int8_t> arranged)
      : values(std::move(arranged)),
        whole(part(0, format.quads())),
        head(part(0, format.head())),
        rest(part(format.head(), format.rest())) {}
  Arranged(Arranged&&) = default;  // `values` stays where it is; a copy's would not

 private:
  [[nodiscard]] QueryPart part(std::size_t first, std::size_t quads) const {
    QueryPart of{values.data() + first * kQuad, 0, 0};
    for (std::size_t i = 0; i < quads * kQuad; ++i) {
      of.sum += of.values[i];
      of.squares += of.values[i] * of.values[i];
    }
    return of;
  }
};

/// What is read of a group to see whether it is worth computing distances.
enum class Bounds : std::uint8_t {
  heads,   ///< its first quads; then, of what these leave, the rest
  wholes,  ///< all quads at once, since too much is left of the first
  none,    ///< nothing, since that leaves too much, too
};

/// Queries that are alike but for their signs.
struct Family {
  Arranged magnitudes;  ///< at most 127
  std::vector<std::size_t> members;
  std::optional<SignedSet> set;  ///< of the members
  std::size_t first = 0;         ///< of them, among those of all families
};

/// None where they differ by more than signs, or in more ways than a SignedSet holds.
std::optional<SignedSet> signed_set(const std::vector<const std::vector<std::int8_t>*>& queries) {
  const auto& first = *queries.front();
  std::map<std::vector<bool>, std::vector<std::size_t>> classes;  // values, by whose signs differ
  SignedSet set;
  for (std::size_t i = 0; i < first.size(); ++i) {
    set.squares += first[i] * first[i];
    if (first[i] == 0) continue;
    std::vector<bool> differs;
    for (const auto* query : queries) {
      const std::int8_t value = (*query)[i];
      if (value != first[i] && value != -first[i]) return std::nullopt;
      differs.push_back(value != first[i]);
    }
    classes[differs].push_back(i);
  }
  if (classes.size() > SignedSet::kClasses) return std::nullopt;
  set.signs.resize(queries.size());
  std::size_t c = 0;
  for (const auto& [differs, values] : classes) {
    set.starts.at(c) = static_cast<std::uint32_t>(set.steps.size());
    for (std::size_t from = 0; from < values.size();) {
      const std::size_t quad = values[from] / kQuad;
      std::array<std::int8_t, kQuad> four{};
      for (; from < values.size() && values[from] / kQuad == quad; ++from) {
        four.at(values[from] % kQuad) = first[values[from]];
        set.sums.at(c) += first[values[from]];
      }
      set.steps.push_back({static_cast<std::uint32_t>(quad), std::bit_cast<std::int32_t>(four)});
    }
    for (std::size_t q = 0; q < queries.size(); ++q)
      set.signs[q].at(c) = differs[q] ? std::int8_t{-1} : std::int8_t{1};
    ++c;
  }
  for (; c <= SignedSet::kClasses; ++c)
    set.starts.at(c) = static_cast<std::uint32_t>(set.steps.size());
  return set;
}

class Queries {
 public:
  /// Those of `rows` that `which` names.
  Queries(const Int8Rows::Format& format, const std::uint8_t* rows,
          const std::vector<std::size_t>& which)
      : format_(format) {
    std::unordered_map<std::string, std::size_t> known;  // families, by their magnitudes
    const std::size_t width = format.quads() * kQuad;
    for (const std::size_t q : which) {
      std::vector<std::int8_t> values(width);
      format.arrange(rows + q * format.width(), reinterpret_cast<std::uint8_t*>(values.data()));
      std::vector<std::int8_t> magnitudes(width);
      std::transform(values.begin(), values.end(), magnitudes.begin(), [](int value) {
        return static_cast<std::int8_t>(std::min(std::abs(value), 127));
      });
      const auto [place, fresh] =
          known.try_emplace(std::string(magnitudes.begin(), magnitudes.end()), families_.size());
      if (fresh) families_.push_back({Arranged(format, std::move(magnitudes)), {}, {}, 0});
      families_[place->second].members.push_back(values_.size());
      values_.emplace_back(format, std::move(values));
      numbers_.push_back(q);
    }
    std::size_t first = 0;
    for (Family& family : families_) {
      family.first = std::exchange(first, first + family.members.size());
      heads_.push_back(family.magnitudes.head);
      wholes_.push_back(family.magnitudes.whole);
      std::vector<const std::vector<std::int8_t>*> members;
      for (const std::size_t m : family.members) members.push_back(&values_[m].values);
      if (members.size() > 1) family.set = signed_set(members);
    }
  }

  /// Appends to `lists[q]` what of `chunk` is within `limits[q]`.
  void scan(const Chunk<Int8Rows>& chunk, const std::vector<int>& limits, HitLists& lists) const {
    Bounds by = Bounds::heads;
    scan(chunk, 0, (chunk.size() + kGroup - 1) / kGroup, limits, lists, by);
  }

  /// The same of its groups `first` up to, not with, `last`. `by`: what to begin with; it goes on
  /// where bounds leave too many groups.
  void scan(const Chunk<Int8Rows>& chunk, std::size_t first, std::size_t last,
            const std::vector<int>& limits, HitLists& lists, Bounds& by) const {
    std::vector<std::int32_t> farthest;
    Room room;
    for (const Family& family : families_) {
      for (const std::size_t m : family.members) room.limits.push_back(limits[numbers_[m]]);
      farthest.push_back(*std::max_element(
          room.limits.begin() + static_cast<std::ptrdiff_t>(family.first), room.limits.end()));
    }
    room.distances.resize(room.limits.size() * kGroup);
    room.near.resize(room.limits.size());
    // So many quads stay in the fastest cache while all queries pass over them.
    std::vector<GroupMask> near(Int8Kernel::kBlock / format_.head() * families_.size());
    for (std::size_t some = 0; first < last; first += some) {
      const Groups groups = groups_of(chunk, first, by == Bounds::heads);
      some = std::min(Int8Kernel::kBlock / groups.quads(), last - first);
      const auto masks = std::span(near).first(some * families_.size());
      if (by == Bounds::none) {
        std::fill(masks.begin(), masks.end(), kEveryCode);
      } else {
        int8_kernel().bound(groups, some, (by == Bounds::heads ? heads_ : wholes_).data(),
                            farthest.data(), families_.size(), near.data());
      }
      if (by == Bounds::heads) {
        each(masks, [&](std::size_t g, std::size_t, GroupMask&) {
          for (std::size_t q = 0; q < format_.rest(); ++q)
            __builtin_prefetch(chunk.rows().rest(first + g) + q * kQuadBytes);
        });
      }
      std::size_t left = 0;
      each(masks, [&](std::size_t g, std::size_t f, GroupMask& mask) {
        ++left;
        if (by == Bounds::heads)
          narrow(chunk, first + g, families_[f].magnitudes, farthest[f], mask);
      });
      each(masks, [&](std::size_t g, std::size_t f, GroupMask& mask) {
        add_hits(chunk, first + g, mask, families_[f], room, lists);
      });
      const auto more_than = [&](double share) {
        return static_cast<double>(left) > share * static_cast<double>(masks.size());
      };
      if (by == Bounds::heads && more_than(kCrowded)) {
        by = Bounds::wholes;
      } else if (by == Bounds::wholes && more_than(kNearlyAll)) {
        by = Bounds::none;
      }
    }
  }

 private:
  using Sums = std::array<std::int32_t, kGroup>;
  /// For the queries of all families, one family after the other; but of what is within, for one.
  struct Room {
    std::vector<std::int32_t> limits;
    std::vector<std::int32_t> distances;  ///< sixteen a query
    std::vector<GroupMask> near;
  };
  /// So many groups, looked at one by one, cost what reading all quads of all of them does.
  static constexpr double kCrowded = 0.25;
  /// Bounds by all quads cost half of what distances do.
  static constexpr double kNearlyAll = 0.6;
  static constexpr auto kEveryCode = static_cast<GroupMask>(~0U);

  /// The first quads of the groups from `group` on, or all.
  [[nodiscard]] Groups groups_of(const Chunk<Int8Rows>& chunk, std::size_t group,
                                 bool only_first) const {
    Groups groups{chunk.rows().head(group), format_.head()};
    if (!only_first) {
      groups.rest = chunk.rows().rest(group);
      groups.rest_quads = format_.rest();
    }
    return groups;
  }

  /// Calls `visit(group, family, mask)` where there is anything.
  template <typename Visit>
  void each(std::span<GroupMask> near, const Visit& visit) const {
    const std::size_t groups = near.size() / families_.size();
    for (std::size_t i = 0; i < near.size(); ++i) {
      if (near[i] != 0) visit(i % groups, i / groups, near[i]);
    }
  }

  /// Leaves in `near` what all quads leave.
  void narrow(const Chunk<Int8Rows>& chunk, std::size_t group, const Arranged& magnitudes,
              int farthest, GroupMask& near) const {
    Sums sums{};
    int8_kernel().add_bounds(chunk.rows().head(group), format_.head(), magnitudes.head,
                             sums.data());
    int8_kernel().add_bounds(chunk.rows().rest(group), format_.rest(), magnitudes.rest,
                             sums.data());
    for (std::size_t c = 0; c < kGroup; ++c) {
      if (sums[c] > farthest) near = static_cast<GroupMask>(near & ~(1U << c));
    }
  }

  void add_hits(const Chunk<Int8Rows>& chunk, std::size_t group, unsigned near,
                const Family& family, Room& room, HitLists& lists) const {
    const Int8Kernel& kernel = int8_kernel();
    const Groups at = groups_of(chunk, group, false);
    const std::size_t count = family.members.size();
    std::int32_t* const distances = room.distances.data();
    if (family.set && kernel.distances != nullptr) {
      kernel.distances(at, *family.set, distances);
    } else {
      std::fill_n(distances, count * kGroup, 0);
      for (std::size_t m = 0; m < count; ++m) {
        const Arranged& query = values_[family.members[m]];
        kernel.add_distances(at.head, at.head_quads, query.head, distances + m * kGroup);
        kernel.add_distances(at.rest, at.rest_quads, query.rest, distances + m * kGroup);
      }
    }
    kernel.within(distances, &room.limits[family.first], count, room.near.data());
    for (std::size_t m = 0; m < count; ++m) {
      for (unsigned left = near & room.near[m]; left != 0; left &= left - 1) {
        const auto c = static_cast<std::size_t>(std::countr_zero(left));
        const std::size_t place = group * kGroup + c;
        if (place >= chunk.size() || !chunk.alive(place)) continue;
        lists[numbers_[family.members[m]]].push_back(
            {chunk.ids()[place], distances[m * kGroup + c]});
      }
    }
  }

  const Int8Rows::Format& format_;
  std::vector<Arranged> values_;      ///< of each query
  std::vector<std::size_t> numbers_;  ///< the same queries' in `rows`
  std::vector<Family> families_;
  std::vector<QueryPart> heads_, wholes_;  ///< of each family
};

std::vector<std::size_t> every(std::size_t n) {
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// Queries that are views of one picture.
struct Picture {
  std::vector<std::int8_t> canonical;
  Queries queries;
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
    pictures.push_back({shared, Queries(format, rows, which)});
  return pictures;
}

/// Of groups counted over several chunks, from `chunk` on.
void scan(const Queries& queries, InvertedLists::Chunks::const_iterator chunk, std::size_t first,
          std::size_t last, const std::vector<int>& limits, HitLists& lists, Bounds& by) {
  constexpr std::size_t kGroups = kChunk / kGroup;
  while (first < last) {
    const std::size_t in_chunk = first % kGroups;
    const std::size_t end = std::min(in_chunk + (last - first), kGroups);
    queries.scan(**(chunk + static_cast<std::ptrdiff_t>(first / kGroups)), in_chunk, end, limits,
                 lists, by);
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
  std::optional<Queries> all;
  if (scanned > 0) all.emplace(live_.format(), rows, every(n));
  const auto pictures =
      state->covers.empty() ? std::vector<Picture>() : pictures_of(live_.format(), rows, n);
  const std::size_t pieces = scanned + pictures.size();
  std::vector<HitLists> found(workers_for(pieces, threads), HitLists(n));
  std::vector<std::vector<int>> limits(found.size(), std::vector<int>(n, limit));
  in_parallel(pieces, threads, [&](std::size_t piece, std::size_t worker) {
    if (piece < scanned) {
      all->scan(*state->chunks[state->covered + piece], limits[worker], found[worker]);
    } else {
      const Picture& picture = pictures[piece - scanned];
      auto chunk = state->chunks.begin();
      Bounds by = Bounds::heads;
      for (const auto& cover : state->covers) {
        for (const auto [first, last] : cover->near(picture.canonical.data(), limit))
          scan(picture.queries, chunk, first, last, limits[worker], found[worker], by);
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
