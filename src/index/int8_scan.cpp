#include "index/int8_scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <map>
#include <string>
#include <unordered_map>

namespace reseau::detail {
namespace {

/// One group in so many, looked at by itself, costs what reading all quads of all of them does.
constexpr std::size_t kCrowded = 4;
/// Bounds by all quads cost half of what distances do: not worth it where so many are left.
constexpr double kNearlyAll = 0.6;
constexpr auto kEveryCode = static_cast<GroupMask>(~0U);

QueryPart part_of(const std::vector<std::int8_t>& values, std::size_t first, std::size_t quads) {
  QueryPart part{values.data() + first * kQuad, 0, 0};
  for (std::size_t i = 0; i < quads * kQuad; ++i) {
    part.sum += part.values[i];
    part.squares += part.values[i] * part.values[i];
  }
  return part;
}

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

}  // namespace

Int8Queries::Arranged::Arranged(const Int8Rows::Format& format, std::vector<std::int8_t> arranged)
    : values(std::move(arranged)),
      whole(part_of(values, 0, format.quads())),
      head(part_of(values, 0, format.head())),
      rest(part_of(values, format.head(), format.rest())) {}

Int8Queries::Int8Queries(const Int8Rows::Format& format, const std::uint8_t* rows,
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
    if (fresh) families_.push_back({Arranged(format, std::move(magnitudes)), {}, {}});
    families_[place->second].members.push_back(values_.size());
    values_.emplace_back(format, std::move(values));
    numbers_.push_back(q);
  }
  for (Family& family : families_) {
    heads_.push_back(family.magnitudes.head);
    wholes_.push_back(family.magnitudes.whole);
    std::vector<const std::vector<std::int8_t>*> members;
    for (const std::size_t m : family.members) members.push_back(&values_[m].values);
    if (members.size() > 1) family.set = signed_set(members);
  }
}

Int8Scan::Int8Scan(const Int8Queries& queries, const std::vector<int>& limits, HitLists& lists)
    : kernel_(int8_kernel()),
      queries_(queries),
      lists_(lists),
      near_(Int8Kernel::kBlock / queries.format_.head() * queries.families_.size()) {
  std::size_t most = 0;
  for (const Family& family : queries.families_) {
    auto& of_members = limits_.emplace_back();
    for (const std::size_t m : family.members) of_members.push_back(limits[queries.numbers_[m]]);
    farthest_.push_back(*std::max_element(of_members.begin(), of_members.end()));
    most = std::max(most, of_members.size());
  }
  distances_.resize(most * kGroup);
  within_.resize(most);
}

void Int8Scan::over(const Chunk<Int8Rows>& chunk, std::size_t first, std::size_t last) {
  for (std::size_t some = 0; first < last; first += some) {
    const Groups groups = groups_of(chunk, first, by_ == Bounds::heads);
    // So many quads stay in the fastest cache while all queries pass over them.
    some = std::min(Int8Kernel::kBlock / groups.quads(), last - first);
    bound(groups, some);
    std::size_t left = 0;
    each(some, [&](std::size_t g, std::size_t, GroupMask&) {
      ++left;
      for (std::size_t q = 0; by_ == Bounds::heads && q < queries_.format_.rest(); ++q)
        __builtin_prefetch(chunk.rows().rest(first + g) + q * kQuadBytes);
    });
    if (by_ == Bounds::heads) {
      each(some, [&](std::size_t g, std::size_t family, GroupMask& near) {
        narrow(chunk, first + g, family, near);
      });
    }
    each(some, [&](std::size_t g, std::size_t family, GroupMask& near) {
      add_hits(chunk, first + g, family, near);
    });
    const std::size_t all = some * queries_.families_.size();
    if (by_ == Bounds::heads && left * kCrowded > all) {
      by_ = Bounds::wholes;
    } else if (by_ == Bounds::wholes &&
               static_cast<double>(left) > kNearlyAll * static_cast<double>(all)) {
      by_ = Bounds::none;
    }
  }
}

/// The first quads of the groups from `group` on, or all.
Groups Int8Scan::groups_of(const Chunk<Int8Rows>& chunk, std::size_t group, bool only_first) const {
  const Int8Rows::Format& format = queries_.format_;
  Groups groups{chunk.rows().head(group), format.head()};
  if (!only_first) {
    groups.rest = chunk.rows().rest(group);
    groups.rest_quads = format.rest();
  }
  return groups;
}

/// Calls `visit(group, family, near)` where there is anything.
template <typename Visit>
void Int8Scan::each(std::size_t groups, const Visit& visit) {
  for (std::size_t i = 0; i < groups * queries_.families_.size(); ++i) {
    if (near_[i] != 0) visit(i % groups, i / groups, near_[i]);
  }
}

/// What of `count` groups may be near, into `near_`.
void Int8Scan::bound(const Groups& groups, std::size_t count) {
  if (by_ == Bounds::none) {
    std::fill_n(near_.begin(), count * queries_.families_.size(), kEveryCode);
    return;
  }
  const auto& queries = by_ == Bounds::heads ? queries_.heads_ : queries_.wholes_;
  kernel_.bound(groups, count, queries.data(), farthest_.data(), queries.size(), near_.data());
}

/// Leaves in `near` what all quads leave.
void Int8Scan::narrow(const Chunk<Int8Rows>& chunk, std::size_t group, std::size_t family,
                      GroupMask& near) {
  const Int8Queries::Arranged& magnitudes = queries_.families_[family].magnitudes;
  const Groups at = groups_of(chunk, group, false);
  std::array<std::int32_t, kGroup> sums{};
  kernel_.add_bounds(at.head, at.head_quads, magnitudes.head, sums.data());
  kernel_.add_bounds(at.rest, at.rest_quads, magnitudes.rest, sums.data());
  GroupMask left = 0;
  kernel_.within(sums.data(), &farthest_[family], 1, &left);
  near = static_cast<GroupMask>(near & left);
}

void Int8Scan::add_hits(const Chunk<Int8Rows>& chunk, std::size_t group, std::size_t family,
                        GroupMask near) {
  const Family& of = queries_.families_[family];
  const Groups at = groups_of(chunk, group, false);
  const std::size_t count = of.members.size();
  if (of.set && kernel_.distances != nullptr) {
    kernel_.distances(at, *of.set, distances_.data());
  } else {
    std::fill_n(distances_.begin(), count * kGroup, 0);
    for (std::size_t m = 0; m < count; ++m) {
      const Int8Queries::Arranged& query = queries_.values_[of.members[m]];
      kernel_.add_distances(at.head, at.head_quads, query.head, &distances_[m * kGroup]);
      kernel_.add_distances(at.rest, at.rest_quads, query.rest, &distances_[m * kGroup]);
    }
  }
  kernel_.within(distances_.data(), limits_[family].data(), count, within_.data());
  for (std::size_t m = 0; m < count; ++m) {
    for (unsigned left = near & within_[m]; left != 0; left &= left - 1) {
      const auto c = static_cast<std::size_t>(std::countr_zero(left));
      const std::size_t place = group * kGroup + c;
      if (place >= chunk.size() || !chunk.alive(place)) continue;
      lists_[queries_.numbers_[of.members[m]]].push_back(
          {chunk.ids()[place], distances_[m * kGroup + c]});
    }
  }
}

}  // namespace reseau::detail
