// Keys are SipHash-2-4: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF" (2012).
#include "bank/catalogue.h"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>

#include "bank/record.h"

namespace reseau::detail {

static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8);

std::uint8_t bits_of(const VideoFrame& frame) {
  const bool has_grid = !frame.grid.bytes().empty();
  const bool clear = !has_grid || frame.quality >= kMinQuality;
  unsigned bits = 0;
  if (has_grid && clear) bits |= kWholeFrame;
  // A bank keeps no panels.
  if (frame.inside && !frame.inside->panel && frame.inside->quality >= kMinPartQuality)
    bits |= kInsideFrame;
  if (!frame.pdq.bytes().empty() && clear && frame.pdq_quality >= kMinPdqQuality) bits |= kPdqFrame;
  return static_cast<std::uint8_t>(bits);
}

std::size_t known_by_pdq_alone(std::span<const std::uint8_t> frames) {
  return static_cast<std::size_t>(std::count(frames.begin(), frames.end(), kPdqFrame));
}

Finder::Finder() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium finds no random numbers");
  crypto_shorthash_keygen(secret_.data());
}

std::uint64_t Finder::key(char kind, Bytes first, Bytes second) const {
  std::array<std::uint8_t, 1 + 2 * Signature::kMaxBytes> message{};
  auto* end = message.data();
  *end++ = static_cast<std::uint8_t>(kind);
  end = std::copy(first.begin(), first.end(), end);
  end = std::copy(second.begin(), second.end(), end);
  std::array<std::uint8_t, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), message.data(),
                   static_cast<unsigned long long>(end - message.data()), secret_.data());
  std::uint64_t value = 0;
  for (const std::uint8_t byte : hash) value = value << 8 | byte;
  return value;
}

std::vector<std::uint64_t> Finder::digest_keys(const EntryData& data) const {
  std::vector<std::uint64_t> all;
  if (data.sha256) all.push_back(key('2', Bytes(*data.sha256)));
  if (data.sha1) all.push_back(key('1', Bytes(*data.sha1)));
  if (data.md5) all.push_back(key('5', Bytes(*data.md5)));
  return all;
}

std::uint64_t Finder::signature_key(const EntryData& data) const {
  if (data.video) {  // all of it: many begin with the same black frame
    const std::vector<std::uint8_t> bytes = data.video->bytes();
    std::array<std::uint8_t, 32> digest{};
    crypto_generichash(digest.data(), digest.size(), bytes.data(), bytes.size(), nullptr, 0);
    return key('v', Bytes(digest));
  }
  return key('s', data.grid ? data.grid->bytes() : Bytes(), data.pdq ? data.pdq->bytes() : Bytes());
}

void Finder::add(EntryId id, const EntryData& data) {
  for (const std::uint64_t k : digest_keys(data)) note(k, id);
  if (data.grid || data.pdq || data.video) note(signature_key(data), id);
}

void Finder::note(std::uint64_t key, EntryId id) {
  constexpr std::size_t kMostRecent = 1 << 16;
  recent_.emplace(key, id);
  if (recent_.size() >= kMostRecent) make_run();
}

void Finder::make_run() {
  constexpr std::size_t kGrowth = 8;
  Run run;
  run.reserve(recent_.size());
  for (const auto& [key, id] : recent_) run.push_back({key, id});
  std::sort(run.begin(), run.end());
  while (!runs_.empty() && runs_.back().size() < kGrowth * run.size()) {
    Run merged(runs_.back().size() + run.size());
    std::merge(runs_.back().begin(), runs_.back().end(), run.begin(), run.end(), merged.begin());
    run = std::move(merged);
    runs_.pop_back();
  }
  runs_.push_back(std::move(run));
  recent_.clear();
}

