// Text that others wrote as signatures and lists: what is taken is written and read again as the
// same.
#include <reseau/vpdq.h>

#include <cmath>
#include <string_view>

#include "fuzz/require.h"

using namespace reseau;

namespace {

void require_refusal(const Error& error) {
  require(error.code == Code::invalid_argument && !error.message.empty());
}

void read_signature(Algorithm algorithm, std::string_view text) {
  if (const auto read = Signature::from_hex(algorithm, text)) {
    require(Signature::from_hex(algorithm, read->hex()).value() == *read);
  }
  if (const auto read = Signature::from_base64(algorithm, text)) {
    require(read->base64() == text);  // one way only to write it
  }
  const auto bytes = Signature::from_bytes(algorithm, Bytes(text));
  require(bytes.ok() == (text.size() == width_of(algorithm)));
}

void read_digits(std::string_view text) {
  if (const auto bytes = from_hex(text)) {
    require(bytes->size() * 2 == text.size());
    require(from_hex(to_hex(Bytes(*bytes))).value() == *bytes);
  } else {
    require_refusal(bytes.error());
  }
  if (const auto bytes = from_base64(text)) {
    require(to_base64(Bytes(*bytes)) == text);
  } else {
    require_refusal(bytes.error());
  }
}

void require_same(const VpdqList& list, const Result<VpdqList>& again, bool numbered) {
  require(again && again->frames.size() == list.frames.size());
  for (std::size_t i = 0; i < list.frames.size(); ++i) {
    const VpdqFrame& frame = list.frames[i];
    const VpdqFrame& other = again->frames[i];
    require(frame.quality >= 0 && frame.quality <= 100);
    require(std::isfinite(frame.time) && frame.time >= 0);
    require(other.pdq == frame.pdq && other.quality == frame.quality);
    require(!numbered || other.frame == frame.frame);
  }
}

void read_list(const Result<VpdqList>& list) {
  if (!list) return require_refusal(list.error());
  require_same(*list, vpdq_from_text(vpdq_text(*list)), true);
  require_same(*list, vpdq_from_json(vpdq_json(*list)), false);
  const VideoSignature video = video_signature(*list);
  require(video.frames.size() <= list->frames.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Algorithm algorithm : kAlgorithms) read_signature(algorithm, text);
  read_digits(text);
  read_list(vpdq_from_text(text));
  read_list(vpdq_from_json(text));
  return 0;
}
