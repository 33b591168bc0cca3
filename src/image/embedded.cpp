#include <reseau/image.h>
#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <string_view>
#include <utility>

#include "image/boxes.h"
#include "image/common.h"
#include "image/directories.h"
#include "image/frames.h"

namespace reseau {
namespace {

using detail::has;
using detail::has_box;
using detail::load_big;
using detail::load_little;
using detail::Span;

using namespace std::string_view_literals;

// Four bytes that files of a format have, and where in them.
struct Mark {
  std::array<std::uint8_t, 4> bytes{};
  std::size_t offset = 0;
};

std::vector<Mark> all_marks() {
  std::vector<Mark> marks;
  const auto add = [&marks](std::string_view bytes, std::size_t offset = 0) {
    Mark mark{{}, offset};
    std::copy_n(bytes.begin(), 4, mark.bytes.begin());
    marks.push_back(mark);
  };
  for (const auto bytes :
       {"\x89PNG"sv, "GIF8"sv, "II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv, "\xFF\x4F\xFF\x51"sv,
        "\x1A\x45\xDF\xA3"sv, "\x30\x26\xB2\x75"sv, "FLV\x01"sv, "OggS"sv})
    add(bytes);
  for (const auto bytes : {"ftyp"sv, "JXL "sv, "jP  "sv}) add(bytes, 4);
  for (const auto bytes : {"WEBP"sv, "AVI "sv}) add(bytes, 8);
  // Within compressed pixels, three bytes as a JPEG's come by chance once in 16 megabytes, so its
  // next marker is one of the mark.
  constexpr auto kFirstMarkers =
      "\xC0\xC1\xC2\xC4\xDB\xDD\xFE\xE0\xE1\xE2\xE3\xE4\xE5\xE6\xE7\xE8\xE9\xEA\xEB\xEC\xED\xEE\xEF"sv;
  for (const char marker : kFirstMarkers)
    marks.push_back({{0xFF, 0xD8, 0xFF, static_cast<std::uint8_t>(marker)}, 0});
  return marks;
}

// Finds marks by looking at two bytes of every three: of a mark's four bytes, two that follow each
// other are then looked at, wherever it lies.
class Marks {
 public:
  Marks() : marks_(all_marks()) {
    for (const Mark& mark : marks_) {
      for (std::size_t i = 0; i < 3; ++i) pairs_.set(pair(&mark.bytes.at(i)));
    }
  }

  // Calls `found` with where each file would begin of which the mark lies there, until it says
  // false.
  template <typename Found>
  void each(Bytes file, Span there, const Found& found) const {
    for (std::size_t i = there.begin; i + 1 < there.end; i += 3) {
      if (!pairs_[pair(&file[i])]) continue;
      for (std::size_t at = i < there.begin + 2 ? there.begin : i - 2; at <= i; ++at) {
        if (at + 4 > file.size()) break;
        for (const Mark& mark : marks_) {
          if (at >= mark.offset && std::memcmp(&file[at], mark.bytes.data(), 4) == 0 &&
              !found(at - mark.offset))
            return;
        }
      }
    }
  }

 private:
  static std::size_t pair(const std::uint8_t* bytes) {
    return std::size_t{bytes[0]} << 8U | bytes[1];
  }

