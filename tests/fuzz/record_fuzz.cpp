// Rows of banks and the bytes of videos' signatures, whose digests anybody can make fit: what is
// taken has one form only, and is what may enter a bank.
#include <reseau/video.h>

#include <algorithm>

#include "bank/record.h"
#include "bank/rules.h"
#include "fuzz/require.h"

using namespace reseau;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  const auto is_them = [&bytes](const std::vector<std::uint8_t>& written) {
    return std::equal(written.begin(), written.end(), bytes.begin(), bytes.end());
  };
  if (const auto video = VideoSignature::from_bytes(bytes)) require(is_them(video->bytes()));
  const auto record = detail::decode(1, bytes);
  if (!record) {
    require(record.error().code == Code::bank_damaged || record.error().code == Code::bank_newer);
    return 0;
  }
  require(is_them(detail::encode(*record)));
  if (record->data) detail::check(*record->data, "the row");
  return 0;
}
