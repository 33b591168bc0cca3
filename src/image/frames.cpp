#include "image/frames.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string_view>

#include "image/boxes.h"
#include "image/common.h"

namespace reseau::detail {
namespace {

using namespace std::string_view_literals;

constexpr int kMost = 65'536;

// The last `mdat` of a file that is cut short is longer than what is there.
std::vector<Span> spans_of_mp4(Bytes file) {
  std::vector<Span> spans;
  std::uint64_t at = 0;
  for (int i = 0; i < kMost; ++i) {
    const bool frames = has(file, at + 4, "mdat"sv);
    std::uint64_t size = box_size(file, at);
    if (size == 0 && frames) size = file.size() - at;
    if (size == 0) break;
    if (frames) spans.push_back({at, at + size});
    at += size;
  }
  return spans;
}

// RFC 8794, sections 4 to 6: an element's name, and how long it is.
struct Element {
  std::uint64_t id = 0;
  std::uint64_t begin = 0;           // of what it holds
  std::optional<std::uint64_t> end;  // none: unknown
};

// A number of one to eight bytes, as the first says.
struct Number {
  std::uint64_t value = 0;
  int bytes = 0;
};

std::optional<Number> number_at(Bytes file, std::uint64_t at, bool with_marker) {
  if (at >= file.size()) return std::nullopt;
  const int bytes = std::countl_zero(file[at]) + 1;
  if (bytes > 8 || at + static_cast<std::uint64_t>(bytes) > file.size()) return std::nullopt;
  std::uint64_t value = load_big(file, at, bytes);
  if (!with_marker) value &= (std::uint64_t{1} << (7 * bytes)) - 1;
  return Number{value, bytes};
}

std::optional<Element> element_at(Bytes file, std::uint64_t at) {
  const auto id = number_at(file, at, true);
  if (!id || id->bytes > 4) return std::nullopt;
  const auto size = number_at(file, at + static_cast<std::uint64_t>(id->bytes), false);
  if (!size) return std::nullopt;
  Element element{id->value, at + static_cast<std::uint64_t>(id->bytes + size->bytes), {}};
  const bool unknown = size->value == (std::uint64_t{1} << (7 * size->bytes)) - 1;
  if (!unknown) element.end = element.begin + std::min(size->value, file.size() - element.begin);
  return element;
}

// RFC 9559: the header, and a segment with clusters in it. One of unknown length, as live streams
// have, is taken to go to the segment's end, and so is what cannot be read.
std::vector<Span> spans_of_matroska(Bytes file) {
  constexpr std::uint64_t kSegment = 0x18538067;
  constexpr std::uint64_t kCluster = 0x1F43B675;
  std::vector<Span> spans;
  const auto header = element_at(file, 0);
  if (!header || !header->end) return {{0, file.size()}};
  const auto segment = element_at(file, *header->end);
  if (!segment || segment->id != kSegment) return {{*header->end, file.size()}};
  const std::uint64_t end = segment->end.value_or(file.size());
  std::uint64_t at = segment->begin;
  for (int i = 0; i < kMost && at < end; ++i) {
    const auto element = element_at(file, at);
    if (!element || !element->end) {
      spans.push_back({at, end});
      break;
    }
    if (element->id == kCluster) spans.push_back({at, *element->end});
    at = *element->end;
  }
  return spans;
}

// One RIFF after another, each with a list of frames. A recorder that was killed leaves a length of
// zero.
std::vector<Span> spans_of_avi(Bytes file) {
  std::vector<Span> spans;
  const auto end_of = [&file](std::uint64_t at) {
    const std::uint64_t size = load_little(file, at + 4, 4);
    return std::min<std::uint64_t>(at + 8 + size + size % 2, file.size());
  };
  int i = 0;
  std::uint64_t riff = 0;
  while (i++ < kMost && has(file, riff, "RIFF"sv) && has(file, riff + 8, "AVI"sv)) {
    const std::uint64_t end = load_little(file, riff + 4, 4) == 0 ? file.size() : end_of(riff);
    for (std::uint64_t at = riff + 12; i < kMost && at + 8 <= end; ++i) {
      const bool frames = has(file, at, "LIST"sv) && has(file, at + 8, "movi"sv);
      const bool open = frames && load_little(file, at + 4, 4) == 0;
      const std::uint64_t next = open ? end : end_of(at);
      if (frames) spans.push_back({at, next});
      at = next;
    }
    riff = end;
  }
  return spans;
}

}  // namespace

std::optional<std::vector<Span>> spans_of_frames(Bytes file, const Format& format) {
  const std::string_view name = format.name;
  if (name == "MP4" || name == "MOV" || name == "3GP") return spans_of_mp4(file);
  if (name == "Matroska" || name == "WebM") return spans_of_matroska(file);
  if (name == "AVI") return spans_of_avi(file);
  return std::nullopt;
}

}  // namespace reseau::detail