  std::vector<Mark> marks_;
  std::bitset<1U << 16U> pairs_;
};

// BMP's mark is of two bytes; what else its header holds is checked at each.
template <typename Found>
void each_bmp(Bytes file, Span there, const Found& found) {
  for (std::size_t at = there.begin; at < there.end; ++at) {
    const void* next = std::memchr(file.data() + at, 'B', there.end - at);
    if (next == nullptr) return;
    at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(next) - file.data());
    if (has(file, at + 1, "M"sv) && !found(at)) return;
  }
}

// Of ISO/IEC 14496-12's: a box of a likely size, and a brand in plain letters. That of JPEG 2000
// and JPEG XL comes after a box of theirs, which has been found.
bool is_brand(Bytes file) {
  const std::uint64_t size = load_big(file, 0, 4);
  const auto printable = [](std::uint8_t c) { return c >= ' ' && c <= '~'; };
  return size >= 16 && size <= 4096 && size % 4 == 0 && size <= file.size() &&
         std::all_of(file.begin() + 8, file.begin() + 12, printable) && !has(file, 8, "jp"sv) &&
         !has(file, 8, "jxl "sv);
}

// The first segment ends where another marker is.
bool is_jpeg(Bytes file) {
  const std::uint64_t length = load_big(file, 4, 2);
  return length >= 2 && 4 + length < file.size() && file[4 + length] == 0xFF;
}

// Windows' or OS/2's header, with zeros in the fields that have to be.
bool is_bmp(Bytes file) {
  constexpr std::array kHeaders = {12, 16, 40, 52, 56, 64, 108, 124};
  return file.size() >= 26 && load_little(file, 6, 4) == 0 &&
         std::find(kHeaders.begin(), kHeaders.end(), load_little(file, 14, 4)) != kHeaders.end() &&
         load_little(file, 10, 4) < file.size();
}

// The mark of a format is there. Is the rest of what all its files begin with?
bool begins(Bytes file, const Format& format) {
  const std::string_view name = format.name;
  if (has(file, 4, "ftyp"sv)) return is_brand(file);
  if (name == "JPEG") return is_jpeg(file);
  if (name == "TIFF") return detail::tiff_directory(file) > 0;
  if (name == "BMP") return is_bmp(file);
  if (name == "JPEG 2000" && file[0] == 0xFF) {  // SIZ: 38 bytes, and 3 a channel
    const std::uint64_t size = load_big(file, 4, 2);
    return size >= 41 && size % 3 == 38 % 3;
  }
  if (name == "Matroska") {
    const auto start = file.begin();
    const auto end = start + static_cast<std::ptrdiff_t>(std::min<std::size_t>(64, file.size()));
    constexpr auto kType = "matroska"sv;
    return std::search(start, end, kType.begin(), kType.end()) != end;
  }
  if (name == "FLV") return load_big(file, 5, 4) == 9;
  if (name == "Ogg") return load_big(file, 4, 2) == 2;  // version 0; a stream's first page
  return name != "unknown";
}

// Where the frames lie of a video that begins at `offset` of the file.
std::vector<Span> frames_of(Bytes file, std::uint64_t offset, const Format& format) {
  std::vector<Span> frames =
      detail::spans_of_frames(Bytes(file.subspan(offset)), format).value_or(std::vector<Span>());
  for (Span& span : frames) span = {span.begin + offset, span.end + offset};
  return frames;
}

// Where pictures of the file itself begin as files do, in ascending order.
std::vector<std::uint64_t> own_places(Bytes file, const Format& outer) {
  if (outer.name == "TIFF") return detail::tiff_strips(file);
  std::vector<std::uint64_t> places;
  if (outer.name != "ICO" && outer.name != "CUR") return places;
  for (const Bytes picture : detail::icon_pictures(file))
    places.push_back(static_cast<std::uint64_t>(picture.data() - file.data()));
  std::sort(places.begin(), places.end());
  return places;
}

// Who writes a TIFF page by page (Pillow) leaves a header before each, of which all but the first
// are of no use: what is behind them is told from the beginning of the file.
std::vector<std::uint64_t> pages_of(Bytes file, const Format& outer) {
  std::vector<std::uint64_t> pages;
  if (outer.name == "TIFF") pages = detail::tiff_pages(file);
  std::sort(pages.begin(), pages.end());
  return pages;
}

// The first that ends behind `at`.
auto next_span(const std::vector<Span>& spans, std::uint64_t at) {
  return std::upper_bound(spans.begin(), spans.end(), at,
                          [](std::uint64_t place, const Span& span) { return place < span.end; });
}

// What lies between them.
std::vector<Span> gaps(const std::vector<Span>& spans, std::uint64_t file_bytes) {
  std::vector<Span> gaps;
  std::uint64_t from = 0;
  for (const Span& span : spans) {
    if (span.begin > from) gaps.push_back({from, span.begin});
    from = span.end;
  }
  if (from < file_bytes) gaps.push_back({from, file_bytes});
  return gaps;
}

// Both in ascending order, and so is what comes of them; spans that overlap become one.
void unite(std::vector<Span>& spans, const std::vector<Span>& others) {
  const auto by_begin = [](const Span& a, const Span& b) { return a.begin < b.begin; };
  const auto middle = static_cast<std::ptrdiff_t>(spans.size());
  spans.insert(spans.end(), others.begin(), others.end());
  std::inplace_merge(spans.begin(), spans.begin() + middle, spans.end(), by_begin);
  std::size_t kept = 0;
  for (const Span& span : spans) {
    if (kept > 0 && span.begin <= spans[kept - 1].end) {
      spans[kept - 1].end = std::max(spans[kept - 1].end, span.end);
    } else {
      spans[kept++] = span;
    }
  }
  spans.resize(kept);
}

}  // namespace

