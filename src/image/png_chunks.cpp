// PNG (W3C Recommendation, third edition), section 5.3: length, type, data, CRC.
#include "image/png_chunks.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include <zlib.h>

#include "image/common.h"
#include "image/exif.h"

namespace reseau::detail {
namespace {

constexpr std::size_t kSignature = 8;

constexpr std::uint32_t type_of(const char (&name)[5]) {  // NOLINT(*-avoid-c-arrays)
  std::uint32_t type = 0;
  for (int i = 0; i < 4; ++i) type = type << 8 | static_cast<std::uint8_t>(name[i]);
  return type;
}

struct Chunk {
  std::uint32_t type = 0;
  Bytes data;  // shorter than it should be if the file is cut within it
  bool whole = false;
};

// False at the end of the file.
bool read_chunk(Bytes file, std::size_t& at, Chunk& chunk) {
  if (at + 8 > file.size()) return false;
  const std::size_t length = load_big(file, at, 4);
  chunk.type = static_cast<std::uint32_t>(load_big(file, at + 4, 4));
  const std::size_t there = std::min(length, file.size() - at - 8);
  chunk.data = Bytes(file.subspan(at + 8, there));
  chunk.whole = at + 8 + length + 4 <= file.size();
  at = chunk.whole ? at + 8 + length + 4 : file.size();
  return true;
}

bool checksum_fits(const Chunk& chunk) {
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  return chunk.whole;
#else
  // The type is part of what the checksum covers, and stands right before the data.
  uLong sum = crc32_z(0, chunk.data.data() - 4, chunk.data.size() + 4);
  return sum == load_big(Bytes(chunk.data.data() + chunk.data.size(), 4), 0, 4);
#endif
}

// Of an fcTL chunk: the seconds that its frame is shown.
double delay_of(Bytes control) {
  const auto hundredths = static_cast<double>(load_big(control, 20, 2));
  const std::uint64_t unit = load_big(control, 22, 2);
  return hundredths / static_cast<double>(unit == 0 ? 100 : unit);
}

}  // namespace

PngFacts png_facts(Bytes file) {
  PngFacts facts;
  bool in_animation = false;  // the still picture is the animation's first frame
  bool pixels_seen = false;
  std::optional<std::uint64_t> frames;  // of the animation, if there is one
  Chunk chunk;
  for (std::size_t at = kSignature; read_chunk(file, at, chunk) && chunk.whole;) {
    if (chunk.type == type_of("IEND")) break;
    if (chunk.type == type_of("IDAT")) pixels_seen = true;
    if (chunk.type == type_of("eXIf")) facts.orientation = exif_orientation(chunk.data);
    if (pixels_seen) continue;
    if (chunk.type == type_of("acTL")) frames = load_big(chunk.data, 0, 4);
    if (chunk.type == type_of("fcTL")) {
      in_animation = true;
      facts.still_shown_for = delay_of(chunk.data);
    }
  }
  // A still picture outside the animation is shown only by programs that know no APNG.
  const std::uint64_t shown = frames ? *frames + (in_animation ? 0 : 1) : 1;
  facts.still_in_animation = frames && in_animation;
  facts.frames = static_cast<int>(std::clamp<std::uint64_t>(shown, 1, kMaxFrames));
  return facts;
}

namespace {

void put_big(std::vector<std::uint8_t>& to, std::uint64_t value, int width) {
  for (int i = width - 1; i >= 0; --i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put_chunk(std::vector<std::uint8_t>& to, std::uint32_t type, Bytes data) {
  put_big(to, data.size(), 4);
  const std::size_t covered = to.size();
  put_big(to, type, 4);
  to.insert(to.end(), data.begin(), data.end());
  put_big(to, crc32_z(0, to.data() + covered, to.size() - covered), 4);
}

}  // namespace

ApngFrames::ApngFrames(Bytes file) : file_(file), at_(kSignature) {
  Chunk chunk;
  for (std::size_t at = at_; read_chunk(file_, at, chunk) && chunk.whole;) {
    if (chunk.type == type_of("IDAT")) break;
    if (chunk.type == type_of("IHDR")) header_ = chunk.data;
    if (chunk.type == type_of("PLTE") || chunk.type == type_of("tRNS"))
      put_chunk(common_, chunk.type, chunk.data);
  }
}

bool ApngFrames::next(ApngFrame& frame) {
  constexpr std::size_t kHeader = 13;
  constexpr std::size_t kControl = 26;
  Chunk chunk;
  do {
    if (!read_chunk(file_, at_, chunk) || !chunk.whole) return false;
  } while (chunk.type != type_of("fcTL"));
  if (!checksum_fits(chunk) || chunk.data.size() < kControl || header_.size() < kHeader)
    return false;
  frame.width = static_cast<int>(load_big(chunk.data, 4, 4) & 0x7FFFFFFFU);
  frame.height = static_cast<int>(load_big(chunk.data, 8, 4) & 0x7FFFFFFFU);
  frame.left = static_cast<int>(load_big(chunk.data, 12, 4) & 0x7FFFFFFFU);
  frame.top = static_cast<int>(load_big(chunk.data, 16, 4) & 0x7FFFFFFFU);
  const unsigned dispose = chunk.data[24];
  frame.dispose = dispose == 1 ? Dispose::clear : dispose == 2 ? Dispose::restore : Dispose::keep;
  frame.blend = chunk.data[25] == 1;
  frame.shown_for = delay_of(chunk.data);

  frame.file.assign(file_.begin(), file_.begin() + kSignature);
  std::vector<std::uint8_t> header(header_.begin(), header_.begin() + kHeader);
  std::copy_n(chunk.data.begin() + 4, 8, header.begin());  // width and height
  put_chunk(frame.file, type_of("IHDR"), Bytes(header));
  frame.file.insert(frame.file.end(), common_.begin(), common_.end());
  bool any = false;
  for (std::size_t ahead = at_; read_chunk(file_, ahead, chunk) && chunk.whole; at_ = ahead) {
    if (chunk.type == type_of("fcTL") || chunk.type == type_of("IEND")) break;
    if (chunk.type == type_of("IDAT")) {
      frame.file.clear();
      return true;
    }
    if (chunk.type != type_of("fdAT")) continue;
    if (!checksum_fits(chunk) || chunk.data.size() < 4) return false;
    put_chunk(frame.file, type_of("IDAT"), Bytes(chunk.data.subspan(4)));
    any = true;
  }
  put_chunk(frame.file, type_of("IEND"), {});
  return any;
}

PngPixelStream::PngPixelStream(Bytes file) : file_(file) {
  if (file.size() < kSignature) return;
  std::copy_n(file.begin(), kSignature, header_);
  header_left_ = kSignature;
  next_ = kSignature;
}

bool PngPixelStream::next_chunk() {
  Chunk chunk;
  for (;;) {
    if (!read_chunk(file_, next_, chunk)) return false;
    const bool pixels = chunk.type == type_of("IDAT");
    const bool wanted = pixels || chunk.type == type_of("IHDR") || chunk.type == type_of("PLTE") ||
                        chunk.type == type_of("tRNS") || chunk.type == type_of("IEND");
    if (!wanted) continue;
    const bool sound = chunk.whole ? checksum_fits(chunk) : pixels && !chunk.data.empty();
    if (!sound) {
      next_ = file_.size();
      return false;
    }
    const auto length = static_cast<std::uint32_t>(chunk.data.size());
    for (int i = 0; i < 4; ++i) {
      header_[i] = static_cast<std::uint8_t>(length >> (24 - 8 * i));
      header_[4 + i] = static_cast<std::uint8_t>(chunk.type >> (24 - 8 * i));
    }
    header_left_ = 8;
    body_ = chunk.data;
    checksum_left_ = 4;
    return true;
  }
}

bool PngPixelStream::read(std::uint8_t* to, std::size_t count) {
  while (count > 0) {
    if (header_left_ + body_.size() + checksum_left_ == 0 && !next_chunk()) return false;
    std::size_t taken = 0;
    if (header_left_ > 0) {
      taken = std::min(count, header_left_);
      std::memcpy(to, header_ + 8 - header_left_, taken);
      header_left_ -= taken;
    } else if (!body_.empty()) {
      taken = std::min(count, body_.size());
      std::memcpy(to, body_.data(), taken);
      body_ = Bytes(body_.subspan(taken));
    } else {
      taken = std::min(count, checksum_left_);
      std::memset(to, 0, taken);
      checksum_left_ -= taken;
    }
    to += taken;
    count -= taken;
  }
  return true;
}

}  // namespace reseau::detail
