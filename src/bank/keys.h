/// How the indexes number what they hold: every signature of every entry has a key of its own, from
/// which the entry, and which of its signatures it is, are read.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include <reseau/bank.h>
#include <reseau/index.h>

namespace reseau::detail {

/// Of an image's signature; 0 and up.
[[nodiscard]] std::int64_t key_of(EntryId id, int window);

[[nodiscard]] EntryHit hit_of(const Hit& hit);

/// Visits the key of each of a video's signatures that is searched, and which one that is.
/// `frames`: bits_of() each, which is what the catalogue remembers of them.
void each_frame_key(EntryId id, std::span<const std::uint8_t> frames,
                    const std::function<void(std::int64_t key, Algorithm algorithm,
                                             std::size_t frame, bool inside)>& visit);

/// Those that are not of parts.
[[nodiscard]] std::vector<EntryHit> wholes(const std::vector<Hit>& hits);

/// Each entry by the first and so the nearest of its signatures, and by the first of a whole.
[[nodiscard]] std::vector<EntryHit> by_entry(const std::vector<Hit>& hits, Bank::Among among);

}  // namespace reseau::detail