EmbeddedFiles find_embedded(Bytes file) {
  static const Marks kMarks;
  const Format outer = sniff(file);
  EmbeddedFiles found;
  const std::vector<std::uint64_t> own = own_places(file, outer);
  const std::vector<std::uint64_t> pages = pages_of(file, outer);
  // Among a video's frames nothing is searched, since they may be JPEGs.
  std::vector<Span> frames;
  if (outer.media == Media::video) {
    auto known = detail::spans_of_frames(file, outer);
    if (!known) return found;
    frames = *std::move(known);
  }
  const std::vector<Span> searched = gaps(frames, file.size());
  std::size_t left = kMostEmbedded + 1;
  const auto add = [&](std::size_t at) {
    if (at == 0 || std::binary_search(own.begin(), own.end(), at)) return true;
    const auto next = next_span(frames, at);
    if (next != frames.end() && next->begin <= at) return true;
    const Bytes inner(file.subspan(at));
    const Format format = sniff(inner);
    if (!begins(inner, format)) return true;
    if (format.name == "TIFF" &&
        std::binary_search(pages.begin(), pages.end(), at + detail::tiff_directory(inner)))
      return true;
    found.files.push_back({at, 0, format});
    if (format.media == Media::video) unite(frames, frames_of(file, at, format));
    found.more = --left == 0;
    return !found.more;
  };
  for (const Span& there : searched) {
    if (!found.more) kMarks.each(file, there, add);
  }
  if ((outer.name == "HEIC" || outer.name == "HEIF") && has_box(file, "moov"))
    found.files.push_back({0, 0, {Media::video, outer.name, true}});
  left = kMostEmbedded + 1;
  for (const Span& there : searched) {
    if (!found.more) each_bmp(file, there, add);
  }
  std::sort(found.files.begin(), found.files.end(),
            [](const Embedded& a, const Embedded& b) { return a.offset < b.offset; });
  // A JPEG 2000 file has one codestream of its own: the next.
  bool own_codestream = outer.name == "JPEG 2000" && file[0] != 0xFF;
  std::erase_if(found.files, [&](const Embedded& embedded) {
    if (embedded.format.name != "JPEG 2000") return false;
    const bool bare = file[embedded.offset] == 0xFF;
    return std::exchange(own_codestream, !bare) && bare;
  });
  found.more = found.more || found.files.size() > kMostEmbedded;
  if (found.files.size() > kMostEmbedded) found.files.resize(kMostEmbedded);
  for (Embedded& embedded : found.files) embedded.end = next_span(searched, embedded.offset)->end;
  return found;
}

}  // namespace reseau
