/// What a bank derives from its rows, in two files beside it, so that opening need not read all of
/// them: NAME-grid and NAME-pdq.
///
/// The files are never believed by themselves: the bank holds their digest, and what does not fit
/// it is left alone, and derived again. docs/bank.md draws them.
#pragma once

#include <optional>
#include <string>

#include "bank/derived.h"

namespace reseau::detail {

/// Writes both files beside `file`, the bank's, and gives the digest to keep in it.
/// Throws Failure: already_exists for a file of such a name that is not this bank's; io_error,
/// disk_full, limit_memory. Then the bank's old digest may fit no more.
[[nodiscard]] SnapshotDigest save(Derived& derived, const std::string& file, const BankId& bank);

/// None if a file is missing, unreadable or not what was saved last.
[[nodiscard]] std::optional<Derived> load(const std::string& file, const BankId& bank,
                                          const SnapshotDigest& digest, IndexKind kind);

/// Overwrites both files and what was left of writing them, and deletes them, as far as they are
/// there, this bank's, and may be written.
void wipe_saved(const std::string& file, const BankId& bank);

/// Of both files and the bank's own.
[[nodiscard]] std::uint64_t bytes_of_files(const std::string& file);

}  // namespace reseau::detail
