// The bytes of a VideoSignature. docs/video.md draws them.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <reseau/video.h>

#include "core/little_endian.h"

namespace reseau {
namespace {

using detail::put;

constexpr std::array<std::uint8_t, 4> kMagic = {'R', 'S', 'V', 'S'};
constexpr std::uint8_t kVersion = 1;
constexpr double kMilli = 1000;
constexpr std::uint64_t kMostMilli = 0xFFFFFFFF;
constexpr std::size_t kHeader = 24;
constexpr std::size_t kLeastFrame = 11;  // without any signature

enum Flag : std::uint8_t {
  kShot = 1,
  kGrid = 2,
  kPdq = 4,
  kInside = 8,
  kPanel = 16,
  kAll = 31,
};

std::uint64_t milli(double seconds) {
  return static_cast<std::uint64_t>(
      std::lround(std::clamp(seconds * kMilli, 0.0, static_cast<double>(kMostMilli))));
}

void put_share(std::vector<std::uint8_t>& to, float share) {
  constexpr float kWhole = 65'535;
  put(to, static_cast<std::uint64_t>(std::lround(std::clamp(share, 0.0F, 1.0F) * kWhole)), 2);
}

struct Malformed {};

class Reader : public detail::LittleEndianReader<Malformed> {
 public:
  using LittleEndianReader::LittleEndianReader;
  double seconds() { return static_cast<double>(integer(4)) / kMilli; }
  float share() { return static_cast<float>(integer(2)) / 65'535.0F; }
  int side() {
    constexpr std::uint64_t kMost = 0x7FFFFFFF;
    const std::uint64_t value = integer(4);
    if (value > kMost) throw Malformed{};
    return static_cast<int>(value);
  }
  int percent() {
    const auto value = static_cast<int>(integer(1));
    if (value > 100) throw Malformed{};
    return value;
  }
  Signature signature(Algorithm algorithm) {
    auto signature = Signature::from_bytes(algorithm, raw(width_of(algorithm)));
    if (!signature) throw Malformed{};
    return *signature;
  }
};

void put_frame(std::vector<std::uint8_t>& out, const VideoFrame& frame) {
  const bool grid = !frame.grid.bytes().empty();
  const bool pdq = !frame.pdq.bytes().empty();
  unsigned flags = 0;
  if (frame.shot) flags |= kShot;
  if (grid) flags |= kGrid;
  if (pdq) flags |= kPdq;
  if (frame.inside) flags |= kInside;
  if (frame.inside && frame.inside->panel) flags |= kPanel;
  put(out, milli(frame.time), 4);
  put(out, milli(frame.until), 4);
  put(out, flags, 1);
  put(out, static_cast<std::uint64_t>(std::clamp(frame.quality, 0, 100)), 1);
  put(out, static_cast<std::uint64_t>(std::clamp(frame.pdq_quality, 0, 100)), 1);
  if (grid) put(out, frame.grid.bytes());
  if (pdq) put(out, frame.pdq.bytes());
  if (!frame.inside) return;
  const Rectangle& where = frame.inside->where;
  for (const float share : {where.x, where.y, where.width, where.height}) put_share(out, share);
  put(out, static_cast<std::uint64_t>(std::clamp(frame.inside->quality, 0, 100)), 1);
  put(out, frame.inside->grid.bytes());
}

VideoFrame read_frame(Reader& in) {
  VideoFrame frame;
  frame.time = in.seconds();
  frame.until = in.seconds();
  const auto flags = static_cast<unsigned>(in.integer(1));
  if (flags > kAll || ((flags & kPanel) != 0 && (flags & kInside) == 0)) throw Malformed{};
  frame.shot = (flags & kShot) != 0;
  frame.quality = in.percent();
  frame.pdq_quality = in.percent();
  if ((flags & kGrid) != 0) frame.grid = in.signature(Algorithm::grid);
  if ((flags & kPdq) != 0) frame.pdq = in.signature(Algorithm::pdq);
  if ((flags & kInside) == 0) return frame;
  VideoFrame::Inside inside;
  inside.where.x = in.share();
  inside.where.y = in.share();
  inside.where.width = in.share();
  inside.where.height = in.share();
  inside.quality = in.percent();
  inside.grid = in.signature(Algorithm::grid);
  inside.panel = (flags & kPanel) != 0;
  frame.inside = inside;
  return frame;
}

VideoSignature read_body(Reader& in) {
  VideoSignature video;
  video.width = in.side();
  video.height = in.side();
  video.duration = in.seconds();
  const std::uint64_t count = in.integer(4);
  if (count > in.left() / kLeastFrame) throw Malformed{};  // before anything of its size is made
  video.frames.reserve(count);
  double before = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    video.frames.push_back(read_frame(in));
    const VideoFrame& frame = video.frames.back();
    if (frame.time < before || frame.until < frame.time) throw Malformed{};
    before = frame.time;
  }
  if (in.left() != 0) throw Malformed{};
  return video;
}

}  // namespace

std::vector<std::uint8_t> VideoSignature::bytes() const {
  std::vector<std::uint8_t> out;
  out.reserve(kHeader + frames.size() * 250);
  put(out, Bytes(kMagic));
  put(out, kVersion, 1);
  put(out, static_cast<std::uint64_t>(current_version(Algorithm::grid)), 1);
  put(out, static_cast<std::uint64_t>(current_version(Algorithm::pdq)), 1);
  put(out, 0, 1);
  put(out, static_cast<std::uint64_t>(std::max(width, 0)), 4);
  put(out, static_cast<std::uint64_t>(std::max(height, 0)), 4);
  put(out, milli(duration), 4);
  put(out, frames.size(), 4);
  for (const VideoFrame& frame : frames) put_frame(out, frame);
  return out;
}

Result<VideoSignature> VideoSignature::from_bytes(Bytes bytes) {
  const Error malformed{Code::invalid_argument,
                        "these are not the bytes of a video's signature; get a whole copy of them"};
  if (bytes.size() < kHeader || !std::equal(kMagic.begin(), kMagic.end(), bytes.begin()))
    return malformed;
  if (bytes[4] != kVersion || bytes[5] != current_version(Algorithm::grid) ||
      bytes[6] != current_version(Algorithm::pdq)) {
    return Error{
        Code::unlike_signatures,
        "it is a video's signature of another version; hash the video again with this one"};
  }
  if (bytes[7] != 0) return malformed;
  try {
    Reader in(Bytes(bytes.data() + 8, bytes.size() - 8));
    return read_body(in);
  } catch (const Malformed&) {
    return malformed;
  }
}

}  // namespace reseau
