/// What a bank derives from its rows, in two files beside it, so that opening need not read all of
/// them: NAME-grid and NAME-pdq.
///
/// The files are never believed by themselves: the bank holds their digest, and what does not fit
/// it is left alone, and derived again. docs/bank.md draws them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "bank/derived.h"

namespace reseau::detail {

/// What stands behind the bank's name: the files, and what a killed process has left of writing
/// them.
inline constexpr std::array kSavedFiles = {"-grid", "-pdq", "-grid.part", "-pdq.part"};

/// What is saved of `derived` but its indexes.
[[nodiscard]] std::vector<std::uint8_t> saved_catalogue(Derived& derived);

/// Writes both files beside `file`, the bank's, and gives the digest to keep in it. `catalogue`: of
/// the same moment, since when the indexes have not changed. Throws Failure: already_exists for a
/// file of such a name that is not this bank's; io_error, disk_full, limit_memory. Then the bank's
/// old digest may fit no more.
[[nodiscard]] SnapshotDigest save(const Index& grid, const Index& pdq,
                                  std::vector<std::uint8_t> catalogue, const std::string& file,
                                  const BankId& bank);

/// None if a file is missing, unreadable or not what was saved last.
[[nodiscard]] std::optional<Derived> load(const std::string& file, const BankId& bank,
                                          const SnapshotDigest& digest, IndexKind kind);

/// Overwrites both files and what was left of writing them, and deletes them, as far as they are
/// there, this bank's, and may be written.
void wipe_saved(const std::string& file, const BankId& bank);

/// Of both files and the bank's own.
[[nodiscard]] std::uint64_t bytes_of_files(const std::string& file);

}  // namespace reseau::detail