void Finder::remove(const std::set<EntryId>& ids) {
  if (ids.empty()) return;
  std::erase_if(recent_, [&ids](const auto& item) { return ids.contains(item.second); });
  for (Run& run : runs_) {
    std::erase_if(run, [&ids](const Hint& hint) { return ids.contains(hint.id); });
  }
  std::erase_if(runs_, [](const Run& run) { return run.empty(); });
}

std::vector<EntryId> Finder::named_by(const std::vector<std::uint64_t>& keys) const {
  std::vector<EntryId> ids;
  for (const std::uint64_t k : keys) {
    const auto [begin, end] = recent_.equal_range(k);
    for (auto item = begin; item != end; ++item) ids.push_back(item->second);
    for (const Run& run : runs_) {
      const auto [first, last] = std::equal_range(run.begin(), run.end(), Hint{k, 0});
      for (auto hint = first; hint != last; ++hint) ids.push_back(hint->id);
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::vector<EntryId> Finder::candidates(const Digests& digests) const {
  return named_by({key('2', Bytes(digests.sha256)), key('1', Bytes(digests.sha1)),
                   key('5', Bytes(digests.md5))});
}

std::vector<EntryId> Finder::candidates(const EntryData& data) const {
  auto keys = digest_keys(data);
  if (data.sha256) keys.resize(1);  // decides alone
  if (keys.empty()) keys.push_back(signature_key(data));
  return named_by(keys);
}

void Finder::save(ByteWriter& to) {
  if (!recent_.empty()) make_run();
  to.put(secret_);
  to.put(std::uint64_t{runs_.size()});
  for (const Run& run : runs_) {
    to.put(std::uint64_t{run.size()});
    to.put(std::span<const Hint>(run));
  }
}

bool Finder::load(ByteReader& from) {
  std::uint64_t runs = 0;
  bool sound = from.get(secret_) && from.get(runs) && runs <= 64;
  for (std::uint64_t r = 0; sound && r < runs; ++r) {
    std::uint64_t size = 0;
    Run run;
    sound = from.get(size) && from.get(run, size) && std::is_sorted(run.begin(), run.end());
    runs_.push_back(std::move(run));
  }
  return sound;
}

Place* Places::find(EntryId id) {
  if (id < 0) return nullptr;
  const auto page = pages_.find(id / kPage);
  if (page == pages_.end()) return nullptr;
  Place& place = page->second->places.at(static_cast<std::size_t>(id % kPage));
  return place.row != 0 ? &place : nullptr;
}

void Places::add(EntryId id, const Place& place) {
  const EntryId number = id / kPage;
  // Ids mostly rise.
  const bool is_last = !pages_.empty() && pages_.rbegin()->first == number;
  std::unique_ptr<Page>& page = is_last ? pages_.rbegin()->second : pages_[number];
  if (!page) page = std::make_unique<Page>();
  page->places.at(static_cast<std::size_t>(id % kPage)) = place;
  ++page->used;
  ++size_;
}

void Places::remove(EntryId id) {
  const auto page = pages_.find(id / kPage);
  page->second->places.at(static_cast<std::size_t>(id % kPage)) = {};
  --size_;
  if (--page->second->used == 0) pages_.erase(page);
}

void Places::save(ByteWriter& to) const {
  std::vector<EntryId> ids;
  std::vector<Place> places;
  each(1, [&](EntryId id, const Place& place) {
    ids.push_back(id);
    places.push_back(place);
    return true;
  });
  to.put(std::uint64_t{ids.size()});
  to.put(std::span<const EntryId>(ids));
  to.put(std::span<const Place>(places));
}

bool Places::load(ByteReader& from) {
  std::uint64_t size = 0;
  Packed<EntryId> ids;
  Packed<Place> places;
  if (!from.get(size) || !from.get(ids, size) || !from.get(places, size)) return false;
  EntryId last = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const EntryId id = ids[i];
    const Place place = places[i];
    if (id <= last || id > kMaxEntryId || place.row < 1) return false;
    add(id, place);
    last = id;
  }
  return true;
}

}  // namespace reseau::detail
