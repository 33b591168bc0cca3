/// How the indexes number what they hold: every signature of every entry has a key of its own, from
/// which the entry, and which of its signatures it is, are read.
#pragma once

#include <functional>
#include <vector>

#include <reseau/bank.h>
#include <reseau/index.h>

namespace reseau::detail {

// EntryHit::window: 0 is the whole.
inline constexpr int kTrimmed = 1;
inline constexpr int kFirstPart = 2;

/// Of an image's signature; 0 and up.
[[nodiscard]] std::int64_t key_of(EntryId id, int window);

[[nodiscard]] EntryHit hit_of(const Hit& hit);

/// Visits each of a video's signatures that is searched, by its key. What the catalogue is to
/// remember of its frames: bits_of() each.
std::vector<std::uint8_t> each_frame_signature(
    EntryId id, const VideoSignature& video,
    const std::function<void(std::int64_t, const Signature&)>& visit);

/// The keys of the same, from what the catalogue remembers.
void add_frame_keys(EntryId id, const std::vector<std::uint8_t>& frames,
                    std::vector<std::int64_t>& grid, std::vector<std::int64_t>& pdq);

/// Each entry by the first and so the nearest of its signatures, and by the first of a whole.
[[nodiscard]] std::vector<EntryHit> by_entry(const std::vector<Hit>& hits, Bank::Among among);

}  // namespace reseau::detail
