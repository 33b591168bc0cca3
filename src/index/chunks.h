/// Lists of chunks: counted, filled, packed, joined.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "index/chunk.h"

namespace reseau::detail {

template <typename Rows>
using Chunks = std::vector<std::shared_ptr<const Chunk<Rows>>>;

/// Entries of the chunks `from` up to, not with, `to`; holes are counted too.
template <typename Rows>
std::size_t size_of(const Chunks<Rows>& chunks, std::size_t from, std::size_t to) {
  std::size_t sum = 0;
  for (; from < to; ++from) sum += chunks[from]->size();
  return sum;
}

/// The same without holes.
template <typename Rows>
std::size_t live_of(const Chunks<Rows>& chunks, std::size_t from, std::size_t to) {
  std::size_t sum = 0;
  for (; from < to; ++from) sum += chunks[from]->live();
  return sum;
}

template <typename Rows>
std::size_t holes_of(const Chunks<Rows>& chunks, std::size_t from, std::size_t to) {
  return size_of<Rows>(chunks, from, to) - live_of<Rows>(chunks, from, to);
}

/// Fills chunks one after the other. Each is as large as `expected` says or as kChunk allows.
template <typename Rows>
class Packer {
 public:
  Packer(const typename Rows::Format& format, std::size_t expected)
      : format_(format), expected_(expected), row_(format.width()), rows_(format, room()) {
    ids_.reserve(room());
  }
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  ~Packer() { std::fill(row_.begin(), row_.end(), 0); }

  void add(Id id, const std::uint8_t* row) {
    if (ids_.size() == room()) finish();
    rows_.set(ids_.size(), row);
    ids_.push_back(id);
  }
  /// Those of `chunk` that are alive and not among `without`, which is sorted; under the ids that
  /// `renamed` gives them.
  template <typename Renamed = std::identity>
  void add(const Chunk<Rows>& chunk, std::span<const Id> without = {},
           const Renamed& renamed = {}) {
    chunk.each([&](Id id, std::size_t i) {
      if (std::binary_search(without.begin(), without.end(), id)) return;
      chunk.rows().get(i, row_.data());
      add(renamed(id), row_.data());
    });
  }
  /// All that was added. Requires: as many as expected.
  [[nodiscard]] Chunks<Rows> take() {
    if (!ids_.empty()) finish();
    return std::move(chunks_);
  }

 private:
  [[nodiscard]] std::size_t room() const { return std::min(expected_, kChunk); }
  void finish() {
    expected_ -= ids_.size();
    Rows next(format_, room());
    chunks_.push_back(std::make_shared<const Chunk<Rows>>(std::move(ids_), std::move(rows_)));
    rows_ = std::move(next);
    ids_ = {};
    ids_.reserve(room());
  }

  const typename Rows::Format& format_;
  std::size_t expected_;
  std::vector<std::uint8_t> row_;
  Rows rows_;
  std::vector<Id> ids_;
  Chunks<Rows> chunks_;
};

/// The same entries without holes, in chunks that are full but for the last.
template <typename Rows>
Chunks<Rows> packed(const Chunks<Rows>& chunks, const typename Rows::Format& format) {
  Packer<Rows> packer(format, live_of<Rows>(chunks, 0, chunks.size()));
  for (const auto& chunk : chunks) packer.add(*chunk);
  return packer.take();
}

/// Joins, from chunk `from` on, neighbours that are small, so that many removals do not leave many
/// chunks of a few entries. What additions have made, each at least twice as large as the next,
/// stays as it is.
template <typename Rows>
void join_small(Chunks<Rows>& chunks, std::size_t from, const typename Rows::Format& format) {
  for (std::size_t c = from; c + 1 < chunks.size();) {
    const std::size_t first = chunks[c]->size();
    const std::size_t second = chunks[c + 1]->size();
    if (first >= 2 * second || first + second > kChunk / 2) {
      ++c;
      continue;
    }
    chunks[c] = packed<Rows>({chunks[c], chunks[c + 1]}, format).front();
    chunks.erase(chunks.begin() + static_cast<std::ptrdiff_t>(c) + 1);
    if (c > from) --c;  // it may be too large now for the one before it
  }
}

/// Sorted ids of what is alive in `before` and a hole in the same chunks now, which begin at `now`.
template <typename Rows>
std::vector<Id> gone_since(const Chunks<Rows>& before, typename Chunks<Rows>::const_iterator now) {
  std::vector<Id> gone;
  for (const auto& chunk : before) {
    const auto& later = *now++;
    if (later == chunk) continue;
    chunk->each([&](Id id, std::size_t i) {
      if (!later->alive(i)) gone.push_back(id);
    });
  }
  std::sort(gone.begin(), gone.end());
  return gone;
}

/// Makes holes of the entries `gone`, which is sorted. Requires: none is a hole already.
template <typename Rows>
void make_holes(Chunks<Rows>& chunks, std::span<const Id> gone,
                const typename Rows::Format& format) {
  for (auto& chunk : chunks) {
    std::vector<std::size_t> places;
    chunk->ids().find(gone, [&places](Id, std::size_t i) { places.push_back(i); });
    if (!places.empty()) chunk = std::make_shared<const Chunk<Rows>>(*chunk, format, places);
  }
}

}  // namespace reseau::detail
