/// How an index's entries stand in the blocks of a snapshot.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "index/chunk.h"
#include "index/int8_rows.h"
#include "index/inverted_lists.h"
#include "index/snapshot.h"

namespace reseau::detail {

/// Gathers entries of chunks into blocks that are full but for the last.
template <typename Rows>
class BlockPacker {
 public:
  BlockPacker(const typename Rows::Format& format, SnapshotWriter& writer)
      : format_(format), writer_(writer), row_(format.width()), rows_(format, kChunk) {}
  BlockPacker(const BlockPacker&) = delete;
  BlockPacker& operator=(const BlockPacker&) = delete;
  ~BlockPacker() { explicit_bzero(row_.data(), row_.size()); }

  void add(const Chunk<Rows>& chunk) {
    const bool as_it_is = ids_.empty() && chunk.live() == kChunk;
    chunk.each([&](Id id, std::size_t i) {
      if (!as_it_is) move(chunk.rows(), i, rows_, ids_.size());
      ids_.push_back(id);
      if (ids_.size() == kChunk) write(as_it_is ? chunk.rows() : rows_);
    });
  }
  void finish() {
    if (ids_.empty()) return;
    Rows fewer(format_, ids_.size());
    for (std::size_t i = 0; i < ids_.size(); ++i) move(rows_, i, fewer, i);
    write(fewer);
  }

 private:
  void move(const Rows& from, std::size_t i, Rows& to, std::size_t at) {
    from.get(i, row_.data());
    to.set(at, row_.data());
  }
  void write(const Rows& rows) {
    writer_.add(ids_, rows.parts());
    ids_.clear();
  }

  const typename Rows::Format& format_;
  SnapshotWriter& writer_;
  std::vector<std::uint8_t> row_;
  std::vector<Id> ids_;  // of rows_
  Rows rows_;
};

/// All that live, and the lists over them.
template <typename Live>
void save_entries(const Live& live, SnapshotWriter& writer) {
  const auto state = live.state();
  BlockPacker<typename Live::RowsType> packer(live.format(), writer);
  auto chunk = state->chunks.begin();
  if constexpr (Live::CoverType::kArranges) {
    for (const auto& cover : state->covers) {
      std::vector<std::size_t> holes;
      std::size_t kept = 0;
      for (std::size_t c = 0; c < cover->chunks(); ++c, ++chunk) {
        packer.add(**chunk);
        kept += (*chunk)->live();
        for (std::size_t i = 0; i < (*chunk)->size(); ++i) {
          if (!(*chunk)->alive(i)) holes.push_back(c * kChunk + i);
        }
      }
      packer.finish();
      if (kept > 0) writer.add(SnapshotBlockKind::lists, cover->saved(holes));
    }
  }
  for (; chunk != state->chunks.end(); ++chunk) packer.add(**chunk);
  packer.finish();
}

/// Null if they are not of these chunks.
[[nodiscard]] inline std::shared_ptr<const InvertedLists> lists_of(
    std::span<const InvertedLists::Chunks::value_type> chunks, std::span<const std::uint8_t> saved,
    const Int8Rows::Format& format) {
  std::size_t entries = 0;
  for (const auto& chunk : chunks) {
    if (!chunk || entries % kChunk != 0) return nullptr;  // one before it is not full
    entries += chunk->size();
  }
  return InvertedLists::from(saved, format, entries);
}

/// A block of entries. Fails as the reader does.
template <typename Rows>
[[nodiscard]] std::shared_ptr<const Chunk<Rows>> read_chunk(const SnapshotReader& reader,
                                                            std::size_t block,
                                                            const typename Rows::Format& format) {
  std::vector<Id> ids(reader.entries(block));
  Rows rows(format, ids.size());
  reader.read(block, ids, rows.parts());
  return std::make_shared<const Chunk<Rows>>(std::move(ids), std::move(rows));
}

}  // namespace reseau::detail
