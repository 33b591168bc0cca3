/// What may enter a bank, and what counts as the same entry.
#pragma once

#include <optional>
#include <string>

#include <reseau/bank.h>

namespace reseau::detail {

/// Of what comes from outside: check(), and that a row keeps all of it.
void check_new(const EntryData& data, const std::string& what);

/// Of rows too: whoever changes a bank's file can make its digests fit.
/// Throws a Failure (invalid_argument, unlike_signatures) that begins with `what`.
void check(const EntryData& data, const std::string& what);

/// Whether `fresh` need not be added since `known` is there.
///
/// The same bytes, by the strongest digest of `fresh` that can tell: sha256 if it has one,
/// otherwise sha1 before md5. Without any digest: the same signatures.
[[nodiscard]] bool same_entry(const EntryData& fresh, const EntryData& known);

/// By which digest a file of these digests is the known one: the strongest that is known of it
/// decides alone, since another file can be made to have the same md5 or sha1.
[[nodiscard]] std::optional<Bank::DigestKind> agreeing(const Digests& digests,
                                                       const EntryData& known);

/// Sorted, none twice.
void tidy(std::vector<std::string>& labels);

}  // namespace reseau::detail
