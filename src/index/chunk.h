/// A few ten thousand signatures and their ids: the piece that an index copies to change it. Never
/// changes once it is shared.
///
/// `Rows` holds the signatures in the order of their offsets, laid out as its metric likes them:
///   Rows(const Rows::Format&, std::size_t count)   all zero
///   set(offset, const std::uint8_t* row)           row: Format::width() bytes
///   get(offset, std::uint8_t* row) const
///   copy() const                                   of all
///   bytes() const                                  of memory
///   parts()                                        that memory, a fixed number of spans
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace reseau::detail {

using Id = std::int64_t;

/// Offsets within a chunk have 16 bits.
inline constexpr std::size_t kChunk = std::size_t{1} << 16;

/// Ids in the order of their entries; in half the memory where they lie within 2^32 of each other.
/// Two bytes more each where they do not rise.
class Ids {
 public:
  explicit Ids(std::vector<Id> ids);

  [[nodiscard]] std::size_t size() const { return std::max(near_.size(), far_.size()); }
  [[nodiscard]] std::size_t bytes() const {
    return near_.capacity() * sizeof near_[0] + far_.capacity() * sizeof far_[0] +
           ranking_.capacity() * sizeof ranking_[0];
  }
  [[nodiscard]] Id operator[](std::size_t i) const {
    return far_.empty() ? least_ + static_cast<Id>(near_[i]) : far_[i];
  }

  /// Calls `found(id, offset)` for each of `wanted` that is here. Requires: wanted is sorted.
  template <typename Found>
  void find(std::span<const Id> wanted, const Found& found) const {
    const auto first = std::lower_bound(wanted.begin(), wanted.end(), least_);
    const auto last = std::upper_bound(first, wanted.end(), greatest_);
    for (auto id = first; id != last; ++id) {
      std::size_t low = 0;
      std::size_t high = size();
      while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if ((*this)[offset(middle)] < *id) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      if (low < size() && (*this)[offset(low)] == *id) found(*id, offset(low));
    }
  }

 private:
  [[nodiscard]] std::size_t offset(std::size_t rank) const {
    return ranking_.empty() ? rank : ranking_[rank];
  }

  Id least_ = 0;
  Id greatest_ = -1;
  std::vector<std::uint32_t> near_;     ///< above least_
  std::vector<Id> far_;                 ///< or these
  std::vector<std::uint16_t> ranking_;  ///< offsets by rising id; empty: as they stand
};

template <typename Rows>
class Chunk {
 public:
  Chunk(std::vector<Id> ids, Rows rows)
      : ids_(std::move(ids)), rows_(std::move(rows)), live_(ids_.size()) {}

  /// The entries but those at `holes`, whose signatures are zero and whose offsets stay unused.
  /// What tables know by offset stays true.
  Chunk(const Chunk& other, const typename Rows::Format& format, std::span<const std::size_t> holes)
      : ids_(other.ids_), rows_(other.rows_.copy()), dead_(other.dead_), live_(other.live_) {
    dead_.resize(other.size());
    const std::vector<std::uint8_t> nothing(format.width());
    for (const std::size_t hole : holes) {
      live_ -= dead_[hole] ? 0 : 1;
      dead_[hole] = true;
      rows_.set(hole, nothing.data());
    }
  }

  [[nodiscard]] std::size_t size() const { return ids_.size(); }  ///< with holes
  [[nodiscard]] std::size_t live() const { return live_; }        ///< without
  [[nodiscard]] std::size_t bytes() const {
    return ids_.bytes() + rows_.bytes() + dead_.size() / 8;
  }
  [[nodiscard]] bool alive(std::size_t i) const { return dead_.empty() || !dead_[i]; }
  /// Calls `visit(id, offset)` for each entry that is alive, by offset.
  template <typename Visit>
  void each(const Visit& visit) const {
    for (std::size_t i = 0; i < size(); ++i) {
      if (alive(i)) visit(ids_[i], i);
    }
  }
  [[nodiscard]] const Ids& ids() const { return ids_; }
  [[nodiscard]] const Rows& rows() const { return rows_; }

 private:
  Ids ids_;
  Rows rows_;
  std::vector<bool> dead_;  ///< empty: none
  std::size_t live_;
};

}  // namespace reseau::detail
