#include "pickle.h"

#include <cstring>
#include <mutex>
#include <set>
#include <string_view>
#include <type_traits>

#include <reseau/version.h>

namespace reseau::python {
namespace {

/// Either way through one description of the fields (`walk` below), so that they cannot differ.
class Writer {
 public:
  static constexpr bool kWrites = true;
  std::string bytes;

  void raw(const void* from, std::size_t size) {
    bytes.append(static_cast<const char*>(from), size);
  }
  void raw(void* from, std::size_t size) { raw(static_cast<const void*>(from), size); }
};

class Reader {
 public:
  static constexpr bool kWrites = false;
  explicit Reader(Bytes bytes) : left_(bytes.data(), bytes.size()) {}

  void raw(void* to, std::size_t size) {
    good_ = good_ && size <= left_.size();
    if (!good_) return;
    std::memcpy(to, left_.data(), size);
    left_ = {left_.data() + size, left_.size() - size};
  }
  [[nodiscard]] std::size_t left() const { return left_.size(); }
  void fail() { good_ = false; }
  [[nodiscard]] bool done() const { return good_ && left_.empty(); }

 private:
  Bytes left_;
  bool good_ = true;
};

template <typename Pass, typename T>
requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void walk(Pass& pass, T& value) {
  pass.raw(&value, sizeof value);
}

template <typename Pass, typename T, std::size_t N>
void walk(Pass& pass, std::array<T, N>& values) {
  for (T& value : values) walk(pass, value);
}

template <typename Pass>
void walk(Pass& pass, std::string& text) {
  std::uint64_t size = text.size();
  walk(pass, size);
  if constexpr (!Pass::kWrites) {
    if (size > pass.left()) return pass.fail();
    text.resize(size);
  }
  pass.raw(text.data(), size);
}

template <typename Pass>
void walk(Pass& pass, Signature& signature) {
  Algorithm algorithm = signature.algorithm();
  std::string bytes(signature.bytes().begin(), signature.bytes().end());
  walk(pass, algorithm);
  walk(pass, bytes);
  if constexpr (!Pass::kWrites) {
    if (bytes.empty()) return;
    if (algorithm > Algorithm::pdq) return pass.fail();
    Result<Signature> made = Signature::from_bytes(algorithm, Bytes(bytes));
    if (!made) return pass.fail();
    signature = *made;
  }
}

template <typename Pass, typename T>
void walk(Pass& pass, std::optional<T>& value) {
  bool there = value.has_value();
  walk(pass, there);
  if constexpr (!Pass::kWrites) {
    if (there) value.emplace();
  }
  if (there) walk(pass, *value);
}

template <typename Pass, typename T>
void walk(Pass& pass, std::vector<T>& values) {
  std::uint64_t size = values.size();
  walk(pass, size);
  if constexpr (!Pass::kWrites) {
    if (size > pass.left()) return pass.fail();
    values.resize(size);
  }
  for (T& value : values) walk(pass, value);
}

template <typename Pass>
void walk(Pass& pass, Rectangle& where) {
  for (float* side : {&where.x, &where.y, &where.width, &where.height}) walk(pass, *side);
}

template <typename Pass>
void walk(Pass& pass, Hashed& hashed) {
  walk(pass, hashed.signature);
  walk(pass, hashed.quality);
}

template <typename Pass>
void walk(Pass& pass, HashedViews& views) {
  walk(pass, views.signatures);
  walk(pass, views.quality);
}

template <typename Pass>
void walk(Pass& pass, HashedWindow& window) {
  walk(pass, window.where);
  walk(pass, window.tilt);
  walk(pass, window.hashed);
}

template <typename Pass>
void walk(Pass& pass, Examined::Part& part) {
  walk(pass, part.where);
  walk(pass, part.grid);
  walk(pass, part.pdq_views);
}

template <typename Pass>
void walk(Pass& pass, VideoFrame::Inside& inside) {
  walk(pass, inside.where);
  walk(pass, inside.quality);
  walk(pass, inside.grid);
  walk(pass, inside.panel);
}

template <typename Pass>
void walk(Pass& pass, VideoFrame& frame) {
  walk(pass, frame.time);
  walk(pass, frame.until);
  walk(pass, frame.shot);
  walk(pass, frame.quality);
  walk(pass, frame.pdq_quality);
  walk(pass, frame.grid);
  walk(pass, frame.pdq);
  walk(pass, frame.inside);
}

template <typename Pass>
void walk(Pass& pass, VideoSignature& video) {
  walk(pass, video.width);
  walk(pass, video.height);
  walk(pass, video.duration);
  walk(pass, video.frames);
}

template <typename Pass>
void walk(Pass& pass, Digests& digests) {
  walk(pass, digests.sha256);
  walk(pass, digests.sha1);
  walk(pass, digests.md5);
}

/// Names of formats are views of text that lives as long as the process.
std::string_view lasting(const std::string& name) {
  static std::mutex mutex;
  static std::set<std::string> names;
  const std::scoped_lock lock(mutex);
  return *names.insert(name).first;
}

template <typename Pass>
void walk(Pass& pass, Format& format) {
  std::string name(format.name);
  walk(pass, format.media);
  walk(pass, format.decodable);
  walk(pass, name);
  if constexpr (!Pass::kWrites) format.name = lasting(name);
}

template <typename Pass>
void walk(Pass& pass, Examined& examined) {
  walk(pass, examined.part.kind);
  walk(pass, examined.part.index);
  walk(pass, examined.part.offset);
  walk(pass, examined.part.over_black);
  walk(pass, examined.outcome);
  walk(pass, examined.message);
  walk(pass, examined.isolation);
  walk(pass, examined.format);
  walk(pass, examined.bytes);
  walk(pass, examined.digests);
  walk(pass, examined.width);
  walk(pass, examined.height);
  walk(pass, examined.completeness);
  walk(pass, examined.grid);
  walk(pass, examined.pdq_views);
  walk(pass, examined.quality);
  walk(pass, examined.trimmed);
  walk(pass, examined.panels);
  walk(pass, examined.parts);
  walk(pass, examined.video);
  walk(pass, examined.duration);
}

}  // namespace

std::string packed(const Examined& examined) {
  Writer writer;
  std::string release(version());
  Examined copy = examined;
  walk(writer, release);
  walk(writer, copy);
  return std::move(writer.bytes);
}

Result<Examined> unpacked(Bytes bytes) {
  Reader reader(bytes);
  std::string release;
  walk(reader, release);
  if (release != version()) {
    return Error{Code::invalid_argument, "a signature pickled by reseau " + std::string(version()) +
                                             " is for that release only; hash the picture again"};
  }
  Examined examined;
  walk(reader, examined);
  if (!reader.done()) return Error{Code::invalid_argument, "not a pickled signature"};
  return examined;
}

}  // namespace reseau::python
