#include "image/directories.h"

#include <algorithm>
#include <set>

#include <reseau/image.h>

#include "image/common.h"

namespace reseau::detail {
namespace {

constexpr std::size_t kIconHeader = 6;
constexpr std::size_t kIconEntry = 16;
// Of a directory's: far more than there are tags, so that reading them all stays cheap.
constexpr std::uint64_t kMostEntries = 512;

// TIFF 6.0 and BigTIFF, as far as their directories.
class TiffReader {
 public:
  explicit TiffReader(Bytes file)
      : file_(file), big_endian_(!file.empty() && file[0] == 'M'), big_tiff_(load(2, 2) == 43) {}

  [[nodiscard]] std::uint64_t load(std::uint64_t at, int width) const {
    return big_endian_ ? load_big(file_, at, width) : load_little(file_, at, width);
  }
  [[nodiscard]] std::uint64_t first() const { return load(offset_bytes(), offset_bytes()); }
  [[nodiscard]] std::uint64_t entries(std::uint64_t directory) const {
    return load(directory, big_tiff_ ? 8 : 2);
  }
  // Zero at the end of the chain. Requires: as many entries as the file can hold.
  [[nodiscard]] std::uint64_t after(std::uint64_t directory) const {
    return load(entry(directory, entries(directory)), offset_bytes());
  }

  // Adds the whole numbers that the directory has under the tag, until there are `most`.
  void numbers(std::uint64_t directory, unsigned tag, std::size_t most,
               std::vector<std::uint64_t>& into) const {
    const std::uint64_t count = std::min(entries(directory), kMostEntries);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t at = entry(directory, i);
      if (at >= file_.size()) return;
      if (load(at, 2) == tag) values(at, most, into);
    }
  }

 private:
  [[nodiscard]] int offset_bytes() const { return big_tiff_ ? 8 : 4; }
  [[nodiscard]] std::uint64_t entry(std::uint64_t directory, std::uint64_t index) const {
    return directory + (big_tiff_ ? 8 + index * 20 : 2 + index * 12);
  }
  void values(std::uint64_t at, std::size_t most, std::vector<std::uint64_t>& into) const {
    const std::uint64_t type = load(at + 2, 2);
    const int width = type == 3                  ? 2
                      : type == 4 || type == 13  ? 4
                      : type == 16 || type == 18 ? 8
                                                 : 0;
    if (width == 0) return;
    const std::uint64_t count = load(at + 4, offset_bytes());
    std::uint64_t value = at + 4 + static_cast<unsigned>(offset_bytes());
    if (count > static_cast<unsigned>(offset_bytes() / width)) value = load(value, offset_bytes());
    for (std::uint64_t i = 0; i < count && into.size() < most && value < file_.size(); ++i) {
      into.push_back(load(value, width));
      value += static_cast<unsigned>(width);
    }
  }

  Bytes file_;
  bool big_endian_;
  bool big_tiff_;
};

}  // namespace

std::uint64_t tiff_directory(Bytes file) {
  constexpr std::uint64_t kHeader = 8;
  const TiffReader tiff(file);
  const std::uint64_t at = tiff.first();
  return at >= kHeader && at < file.size() && tiff.entries(at) > 0 ? at : 0;
}

std::vector<std::uint64_t> tiff_pages(Bytes file) {
  const TiffReader tiff(file);
  std::set<std::uint64_t> seen;  // a chain may bite its tail
  std::vector<std::uint64_t> pages;
  std::uint64_t at = tiff.first();
  while (at != 0 && at < file.size() && static_cast<int>(pages.size()) < kMaxFrames &&
         seen.insert(at).second) {
    pages.push_back(at);
    if (tiff.entries(at) > file.size()) break;
    at = tiff.after(at);
  }
  return pages;
}

std::vector<std::uint64_t> tiff_strips(Bytes file) {
  constexpr unsigned kBelow = 330;
  constexpr unsigned kStrips = 273;
  constexpr unsigned kTiles = 324;
  constexpr std::size_t kMost = 1'000'000;
  const TiffReader tiff(file);
  std::vector<std::uint64_t> directories = tiff_pages(file);
  const std::size_t pages = directories.size();
  for (std::size_t i = 0; i < pages; ++i)
    tiff.numbers(directories[i], kBelow, std::size_t{kMaxFrames}, directories);
  std::vector<std::uint64_t> starts;
  for (const std::uint64_t directory : directories) {
    tiff.numbers(directory, kStrips, kMost, starts);
    tiff.numbers(directory, kTiles, kMost, starts);
  }
  std::sort(starts.begin(), starts.end());
  return starts;
}

std::vector<Bytes> icon_pictures(Bytes file) {
  std::vector<Bytes> pictures;
  const std::size_t count = load_little(file, 4, 2);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = kIconHeader + i * kIconEntry;
    const std::size_t size = load_little(file, at + 8, 4);
    const std::size_t offset = load_little(file, at + 12, 4);
    if (offset >= file.size()) continue;
    pictures.emplace_back(file.subspan(offset, std::min(size, file.size() - offset)));
  }
  return pictures;
}

}  // namespace reseau::detail
