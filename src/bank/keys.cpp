#include "bank/keys.h"

#include <unordered_set>

#include "bank/catalogue.h"
#include "bank/record.h"

namespace reseau::detail {
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

std::vector<std::uint8_t> each_frame_signature(
    EntryId id, const VideoSignature& video,
    const std::function<void(std::int64_t, const Signature&)>& visit) {
  std::vector<std::uint8_t> all;
  all.reserve(video.frames.size());
  for (std::size_t i = 0; i < video.frames.size(); ++i) {
    const VideoFrame& frame = video.frames[i];
    const std::uint8_t bits = all.emplace_back(bits_of(frame));
    if ((bits & kWholeFrame) != 0) visit(frame_key(id, i, 0), frame.grid);
    if ((bits & kInsideFrame) != 0) visit(frame_key(id, i, 1), frame.inside->grid);
    if ((bits & kPdqFrame) != 0) visit(frame_key(id, i, 0), frame.pdq);
  }
  return all;
}

void add_frame_keys(EntryId id, const std::vector<std::uint8_t>& frames,
                    std::vector<std::int64_t>& grid, std::vector<std::int64_t>& pdq) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if ((frames[i] & kWholeFrame) != 0) grid.push_back(frame_key(id, i, 0));
    if ((frames[i] & kInsideFrame) != 0) grid.push_back(frame_key(id, i, 1));
    if ((frames[i] & kPdqFrame) != 0) pdq.push_back(frame_key(id, i, 0));
  }
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

}  // namespace reseau::detail
