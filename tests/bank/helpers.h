/// Made-up entries, and files as bytes.
#pragma once

#include <reseau/bank.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "bank/store.h"
#include "support/signatures.h"
#include "support/temp_dir.h"

namespace reseau::test {

template <std::size_t kSize>
std::array<std::uint8_t, kSize> random_bytes(std::mt19937& random) {
  std::array<std::uint8_t, kSize> bytes{};
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

inline EntryData random_entry(std::mt19937& random) {
  EntryData data;
  data.grid = random_signature(Algorithm::grid, random);
  data.pdq = random_signature(Algorithm::pdq, random);
  data.quality = static_cast<int>(random() % 101);
  data.pdq_quality = static_cast<int>(random() % 101);
  data.sha256 = random_bytes<32>(random);
  data.sha1 = random_bytes<20>(random);
  data.md5 = random_bytes<16>(random);
  data.width = 1 + static_cast<int>(random() % 5000);
  data.height = 1 + static_cast<int>(random() % 5000);
  data.bytes = random();
  data.origin = "folder/" + std::to_string(random()) + ".jpg";
  return data;
}

inline std::vector<EntryData> random_entries(std::size_t count, std::mt19937& random) {
  std::vector<EntryData> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(random_entry(random));
  return all;
}

inline bool same(const EntryData& a, const EntryData& b) {
  return a.grid == b.grid && a.pdq == b.pdq && a.quality == b.quality &&
         a.pdq_quality == b.pdq_quality && a.sha256 == b.sha256 && a.sha1 == b.sha1 &&
         a.md5 == b.md5 && a.width == b.width && a.height == b.height && a.bytes == b.bytes &&
         a.trimmed == b.trimmed && a.windows == b.windows && a.video == b.video &&
         a.origin == b.origin && a.labels == b.labels;
}

inline bool same(const Entry& a, const Entry& b) {
  return a.id == b.id && a.added == b.added && same(a.data, b.data);
}

inline Digests digests_of(const EntryData& data) {
  return {data.sha256.value(), data.sha1.value(), data.md5.value()};
}

inline Result<std::vector<Entry>> all_of(const Bank& bank) {
  std::vector<Entry> all;
  const auto read = bank.each([&all](const Entry& entry) {
    all.push_back(entry);
    return true;
  });
  if (!read) return read.error();
  return all;
}

inline std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void spill(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

inline std::vector<std::string> names_in(const TempDir& folder) {
  std::vector<std::string> names;
  for (const auto& item : std::filesystem::directory_iterator(folder.path()))
    names.push_back(item.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// While it is there, small banks save their indexes too.
class SavingSoon {
 public:
  SavingSoon() : before_(detail::rows_worth_saving.exchange(1)) {}
  SavingSoon(const SavingSoon&) = delete;
  SavingSoon& operator=(const SavingSoon&) = delete;
  ~SavingSoon() { detail::rows_worth_saving = before_; }

 private:
  std::int64_t before_;
};

}  // namespace reseau::test
