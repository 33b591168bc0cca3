#include "bank/derived.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "bank/keys.h"

namespace reseau::detail {

// Signatures by algorithm, and their keys in the indexes.
struct Derived::Batch {
  std::array<std::vector<std::int64_t>, kAlgorithms.size()> gone, keys;
  std::array<std::vector<Signature>, kAlgorithms.size()> signatures;

  void add(const Signature& signature, std::int64_t key) {
    const auto of = static_cast<std::size_t>(signature.algorithm());
    keys.at(of).push_back(key);
    signatures.at(of).push_back(signature);
  }
  void remove(Algorithm algorithm, std::int64_t key) {
    gone.at(static_cast<std::size_t>(algorithm)).push_back(key);
  }
};

// Two rows of one id: its labels were changed, and the earlier row is blank by now.
void Derived::take_in(const std::vector<Checked>& rows, std::int64_t end) {
  std::set<EntryId> gone;
  Batch batch;
  for (const auto& [record, digest, size_in_file] : rows) {
    Place* const known = catalogue.places.find(record.id);
    if (record.data && known != nullptr) {
      known->row = record.row;
    } else if (record.data) {
      add(record, batch);
    } else if (known != nullptr && gone.insert(record.id).second) {
      remove(record.id, *known, batch);
    }
  }
  catalogue.finder.remove(gone);
  for (const EntryId id : gone) catalogue.places.remove(id);
  for (const Algorithm algorithm : kAlgorithms) {
    const auto of = static_cast<std::size_t>(algorithm);
    Index& index = algorithm == Algorithm::grid ? grid : pdq;
    if (const auto removed = index.remove(batch.gone.at(of)); !removed)
      throw Failure(removed.error());
    if (const auto added = index.add(batch.keys.at(of), batch.signatures.at(of)); !added)
      throw Failure(added.error());
  }
  next_row = end;
}

void Derived::add(const Record& record, Batch& batch) {
  const EntryData& data = *record.data;
  const EntryId id = record.id;
  unsigned bits = 0;
  if (data.grid) bits |= kWholeGrid;
  if (data.trimmed) bits |= kTrimmedGrid;
  if (data.pdq) bits |= kWholePdq;
  const auto windows = static_cast<std::uint8_t>(data.windows.size());
  const Place place{record.row, static_cast<std::uint8_t>(bits), windows, {}};
  catalogue.places.add(id, place);
  by_pdq_alone += place.known_by_pdq_alone() ? 1 : 0;
  catalogue.finder.add(id, data);
  if (data.grid) batch.add(*data.grid, key_of(id, 0));
  if (data.trimmed) batch.add(data.trimmed->grid, key_of(id, kTrimmed));
  for (int i = 0; i < windows; ++i)
    batch.add(data.windows[static_cast<std::size_t>(i)].grid, key_of(id, kFirstPart + i));
  if (data.pdq) batch.add(*data.pdq, key_of(id, 0));
  if (!data.video) return;
  const std::vector<VideoFrame>& all = data.video->frames;
  auto& kept = catalogue.frames[id];
  std::transform(all.begin(), all.end(), std::back_inserter(kept), bits_of);
  each_frame_key(id, kept, [&](std::int64_t key, Algorithm algorithm, std::size_t i, bool inside) {
    const Signature& look = inside ? all[i].inside->grid : all[i].grid;
    batch.add(algorithm == Algorithm::grid ? look : all[i].pdq, key);
  });
  frames += kept.size();
  by_pdq_alone += known_by_pdq_alone(kept);
}

void Derived::remove(EntryId id, const Place& place, Batch& batch) {
  if ((place.bits & kWholeGrid) != 0) batch.remove(Algorithm::grid, key_of(id, 0));
  if ((place.bits & kTrimmedGrid) != 0) batch.remove(Algorithm::grid, key_of(id, kTrimmed));
  for (int i = 0; i < place.windows; ++i) batch.remove(Algorithm::grid, key_of(id, kFirstPart + i));
  if ((place.bits & kWholePdq) != 0) batch.remove(Algorithm::pdq, key_of(id, 0));
  by_pdq_alone -= place.known_by_pdq_alone() ? 1 : 0;
  const auto video = catalogue.frames.find(id);
  if (video == catalogue.frames.end()) return;
  each_frame_key(id, video->second, [&](std::int64_t key, Algorithm algorithm, std::size_t, bool) {
    batch.remove(algorithm, key);
  });
  frames -= video->second.size();
  by_pdq_alone -= known_by_pdq_alone(video->second);
  catalogue.frames.erase(video);
}

}  // namespace reseau::detail
