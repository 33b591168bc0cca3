/// What stands in one row of a bank, and its bytes. docs/bank.md draws them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <reseau/bank.h>

namespace reseau::detail {

/// The index knows a signature by its entry's id times this, plus EntryHit::window.
inline constexpr std::int64_t kSignaturesOfEntry = 128;
static_assert(kMaxWindows + 2 <= kSignaturesOfEntry);
/// Of a known video's frames it knows them by numbers below zero, so that neither meets the other.
inline constexpr std::int64_t kSignaturesOfVideo = static_cast<std::int64_t>(2 * kMaxVideoFrames);
inline constexpr EntryId kMaxEntryId = INT64_MAX / kSignaturesOfVideo - 1;

struct Record {
  std::int64_t row = 0;
  EntryId id = 0;
  std::int64_t time = 0;          ///< of the addition or removal, in seconds since 1970 UTC
  std::optional<EntryData> data;  ///< none: the entry was removed
};

/// All but `row`, which is the row's key.
[[nodiscard]] std::vector<std::uint8_t> encode(const Record& record);

/// Fails: bank_damaged for bytes that encode() does not write, and for what check() (rules.h) does
///        not let into a bank; bank_newer for signatures of a version that this library does not
///        compute. The message is half a sentence.
[[nodiscard]] Result<Record> decode(std::int64_t row, Bytes bytes);

/// The id that `bytes` claim, for messages about a row that cannot be trusted.
[[nodiscard]] EntryId claimed_id(Bytes bytes);

/// "2026-11-23T19:33:00Z".
[[nodiscard]] std::string iso_time(std::int64_t time);
[[nodiscard]] std::int64_t now();

}  // namespace reseau::detail
