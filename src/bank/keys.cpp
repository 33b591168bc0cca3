#include "bank/keys.h"

#include <unordered_set>

#include "bank/catalogue.h"
#include "bank/record.h"

namespace reseau {

const Window* window_of(const EntryData& data, int window) {
  if (window == kTrimmed) return data.trimmed ? &*data.trimmed : nullptr;
  const auto part = static_cast<std::size_t>(window - kFirstPart);
  return window >= kFirstPart && part < data.windows.size() ? &data.windows[part] : nullptr;
}

namespace detail {
namespace {

/// Of a frame of a video, whole or what is inside its borders; below 0.
std::int64_t frame_key(EntryId id, std::size_t frame, int inside) {
  return -1 - (id * kSignaturesOfVideo + static_cast<std::int64_t>(2 * frame) + inside);
}

}  // namespace

std::int64_t key_of(EntryId id, int window) { return id * kSignaturesOfEntry + window; }

EntryHit hit_of(const Hit& hit) {
  if (hit.id >= 0) {
    return {hit.id / kSignaturesOfEntry, hit.distance,
            static_cast<int>(hit.id % kSignaturesOfEntry)};
  }
  const std::int64_t key = -1 - hit.id;
  const std::int64_t place = key % kSignaturesOfVideo;
  return {key / kSignaturesOfVideo, hit.distance, static_cast<int>(place % 2),
          static_cast<int>(place / 2)};
}

void each_frame_key(EntryId id, std::span<const std::uint8_t> frames,
                    const std::function<void(std::int64_t key, Algorithm algorithm,
                                             std::size_t frame, bool inside)>& visit) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if ((frames[i] & kWholeFrame) != 0) visit(frame_key(id, i, 0), Algorithm::grid, i, false);
    if ((frames[i] & kInsideFrame) != 0) visit(frame_key(id, i, 1), Algorithm::grid, i, true);
    if ((frames[i] & kPdqFrame) != 0) visit(frame_key(id, i, 0), Algorithm::pdq, i, false);
  }
}

std::vector<EntryHit> wholes(const std::vector<Hit>& hits) {
  std::vector<EntryHit> all;
  for (const Hit& hit : hits) {
    const EntryHit here = hit_of(hit);
    if (here.whole()) all.push_back(here);
  }
  return all;
}

std::vector<EntryHit> by_entry(const std::vector<Hit>& hits, Bank::Among among) {
  std::vector<EntryHit> entries;
  std::unordered_set<EntryId> seen;
  std::unordered_set<EntryId> seen_whole;
  for (const Hit& hit : hits) {
    const EntryHit here = hit_of(hit);
    const EntryId id = here.id;
    if (among == Bank::Among::wholes && !here.whole()) continue;
    const bool fresh = seen.insert(id).second;
    if ((here.whole() && seen_whole.insert(id).second) || fresh) entries.push_back(here);
  }
  return entries;
}

}  // namespace detail
}  // namespace reseau
