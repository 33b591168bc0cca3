#include "bank/rules.h"

#include <reseau/hash.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace reseau {

std::string_view name(Bank::DigestKind kind) {
  switch (kind) {
    case Bank::DigestKind::sha256:
      return "sha256";
    case Bank::DigestKind::sha1:
      return "sha1";
    case Bank::DigestKind::md5:
      return "md5";
  }
  return "unknown";
}

namespace detail {
namespace {

constexpr std::size_t kMaxText = 64 << 10;  // bytes of origin, and of an entry's labels together

// Lists do hold them, and every empty file of the world would match.
const Digests& of_nothing() {
  static const Digests digests = reseau::digests({});
  return digests;
}

void check_signature(const std::optional<Signature>& signature, Algorithm algorithm,
                     const std::string& what) {
  if (!signature ||
      (signature->algorithm() == algorithm && signature->version() == current_version(algorithm) &&
       signature->bytes().size() == width_of(algorithm)))
    return;
  throw Failure({Code::unlike_signatures,
                 what + " has something else than a " + std::string(name(algorithm)) +
                     " signature of version " + std::to_string(current_version(algorithm)) +
                     " in its place; hash the picture again with this version"});
}

void check_video(const VideoSignature& video, const std::string& what) {
  const auto refuse = [&what](const std::string& why) {
    throw Failure({Code::invalid_argument, what + " " + why});
  };
  if (video.frames.empty()) refuse("is a video without frames; leave the video out");
  if (video.frames.size() > kMaxVideoFrames)
    refuse("has over " + std::to_string(kMaxVideoFrames) + " frames; sample it more seldom");
}

/// Not so for not-a-number.
bool lies_within(const Window& window) {
  constexpr float kRounding = 1e-5F;
  constexpr float kMostTilt = 45;
  const Rectangle& where = window.where;
  return std::abs(window.tilt) <= kMostTilt && where.x >= 0 && where.y >= 0 && where.width > 0 &&
         where.height > 0 && where.x + where.width <= 1 + kRounding &&
         where.y + where.height <= 1 + kRounding;
}

void check_range(const auto& value, std::int64_t low, std::uint64_t high, const char* field,
                 const std::string& what) {
  if (!value) return;
  if ((*value >= 0 && static_cast<std::uint64_t>(*value) <= high) &&
      (low <= 0 || static_cast<std::uint64_t>(*value) >= static_cast<std::uint64_t>(low)))
    return;
  throw Failure({Code::invalid_argument, what + " has a " + field + " of " +
                                             std::to_string(*value) + "; it goes from " +
                                             std::to_string(low) + " to " + std::to_string(high)});
}

}  // namespace

void check_new(const EntryData& data, const std::string& what) {
  check(data, what);
  if (!data.video) return;
  // What its bytes cannot say cannot be kept. Times are checked to the millisecond that they have.
  const auto kept = VideoSignature::from_bytes(Bytes(data.video->bytes()));
  if (kept && kept->frames.size() == data.video->frames.size()) return;
  throw Failure({Code::invalid_argument,
                 what + " is a video of which times or signatures make no sense; hash it again"});
}

void check(const EntryData& data, const std::string& what) {
  const auto refuse = [&what](const std::string& why) {
    throw Failure({Code::invalid_argument, what + " " + why});
  };
  if (data.video) check_video(*data.video, what);
  if (!data.grid && !data.pdq && !data.video && !data.sha256 && !data.sha1 && !data.md5)
    refuse("has no signature and no digest, and so could never be found; give it one");
  if (data.sha256 == of_nothing().sha256 || data.sha1 == of_nothing().sha1 ||
      data.md5 == of_nothing().md5)
    refuse("has the digest of an empty file, which every empty file would match; leave it out");
  check_signature(data.grid, Algorithm::grid, what);
  check_signature(data.pdq, Algorithm::pdq, what);
  if (data.windows.size() > kMaxWindows)
    refuse("has over " + std::to_string(kMaxWindows) + " windows; leave some out");
  const auto check_window = [&](const Window& window) {
    check_signature(window.grid, Algorithm::grid, what);
    if (!lies_within(window)) refuse("has a window that is not a part of a picture");
  };
  if (data.trimmed) check_window(*data.trimmed);
  for (const Window& window : data.windows) check_window(window);
  check_range(data.quality, 0, 100, "quality", what);
  check_range(data.pdq_quality, 0, 100, "pdq_quality", what);
  check_range(data.width, 1, std::numeric_limits<int>::max(), "width", what);
  check_range(data.height, 1, std::numeric_limits<int>::max(), "height", what);
  check_range(data.bytes, 0, std::numeric_limits<std::int64_t>::max(), "number of bytes", what);
  std::size_t label_bytes = 0;
  for (const std::string& label : data.labels) label_bytes += label.size() + 4;
  if (data.origin.size() > kMaxText || label_bytes > kMaxText)
    refuse("has an origin or labels of over " + std::to_string(kMaxText) + " bytes; shorten them");
}

bool same_entry(const EntryData& fresh, const EntryData& known) {
  if (fresh.sha256) return fresh.sha256 == known.sha256;
  if (fresh.sha1 && known.sha1) return fresh.sha1 == known.sha1;
  if (fresh.md5 && known.md5) return fresh.md5 == known.md5;
  return !fresh.sha1 && !fresh.md5 && fresh.grid == known.grid && fresh.pdq == known.pdq &&
         fresh.video == known.video;
}

std::optional<Bank::DigestKind> agreeing(const Digests& digests, const EntryData& known) {
  using Kind = Bank::DigestKind;
  const auto decide = [](bool same, Kind kind) {
    return same ? std::optional(kind) : std::nullopt;
  };
  if (known.sha256) return decide(*known.sha256 == digests.sha256, Kind::sha256);
  if (known.sha1) return decide(*known.sha1 == digests.sha1, Kind::sha1);
  if (known.md5) return decide(*known.md5 == digests.md5, Kind::md5);
  return std::nullopt;
}

void tidy(std::vector<std::string>& labels) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
}

}  // namespace detail
}  // namespace reseau
