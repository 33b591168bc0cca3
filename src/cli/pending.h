/// Entries on their way into a bank, which are reported only once they are durably in it.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <reseau/bank.h>

#include "cli/rows.h"

namespace reseau::cli {

/// Committing costs a wait for the disk, so several entries share one. A crash loses only entries
/// that were not reported. Rows come in the order in which they were given here. Threads: any.
class Pending {
 public:
  /// Commits whenever `most` entries wait, and when half a second has passed since the last time.
  Pending(Bank& bank, Rows& rows, std::size_t most) : bank_(bank), rows_(rows), most_(most) {}

  /// `note` is told to people beside the entry's number; may be empty. `part`: of its file, if it
  /// is not the first picture. Throws: Fatal if the bank cannot be written.
  void add(std::string path, EntryData data, std::string note = {}, std::string part = {});
  void refuse(std::string path, Error error);
  void commit();

  /// "12 added, 3 there already, 1 not added".
  [[nodiscard]] std::string sentence() const;
  [[nodiscard]] std::size_t refused() const { return refused_; }
  /// Of those, what was fine by itself, and cannot be an entry: too many labels, say.
  [[nodiscard]] std::size_t refused_by_bank() const { return refused_by_bank_; }

  /// What CSV shows of its rows.
  static const Table& table();

 private:
  struct Row {
    std::string path;
    std::string note;
    std::string part;
    std::optional<Error> error;  ///< none for an entry
  };
  void commit_if_due();
  void commit_locked();
  [[nodiscard]] std::vector<Result<Added>> added_of(std::span<const EntryData> entries);
  void report(const Row& row, const Added& added);
  void report(const Row& row);

  Bank& bank_;
  Rows& rows_;
  std::size_t most_;
  std::mutex mutex_;
  std::vector<Row> waiting_;
  std::vector<EntryData> entries_;  ///< of those in waiting_ that have no error
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::size_t added_ = 0;
  std::size_t existing_ = 0;
  std::size_t refused_ = 0;
  std::size_t refused_by_bank_ = 0;
};

}  // namespace reseau::cli
