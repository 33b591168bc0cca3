#include "bank/saved.h"

#include <sys/stat.h>

#include <algorithm>

#include "bank/byte_io.h"
#include "bank/keys.h"
#include "core/files.h"

namespace reseau::detail {
namespace {

constexpr std::uint64_t kVersion = 2;

std::string grid_file(const std::string& file) { return file + "-grid"; }
std::string pdq_file(const std::string& file) { return file + "-pdq"; }

template <typename T>
T value_or_throw(Result<T> result) {
  if (!result) throw Failure(result.error());
  return std::move(*result);
}

void save_frames(const Catalogue& catalogue, ByteWriter& to) {
  to.put(std::uint64_t{catalogue.frames.size()});
  for (const auto& [id, frames] : catalogue.frames) {
    to.put(id);
    to.put(std::uint64_t{frames.size()});
    to.put(std::span<const std::uint8_t>(frames));
  }
}

bool load_frames(Derived& derived, ByteReader& from) {
  std::uint64_t videos = 0;
  bool sound = from.get(videos);
  for (std::uint64_t v = 0; sound && v < videos; ++v) {
    EntryId id = 0;
    std::uint64_t frames = 0;
    sound = from.get(id) && from.get(frames) && frames <= kMaxVideoFrames &&
            from.get(derived.catalogue.frames[id], frames);
    derived.frames += frames;
    derived.by_pdq_alone += known_by_pdq_alone(derived.catalogue.frames[id]);
  }
  return sound;
}

// Whether the indexes hold as many signatures as the catalogue says; counts what it says besides.
bool adds_up(Derived& derived) {
  std::size_t grid = 0;
  std::size_t pdq = 0;
  derived.catalogue.places.each(1, [&](EntryId, const Place& place) {
    grid += place.windows + ((place.bits & kWholeGrid) != 0 ? 1U : 0U) +
            ((place.bits & kTrimmedGrid) != 0 ? 1U : 0U);
    pdq += (place.bits & kWholePdq) != 0 ? 1U : 0U;
    derived.by_pdq_alone += place.known_by_pdq_alone() ? 1U : 0U;
    return true;
  });
  for (const auto& [id, frames] : derived.catalogue.frames) {
    each_frame_key(id, frames, [&](std::int64_t, Algorithm algorithm, std::size_t, bool) {
      ++(algorithm == Algorithm::grid ? grid : pdq);
    });
  }
  return grid == derived.grid.size() && pdq == derived.pdq.size();
}

void require_free(const std::string& file, const BankId& bank) {
  struct stat about {};
  if (lstat(file.c_str(), &about) != 0 || Index::owner_of(file) == bank) return;
  throw Failure({Code::already_exists, file +
                                           " is not an index that was saved of this bank, and was "
                                           "not touched; give it another name"});
}

}  // namespace

std::vector<std::uint8_t> saved_catalogue(Derived& derived) {
  ByteWriter beside;
  beside.put(kVersion);
  beside.put(SnapshotDigest{});  // of the index of pdq, once there is one
  beside.put(derived.next_row);
  derived.catalogue.places.save(beside);
  save_frames(derived.catalogue, beside);
  derived.catalogue.finder.save(beside);
  return beside.take();
}

SnapshotDigest save(const Index& grid, const Index& pdq, std::vector<std::uint8_t> catalogue,
                    const std::string& file, const BankId& bank) {
  require_free(grid_file(file), bank);
  require_free(pdq_file(file), bank);
  const auto digest = value_or_throw(pdq.save(pdq_file(file), bank));
  std::copy(digest.begin(), digest.end(), catalogue.begin() + sizeof kVersion);
  return value_or_throw(grid.save(grid_file(file), bank, Bytes(catalogue)));
}

std::optional<Derived> load(const std::string& file, const BankId& bank,
                            const SnapshotDigest& digest, IndexKind kind) {
  Derived derived(kind);
  std::vector<std::uint8_t> attached;
  auto grid = Index::load(grid_file(file), Algorithm::grid, digest, bank, 0, kind, &attached);
  if (!grid) return std::nullopt;
  derived.grid = std::move(*grid);
  ByteReader beside{attached};
  std::uint64_t version = 0;
  SnapshotDigest pdq_digest{};
  const bool sound = beside.get(version) && version == kVersion && beside.get(pdq_digest) &&
                     beside.get(derived.next_row) && derived.catalogue.places.load(beside) &&
                     load_frames(derived, beside) && derived.catalogue.finder.load(beside) &&
                     beside.at_end();
  if (!sound) return std::nullopt;
  auto pdq = Index::load(pdq_file(file), Algorithm::pdq, pdq_digest, bank);
  if (!pdq) return std::nullopt;
  derived.pdq = std::move(*pdq);
  if (!adds_up(derived)) return std::nullopt;
  return derived;
}

void wipe_saved(const std::string& file, const BankId& bank) {
  for (const char* suffix : kSavedFiles) Index::wipe(file + suffix, bank);
}

std::uint64_t bytes_of_files(const std::string& file) {
  std::uint64_t sum = 0;
  for (const char* suffix : {"", "-wal"}) sum += size_of_file(file + suffix).value_or(0);
  for (const char* suffix : kSavedFiles) sum += size_of_file(file + suffix).value_or(0);
  return sum;
}

}  // namespace reseau::detail
