/// BLAKE2b over rows, and the running sum over all of them. docs/bank.md, section "Digests".
#pragma once

#include <array>
#include <cstdint>

#include <reseau/bytes.h>

namespace reseau::detail {

using BankId = std::array<std::uint8_t, 16>;
using Digest = std::array<std::uint8_t, 32>;

inline constexpr Digest kNoDigest{};  ///< what a blanked row has

/// Of `data` in row `row` of the bank; row 0 stands for the bank's meta row.
[[nodiscard]] Digest digest_of(const BankId& bank, std::int64_t row, Bytes data);

/// Sum and difference modulo 2^256, least byte first: the order of the rows does not matter, and
/// unlike in an exclusive or, a row that is there twice shows.
void add_to(Digest& sum, const Digest& digest);
void take_from(Digest& sum, const Digest& digest);

[[nodiscard]] BankId random_bank_id();

}  // namespace reseau::detail
