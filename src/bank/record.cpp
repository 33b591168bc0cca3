#include "bank/record.h"

#include <algorithm>
#include <array>
#include <bit>
#include <ctime>

#include "bank/rules.h"
#include "core/little_endian.h"

namespace reseau::detail {
namespace {

enum class Kind : std::uint8_t { entry = 1, removal = 2 };  // 0: a blanked row

// One bit a field that may be absent; those present follow in this order.
enum Field : std::uint16_t {
  kGrid = 1 << 0,
  kPdq = 1 << 1,
  kQuality = 1 << 2,
  kPdqQuality = 1 << 3,
  kSha256 = 1 << 4,
  kSha1 = 1 << 5,
  kMd5 = 1 << 6,
  kWidth = 1 << 7,
  kHeight = 1 << 8,
  kBytes = 1 << 9,
  kTrimmed = 1 << 10,
  kWindows = 1 << 11,
  kVideo = 1 << 12,
  kAll = (1 << 13) - 1,
};

constexpr std::size_t kIdAt = 1;

class Writer {
 public:
  void integer(std::uint64_t value, std::size_t width) { put(bytes, value, width); }
  void raw(Bytes value) { put(bytes, value); }
  void text(const std::string& value) {
    integer(value.size(), 4);
    raw(Bytes(value));
  }
  std::vector<std::uint8_t> bytes;
};

struct Malformed {
  Code code = Code::bank_damaged;
};

class Reader : public LittleEndianReader<Malformed> {
 public:
  using LittleEndianReader::LittleEndianReader;
  int small(std::size_t width) { return static_cast<int>(integer(width)); }
  std::string text() {
    const Bytes bytes = raw(integer(4));
    return {bytes.begin(), bytes.end()};
  }
  template <std::size_t kSize>
  std::array<std::uint8_t, kSize> array() {
    std::array<std::uint8_t, kSize> value{};
    const Bytes bytes = raw(kSize);
    std::copy(bytes.begin(), bytes.end(), value.begin());
    return value;
  }
  Signature signature(Algorithm algorithm) {
    const int version = small(1);
    const Bytes bytes = raw(integer(2));
    if (version != current_version(algorithm)) throw Malformed{Code::bank_newer};
    auto signature = Signature::from_bytes(algorithm, bytes);
    if (!signature) throw Malformed{};
    return *signature;
  }
  Window window() {
    const auto single = [this] {
      return std::bit_cast<float>(static_cast<std::uint32_t>(integer(4)));
    };
    Window window;
    window.where.x = single();
    window.where.y = single();
    window.where.width = single();
    window.where.height = single();
    window.tilt = single();
    window.grid = signature(Algorithm::grid);
    return window;
  }
};

void write_signature(Writer& out, const Signature& signature) {
  out.integer(static_cast<std::uint64_t>(signature.version()), 1);
  out.integer(signature.bytes().size(), 2);
  out.raw(signature.bytes());
}

void write_window(Writer& out, const Window& window) {
  for (const float single :
       {window.where.x, window.where.y, window.where.width, window.where.height, window.tilt}) {
    out.integer(std::bit_cast<std::uint32_t>(single), 4);
  }
  write_signature(out, window.grid);
}

void write_data(Writer& out, const EntryData& d) {
  unsigned fields = 0;
  const auto mark = [&fields](const auto& value, Field field) {
    if (value) fields |= field;
  };
  mark(d.grid, kGrid);
  mark(d.pdq, kPdq);
  mark(d.quality, kQuality);
  mark(d.pdq_quality, kPdqQuality);
  mark(d.sha256, kSha256);
  mark(d.sha1, kSha1);
  mark(d.md5, kMd5);
  mark(d.width, kWidth);
  mark(d.height, kHeight);
  mark(d.bytes, kBytes);
  mark(d.trimmed, kTrimmed);
  mark(!d.windows.empty(), kWindows);
  mark(d.video, kVideo);
  out.integer(fields, 2);
  const auto integer = [&out](const auto& value, std::size_t width) {
    if (value) out.integer(static_cast<std::uint64_t>(*value), width);
  };
  if (d.grid) write_signature(out, *d.grid);
  if (d.pdq) write_signature(out, *d.pdq);
  integer(d.quality, 1);
  integer(d.pdq_quality, 1);
  if (d.sha256) out.raw(Bytes(*d.sha256));
  if (d.sha1) out.raw(Bytes(*d.sha1));
  if (d.md5) out.raw(Bytes(*d.md5));
  integer(d.width, 4);
  integer(d.height, 4);
  integer(d.bytes, 8);
  if (d.trimmed) write_window(out, *d.trimmed);
  if (!d.windows.empty()) out.integer(d.windows.size(), 1);
  for (const Window& window : d.windows) write_window(out, window);
  if (d.video) {
    const auto bytes = d.video->bytes();
    out.integer(bytes.size(), 4);
    out.raw(Bytes(bytes));
  }
  out.text(d.origin);
  out.integer(d.labels.size(), 4);
  for (const std::string& label : d.labels) out.text(label);
}

EntryData read_data(Reader& in) {
  EntryData d;
  const std::uint64_t fields = in.integer(2);
  if (fields > kAll) throw Malformed{};
  if ((fields & kGrid) != 0) d.grid = in.signature(Algorithm::grid);
  if ((fields & kPdq) != 0) d.pdq = in.signature(Algorithm::pdq);
  if ((fields & kQuality) != 0) d.quality = in.small(1);
  if ((fields & kPdqQuality) != 0) d.pdq_quality = in.small(1);
  if ((fields & kSha256) != 0) d.sha256 = in.array<32>();
  if ((fields & kSha1) != 0) d.sha1 = in.array<20>();
  if ((fields & kMd5) != 0) d.md5 = in.array<16>();
  if ((fields & kWidth) != 0) d.width = in.small(4);
  if ((fields & kHeight) != 0) d.height = in.small(4);
  if ((fields & kBytes) != 0) d.bytes = in.integer(8);
  if ((fields & kTrimmed) != 0) d.trimmed = in.window();
  if ((fields & kWindows) != 0) {
    for (std::uint64_t count = in.integer(1); count > 0; --count) d.windows.push_back(in.window());
    if (d.windows.empty() || d.windows.size() > kMaxWindows) throw Malformed{};
  }
  if ((fields & kVideo) != 0) {
    auto video = VideoSignature::from_bytes(in.raw(in.integer(4)));
    if (!video) {
      throw Malformed{video.error().code == Code::unlike_signatures ? Code::bank_newer
                                                                    : Code::bank_damaged};
    }
    d.video = std::move(*video);
  }
  d.origin = in.text();
  // Not reserved: the count is a claim, and each label takes at least four bytes to read.
  for (std::uint64_t count = in.integer(4); count > 0; --count) d.labels.push_back(in.text());
  return d;
}

}  // namespace

std::vector<std::uint8_t> encode(const Record& record) {
  Writer out;
  out.integer(static_cast<std::uint64_t>(record.data ? Kind::entry : Kind::removal), 1);
  out.integer(static_cast<std::uint64_t>(record.id), 8);
  out.integer(static_cast<std::uint64_t>(record.time), 8);
  if (record.data) write_data(out, *record.data);
  return std::move(out.bytes);
}

Result<Record> decode(std::int64_t row, Bytes bytes) {
  const Error malformed{Code::bank_damaged,
                        "has a digest that fits, but is not of the form of an entry"};
  try {
    Reader in(bytes);
    Record record;
    record.row = row;
    const auto kind = static_cast<Kind>(in.integer(1));
    record.id = static_cast<EntryId>(in.integer(8));
    record.time = static_cast<std::int64_t>(in.integer(8));
    if (kind == Kind::entry) record.data = read_data(in);
    if (record.data) check(*record.data, {});
    if ((kind != Kind::entry && kind != Kind::removal) || record.id < 1 ||
        record.id > kMaxEntryId || in.left() != 0)
      throw Malformed{};
    return record;
  } catch (const Malformed& why) {
    if (why.code != Code::bank_newer) return malformed;
    return Error{why.code, "has a signature of a version that this program does not know"};
  } catch (const Failure&) {  // of check(), for who adds entries
    return malformed;
  }
}

EntryId claimed_id(Bytes bytes) {
  if (bytes.size() < kIdAt + 8) return 0;
  return static_cast<EntryId>(Reader(Bytes(bytes.data() + kIdAt, 8)).integer(8));
}

std::string iso_time(std::int64_t time) {
  const auto seconds = static_cast<std::time_t>(time);
  std::tm parts{};
  std::array<char, 64> text{};
  if (gmtime_r(&seconds, &parts) == nullptr) return "unknown";
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::int64_t now() { return static_cast<std::int64_t>(std::time(nullptr)); }

}  // namespace reseau::detail
