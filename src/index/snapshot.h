/// The file that an index is saved in; docs/index.md draws it.
///
/// Nothing of it is believed before a digest that was kept elsewhere says so, and it is read, not
/// mapped: what is mapped may change after it was checked, and a file that shrinks under a map ends
/// the process.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <reseau/index.h>

#include "index/chunk.h"

namespace reseau::detail {

/// Which index a snapshot is of.
struct SnapshotKind {
  std::uint32_t algorithm = 0;
  std::uint32_t version = 0;
  std::uint32_t width = 0;  ///< bytes of a row
  SnapshotOwner owner{};
  friend bool operator==(const SnapshotKind&, const SnapshotKind&) = default;
};

enum class SnapshotBlockKind : std::uint64_t {
  entries,
  lists,     ///< inverted ones, over the entries of the blocks before, back to the last such block
  attached,  ///< a part of the bytes that the caller has attached
};

/// What the directory says of a block: 64 bytes in the file.
struct SnapshotEntry {
  std::uint64_t at = 0;     ///< of its header
  std::uint64_t bytes = 0;  ///< with its header
  std::uint64_t entries = 0;
  SnapshotBlockKind kind = SnapshotBlockKind::entries;
  SnapshotDigest digest{};  ///< of all these bytes
};

/// Of a file's beginning, by which it is known.
inline constexpr std::size_t kSnapshotHead = 128;

/// Writes beside the file and moves it there when it is whole and on the disk; until then the file
/// is what it was. What is given up is overwritten. All of it throws Failure with io_error or
/// disk_full.
class SnapshotWriter {
 public:
  SnapshotWriter(std::string path, const SnapshotKind& kind);
  SnapshotWriter(const SnapshotWriter&) = delete;
  SnapshotWriter& operator=(const SnapshotWriter&) = delete;
  ~SnapshotWriter();

  /// Requires: at most kChunk ids; the parts of as many rows (chunk.h).
  void add(std::span<const Id> ids, std::span<const std::span<const std::uint8_t>> rows);
  void add(SnapshotBlockKind kind, std::span<const std::uint8_t> bytes);
  SnapshotDigest finish();

 private:
  void add(SnapshotEntry entry, const std::vector<std::span<const std::uint8_t>>& parts);
  void write(const void* data, std::size_t size, std::uint64_t at);
  [[noreturn]] void fail(int error) const;

  std::string path_;
  std::string part_;
  SnapshotKind kind_;
  int file_ = -1;
  std::uint64_t end_;
  std::uint64_t entries_ = 0;
  std::vector<SnapshotEntry> directory_;
  bool in_place_ = false;  ///< what is left to fail is putting the name on the disk
};

/// See Index::owner_of().
[[nodiscard]] std::optional<SnapshotOwner> snapshot_owner(const std::string& path);

/// Throws Failure: io_error; snapshot_foreign if it is of another kind; snapshot_damaged.
class SnapshotReader {
 public:
  SnapshotReader(std::string path, const SnapshotKind& kind, const SnapshotDigest& digest);
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;
  ~SnapshotReader();

  [[nodiscard]] std::size_t blocks() const { return directory_.size(); }
  [[nodiscard]] SnapshotBlockKind kind(std::size_t block) const {
    return directory_.at(block).kind;
  }
  /// Of a block of entries.
  [[nodiscard]] std::size_t entries(std::size_t block) const {
    return directory_.at(block).entries;
  }
  /// Any number of threads may read at once. Requires: a block of entries; as many ids, and the
  /// parts of as many rows.
  void read(std::size_t block, std::span<Id> ids,
            std::span<const std::span<std::uint8_t>> rows) const;
  /// Of any block, without its header.
  [[nodiscard]] std::size_t bytes(std::size_t block) const;
  /// Likewise. Requires: another block; as many bytes.
  void read(std::size_t block, std::span<std::uint8_t> bytes) const;

  [[noreturn]] void damaged(const std::string& what) const;

 private:
  void read(void* data, std::size_t size, std::uint64_t at) const;
  void read(std::size_t block, const std::vector<std::span<std::uint8_t>>& parts) const;

  std::string path_;
  SnapshotKind kind_;
  int file_ = -1;
  std::vector<SnapshotEntry> directory_;
};

}  // namespace reseau::detail
